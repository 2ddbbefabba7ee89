//! A shop without its Redis.

use std::net::TcpListener;

use reqwest::StatusCode;

use crate::orders::code;
use crate::support::{Shop, Stores, location};

/// Nobody answers there.
fn no_redis() -> String {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("redis://{}", free.local_addr().expect("an address"))
}

async fn shop_without_redis(on_redis_outage: &str) -> Shop {
    let url = no_redis();
    let arguments = ["--redis-url", &url, "--on-redis-outage", on_redis_outage];
    Shop::open_with(Stores::SqliteAndMemory, &arguments).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rd_01_rd_03_a_shop_that_opens_while_its_redis_is_down_sells_with_the_database_alone() {
    let shop = shop_without_redis("database").await;
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let placed = visitor.submit(&page, &form).await;
    assert_eq!(placed.status(), StatusCode::SEE_OTHER);
    assert_eq!(location(&visitor.submit(&page, &form).await), location(&placed));
    assert_eq!(shop.count_orders().await, 1);
    let ready = visitor.get("/readyz").await;
    assert_eq!(ready.status(), StatusCode::OK);
    assert_eq!(ready.text().await.expect("text"), "degraded\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rd_01_rd_03_told_to_refuse_it_opens_shows_its_pages_and_sells_nothing() {
    let shop = shop_without_redis("refuse").await;
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let refused = visitor.call(&form).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(code(refused).await, "unavailable");
    assert_eq!(shop.count_orders().await, 0);
    let ready = visitor.get("/readyz").await;
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
}
