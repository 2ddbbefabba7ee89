//! Looking an order up by its number and its e-mail address.

use reqwest::StatusCode;

use crate::support::{Shop, Visitor, location};

crate::on_all_stores!(
    an_order_is_found_by_whoever_knows_number_and_address,
    a_wrong_number_and_a_wrong_address_look_alike,
    se_26_an_order_is_guessed_only_so_often,
    whatever_is_looked_up_is_answered,
);

/// An order of ada@example.org; returns its receipt and its number.
async fn order(shop: &Shop) -> (String, String) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let receipt = location(&visitor.submit(&page, &form).await);
    let html = visitor.text(&receipt).await;
    let (_, number) = html.split_once("order-number\">").expect("a number");
    (receipt, number[..8].to_owned())
}

async fn look_up(visitor: &Visitor, number: &str, email: &str) -> reqwest::Response {
    visitor.post("/orders", &[("number", number), ("email", email)]).await
}

async fn an_order_is_found_by_whoever_knows_number_and_address(shop: Shop) {
    let (receipt, number) = order(&shop).await;
    let (other, stranger) = (shop.visitor(), shop.visitor());
    assert_eq!(other.get(&receipt).await.status(), StatusCode::NOT_FOUND);
    let typed = number.to_lowercase().replace('-', " ");
    let found = look_up(&other, &typed, " ADA@example.org ").await;
    assert_eq!(
        (found.status(), location(&found)),
        (StatusCode::SEE_OTHER, receipt.clone())
    );
    assert_eq!(found.headers()["cache-control"], "no-store");
    assert!(other.text(&receipt).await.contains("Ada Lovelace"));
    assert!(
        !other.text("/orders").await.contains(&receipt),
        "it is seen, and not theirs"
    );
    assert_eq!(stranger.get(&receipt).await.status(), StatusCode::NOT_FOUND);
}

async fn a_wrong_number_and_a_wrong_address_look_alike(shop: Shop) {
    let (receipt, number) = order(&shop).await;
    let visitor = shop.visitor();
    let mut pages = Vec::new();
    for (number, email) in [
        (&*number, "eve@example.org"),
        ("000-0000", "ada@example.org"),
        ("no number", "ada@example.org"),
        ("000-0000", "eve@example.org"),
    ] {
        let answer = look_up(&visitor, number, email).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{number} {email}");
        let html = answer.text().await.expect("a page");
        assert!(
            html.contains(&format!("value=\"{number}\"")),
            "what was typed is kept: {html}"
        );
        let (_, said) = html.split_once("error-summary").expect("what is wrong");
        pages.push(said.split_once("</div>").expect("an end").0.to_owned());
    }
    assert!(
        pages
            .iter()
            .all(|page| *page == pages[0] && page.contains("We found no order")),
        "{pages:?}"
    );
    assert_eq!(visitor.get(&receipt).await.status(), StatusCode::NOT_FOUND);
}

async fn se_26_an_order_is_guessed_only_so_often(shop: Shop) {
    let (_, number) = order(&shop).await;
    for guess in 0..10 {
        let answer = look_up(&shop.visitor(), &number, &format!("guess-{guess}@example.org")).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let visitor = shop.visitor();
    let refused = look_up(&visitor, &number, "ada@example.org").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = refused.headers()["retry-after"]
        .to_str()
        .expect("text")
        .parse()
        .expect("seconds");
    assert!((1..=61).contains(&wait), "{wait}");
    assert!(refused.text().await.expect("a page").contains("Please try again in"));
    // Other numbers are not held up, until the address has tried too many: whoever it says it is, in whatever header.
    let mut answers = Vec::new();
    for guess in 10..22 {
        let typed = [
            ("number", format!("0{guess}-0000")),
            ("email", "ada@example.org".to_owned()),
        ];
        let request = shop.visitor().request("/orders").form(&typed);
        let request = request.header("x-forwarded-for", format!("192.0.2.{guess}"));
        answers.push(request.send().await.expect("an answer").status());
    }
    assert_eq!(answers[0], StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answers[11], StatusCode::TOO_MANY_REQUESTS);
}

async fn whatever_is_looked_up_is_answered(shop: Shop) {
    let visitor = shop.visitor();
    for text in [
        "",
        "\u{0}",
        "مرحبا",
        "\u{202E}\u{200B}",
        "👩‍👩‍👧‍👦",
        "</script><script>alert(1)</script>",
        &"x".repeat(3_000),
    ] {
        for (number, email) in [(text, "ada@example.org"), ("000-0000", text)] {
            let answer = look_up(&visitor, number, email).await;
            assert_eq!(
                answer.status(),
                StatusCode::UNPROCESSABLE_ENTITY,
                "{number:?} {email:?}"
            );
            let html = answer.text().await.expect("a page");
            assert!(!html.contains("<script>alert"), "{text:?}");
        }
    }
}
