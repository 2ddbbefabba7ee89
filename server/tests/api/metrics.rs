//! The metrics, at an address of their own; and what anybody is told of the shop's health.

use reqwest::StatusCode;

use crate::on_all_stores;
use crate::support::{Shop, Stores};

async fn text(shop: &Shop) -> String {
    let answer = shop.metrics("/metrics").await;
    assert_eq!(answer.status(), 200);
    let kind = answer
        .headers()
        .get("content-type")
        .expect("a type")
        .to_str()
        .expect("text");
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    String::from_utf8(body.to_vec()).expect("text")
}

/// Every line is there.
fn assert_lines(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.lines().any(|there| there == *line), "{line} is not in\n{text}");
    }
}

on_all_stores!(what_shoppers_do_is_counted);

async fn what_shoppers_do_is_counted(shop: Shop) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    visitor.submit(&page, &form).await;
    visitor.call(&form).await;
    visitor.get("/pictures/none.webp").await;
    visitor.get("/picturesque").await;
    let text = text(&shop).await;
    assert_lines(
        &text,
        &[
            "once_orders_placed_total 1",
            "once_duplicates_prevented_total{layer=\"token\",way_in=\"function\"} 1",
            "once_duplicates_prevented_total{layer=\"repeat\",way_in=\"form\"} 0",
            "once_attempt_duration_seconds_count{outcome=\"placed\",way_in=\"form\"} 1",
            "once_attempt_duration_seconds_count{outcome=\"replayed\",way_in=\"function\"} 1",
            "once_http_requests_total{route=\"/checkout/{cart}\",method=\"POST\",status=\"3xx\"} 1",
            "once_http_requests_total{route=\"/pictures\",method=\"GET\",status=\"4xx\"} 1",
            "once_http_requests_total{route=\"none\",method=\"GET\",status=\"4xx\"} 1",
            "once_store_up{store=\"database\"} 1",
            "once_store_up{store=\"tokens\"} 1",
            "once_token_breaker_open 0",
            "once_outbox_pending 1",
            "once_ledger_dropped_total 0",
        ],
    );
    let token = form.iter().find(|field| field.0 == "token").expect("a token");
    assert!(!text.contains(&token.1) && !text.contains("ada@example.org"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_32_metrics_have_an_address_of_their_own_and_health_tells_a_word() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    assert_eq!(visitor.get("/metrics").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(shop.metrics("/").await.status(), 404);
    assert_eq!(shop.metrics("/orders").await.status(), 404);
    assert_eq!(visitor.text("/healthz").await, "ok\n");
    assert_eq!(visitor.text("/readyz").await, "ready\n");
    shop.execute("ALTER TABLE products RENAME TO gone").await;
    let unready = visitor.get("/readyz").await;
    assert_eq!(unready.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unready.text().await.expect("text"), "unavailable\n");
    assert_eq!(visitor.text("/healthz").await, "ok\n");
    assert_lines(&text(&shop).await, &["once_store_up{store=\"database\"} 0"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_has_an_id_of_the_servers_own() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    let id = async |path: &str| {
        let answer = visitor
            .asking(path)
            .header("x-request-id", "mine")
            .send()
            .await
            .expect("an answer");
        let id = answer.headers().get("x-request-id").expect("an id");
        uuid::Uuid::parse_str(id.to_str().expect("text")).expect("a UUID")
    };
    let ids = [id("/").await, id("/").await, id("/nowhere").await, id("/healthz").await];
    assert!(
        ids.iter()
            .all(|one| ids.iter().filter(|other| *other == one).count() == 1),
        "{ids:?}"
    );
}
