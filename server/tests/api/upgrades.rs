//! A page of one release in front of a server of another.

use reqwest::StatusCode;

use crate::orders::{code, json};
use crate::support::{Shop, Stores};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_03_a_page_of_another_release_orders_at_the_same_address() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    let mut fields = visitor.form(&visitor.buy_now("enamel-mug").await).await;
    // An older page does not send what a newer one does, and a newer one sends more.
    fields.retain(|(name, _)| name != "shown_total" && name != "repeat");
    fields.push(("gift_note".to_owned(), "with love".to_owned()));
    let placed = visitor.call(&fields).await;
    assert_eq!(placed.status(), StatusCode::OK);
    assert!(!json(placed).await["order_id"].as_str().expect("an order").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_03_a_function_that_is_gone_is_answered_in_order_and_touches_nothing() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    let fields = visitor.form(&visitor.buy_now("enamel-mug").await).await;
    for gone in ["/api/submit_order8273649182736491827", "/api/place_order"] {
        let answer = visitor.request(gone).form(&fields).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{gone}");
        let kind = answer
            .headers()
            .get("content-type")
            .expect("a type")
            .to_str()
            .expect("text")
            .to_owned();
        assert_eq!(kind, "application/problem+json", "{gone}");
        let text = answer.text().await.expect("text");
        assert!(text.contains("\"code\":\"not_found\""), "{text}");
    }
    // The page is still good.
    assert_eq!(visitor.call(&fields).await.status(), StatusCode::OK);
    assert_eq!(shop.count_orders().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_02_a_token_of_another_layout_touches_nothing() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    let fields = visitor.form(&visitor.buy_now("enamel-mug").await).await;
    let token = crate::support::value(&fields, "token");
    // The first byte is the version: six bits of it are the first character.
    assert!(token.starts_with("AQ"), "layout 1, key 1");
    let later = crate::support::with(&fields, "token", &format!("Ag{}", &token[2..]));
    let answer = visitor.call(&later).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(code(answer).await, "malformed");
    assert_eq!(visitor.call(&fields).await.status(), StatusCode::OK);
}
