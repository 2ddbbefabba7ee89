//! The language of a page: its cookie, then its browser, then English.

use reqwest::StatusCode;
use reqwest::header::ACCEPT_LANGUAGE;

use crate::support::{Shop, Visitor, location};

crate::on_all_stores!(
    a_page_speaks_the_language_of_its_browser_until_another_is_chosen,
    the_language_switch_leads_back_to_its_page_and_nowhere_else,
);

async fn in_german(visitor: &Visitor, path: &str) -> reqwest::Response {
    let request = visitor.asking(path).header(ACCEPT_LANGUAGE, "de-DE,de;q=0.9,en;q=0.5");
    request.send().await.expect("an answer")
}

async fn a_page_speaks_the_language_of_its_browser_until_another_is_chosen(shop: Shop) {
    let visitor = shop.visitor();
    let english = visitor.get("/products/brass-pen").await;
    assert_eq!(english.headers()["content-language"], "en");
    let html = english.text().await.expect("a page");
    assert!(html.contains("<html lang=\"en\"") && html.contains("Brass pen") && html.contains("€49.90"));

    let german = in_german(&visitor, "/products/brass-pen").await;
    assert_eq!(german.headers()["content-language"], "de");
    let vary: Vec<_> = german.headers().get_all("vary").iter().collect();
    assert!(vary.iter().any(|value| *value == "accept-language, cookie"), "{vary:?}");
    let html = german.text().await.expect("a page");
    assert!(html.contains("<html lang=\"de\"") && html.contains("Messingstift"));
    assert!(html.contains("49,90\u{a0}€") && html.contains("In den Warenkorb"));

    visitor.post("/language", &[("language", "en"), ("back", "/")]).await;
    let chosen = in_german(&visitor, "/").await;
    assert_eq!(chosen.headers()["content-language"], "en");
}

async fn the_language_switch_leads_back_to_its_page_and_nowhere_else(shop: Shop) {
    let visitor = shop.visitor();
    let html = visitor
        .get("/cart?removed=enamel-mug+2")
        .await
        .text()
        .await
        .expect("a page");
    assert!(
        html.contains("name=\"back\" value=\"/cart?removed=enamel-mug+2\""),
        "{html}"
    );
    for (back, leads_to) in [
        ("/cart?removed=enamel-mug+2", "/cart?removed=enamel-mug+2"),
        ("https://example.org/", "/"),
        ("//example.org", "/"),
        ("/\\example.org", "/"),
        ("", "/"),
    ] {
        let answer = visitor.post("/language", &[("language", "de"), ("back", back)]).await;
        assert_eq!(
            (answer.status(), &*location(&answer)),
            (StatusCode::SEE_OTHER, leads_to)
        );
    }
    assert_eq!(visitor.get("/").await.headers()["content-language"], "de");
    let unknown = visitor.post("/language", &[("language", "xx"), ("back", "/")]).await;
    assert!(
        unknown
            .headers()
            .get("set-cookie")
            .is_none_or(|cookie| { !cookie.to_str().expect("text").contains("once_lang") })
    );
    assert_eq!(visitor.get("/").await.headers()["content-language"], "de");
}
