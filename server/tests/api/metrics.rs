//! The metrics, at an address of their own; and what anybody is told of the shop's health.

use reqwest::StatusCode;

use crate::on_all_stores;
use crate::support::{Shop, Stores};
use crate::v1::Api;

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
    let api = Api::new(&shop).await;
    let checkout = api.checkout_of("enamel-mug").await;
    assert_eq!(api.order(&checkout).await.status, StatusCode::CREATED);
    assert_eq!(api.order(&checkout).await.status, StatusCode::OK);
    let again = api.checkout_of("enamel-mug").await;
    api.order(&again).await.is(409, "repeat");
    visitor.get("/pictures/none.webp").await;
    visitor.get("/picturesque").await;
    let text = text(&shop).await;
    assert_lines(
        &text,
        &[
            "once_orders_placed_total 2",
            "once_duplicates_prevented_total{layer=\"token\",way_in=\"function\"} 1",
            "once_duplicates_prevented_total{layer=\"repeat\",way_in=\"form\"} 0",
            "once_duplicates_prevented_total{layer=\"token\",way_in=\"api\"} 1",
            "once_duplicates_prevented_total{layer=\"repeat\",way_in=\"api\"} 1",
            "once_attempt_duration_seconds_count{outcome=\"placed\",way_in=\"form\"} 1",
            "once_attempt_duration_seconds_count{outcome=\"replayed\",way_in=\"api\"} 1",
            "once_attempt_duration_seconds_count{outcome=\"replayed\",way_in=\"function\"} 1",
            "once_http_requests_total{route=\"/checkout/{cart}\",method=\"POST\",status=\"3xx\"} 1",
            "once_http_requests_total{route=\"/pictures\",method=\"GET\",status=\"4xx\"} 1",
            "once_http_requests_total{route=\"none\",method=\"GET\",status=\"4xx\"} 1",
            "once_store_up{store=\"database\"} 1",
            "once_store_up{store=\"tokens\"} 1",
            "once_token_breaker_open 0",
            "once_outbox_pending 2",
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_is_counted_by_why() {
    let shop = Shop::open_with(Stores::SqliteAndMemory, &["--changes-per-minute=1"]).await;
    let visitor = shop.visitor();
    let line = [("slug", "enamel-mug"), ("quantity", "1")];
    let forged = visitor
        .request("/cart/lines")
        .header("sec-fetch-site", "cross-site")
        .form(&line);
    assert_eq!(forged.send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
    let long = visitor.post("/cart/lines", &[("slug", &"x".repeat(100_000))]).await;
    assert_eq!(long.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(visitor.post("/cart/lines", &line).await.status(), StatusCode::SEE_OTHER);
    for _ in 0..2 {
        let refused = visitor.post("/cart/lines", &line).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    }
    // A token that is someone else's is answered with 403 too, and is another thing.
    let foreign = visitor.get("/checkout/01890000-0000-7000-8000-000000000000").await;
    assert!(foreign.status().is_client_error());
    for (reason, count) in [
        ("cross_site", 1),
        ("body_size", 1),
        ("rate_limit", 3),
        ("body_timeout", 0),
        ("overload", 0),
    ] {
        let series = format!("once_requests_refused_total{{reason=\"{reason}\"}}");
        assert_eq!(shop.metric(&series).await, count, "{reason}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_05_a_body_that_comes_too_slowly_is_counted() {
    let shop = Shop::open_hurried(&[]).await;
    assert_eq!(shop.announce("/cart/lines", 10).await, "HTTP/1.1 408 Request Timeout");
    assert_eq!(
        shop.metric("once_requests_refused_total{reason=\"body_timeout\"}")
            .await,
        1
    );
}
