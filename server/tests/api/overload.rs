//! More than the shop can do at once.

use std::time::Duration;

use futures::future::join_all;
use futures::stream::{FuturesUnordered, StreamExt as _};
use reqwest::{Response, StatusCode};
use tokio::time::Instant;

use crate::support::{Fields, Shop, Stores, Visitor, location};

/// Who wants to buy, with their page.
async fn shopper(shop: &Shop) -> (Visitor, String, Fields) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    (visitor, page, form)
}

fn seconds(answer: &Response) -> u64 {
    let wait = answer.headers()["retry-after"].to_str().expect("text");
    wait.parse().expect("seconds")
}

/// The database is held up, so that what runs goes on running: the third of three orders is one too many.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_01_an_order_too_many_is_refused_at_once_and_can_be_sent_again() {
    let shop = Shop::open_with(Stores::PostgresAndRedis, &["--orders-at-once=2"]).await;
    let shoppers = join_all((0..3).map(|_| shopper(&shop))).await;
    let held = shop.hold("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE").await;
    let begun = Instant::now();
    let mut answers: FuturesUnordered<_> = shoppers
        .iter()
        .enumerate()
        .map(|(number, (visitor, _, form))| async move { (number, visitor.call(form).await) })
        .collect();
    let (number, refused) = answers.next().await.expect("an answer");
    // The others wait for the database, and longer than this.
    assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!((1..10).contains(&seconds(&refused)));
    assert!(refused.text().await.expect("text").contains("\"unavailable\""));
    assert_eq!(shop.metric("once_attempts_running").await, 2);
    let overloaded = "once_attempt_duration_seconds_count{outcome=\"overloaded\",way_in=\"function\"}";
    assert_eq!(shop.metric(overloaded).await, 1);
    held.release().await;
    while let Some((_, placed)) = answers.next().await {
        assert_eq!(placed.status(), StatusCode::OK);
    }
    drop(answers);
    assert_eq!(shop.count_orders().await, 2, "the refused one left nothing");
    let (visitor, page, form) = &shoppers[number];
    let placed = visitor.submit(page, form).await;
    assert!(location(&placed).starts_with("/orders/"), "the same page is still good");
    assert_eq!(shop.count_orders().await, 3);
}

/// What would be done for them would be lost, if they found no room when they order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_01_nobody_begins_to_buy_while_half_of_the_room_for_orders_is_taken() {
    let shop = Shop::open_with(Stores::PostgresAndRedis, &["--orders-at-once=2"]).await;
    let (first, second) = (shopper(&shop).await, shopper(&shop).await);
    let held = shop.hold("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE").await;
    let newcomer = shop.visitor();
    let first_waits = async { while shop.metric("once_attempts_running").await < 1 {} };
    let others = async {
        first_waits.await;
        let refused = newcomer
            .post("/buy-now", &[("slug", "enamel-mug"), ("quantity", "1")])
            .await;
        let page = second.0.get(&second.1).await.status();
        held.release().await;
        (refused, page)
    };
    let (placed, (refused, page)) = tokio::join!(first.0.call(&first.2), others);
    assert_eq!(placed.status(), StatusCode::OK);
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!((1..10).contains(&seconds(&refused)));
    for header in [
        "content-security-policy",
        "x-content-type-options",
        "x-request-id",
        "cache-control",
    ] {
        assert!(refused.headers().contains_key(header), "{header}");
    }
    let counted = "once_http_requests_total{route=\"/buy-now\",method=\"POST\",status=\"5xx\"}";
    assert_eq!(shop.metric(counted).await, 1);
    assert_eq!(shop.metric("once_requests_refused_total{reason=\"overload\"}").await, 1);
    assert_eq!(page, StatusCode::OK, "whoever is on the way goes on");
    shopper(&shop).await;
}

/// Whoever storms the catalogue gets a short answer, and whoever buys does not notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_08_a_storm_on_the_catalogue_leaves_room_to_buy() {
    let shop = Shop::open_with(Stores::SqliteAndMemory, &["--pages-at-once=1"]).await;
    let shoppers = {
        let mut shoppers = Vec::new();
        for _ in 0..5 {
            shoppers.push(shopper(&shop).await);
        }
        shoppers
    };
    let over = tokio_util::sync::CancellationToken::new();
    let storm: Vec<_> = (0..16)
        .map(|_| {
            let (visitor, over) = (shop.visitor(), over.clone());
            tokio::spawn(async move {
                let mut refused = Vec::new();
                while !over.is_cancelled() {
                    let begun = Instant::now();
                    let answer = visitor.get("/").await;
                    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
                        assert!((1..10).contains(&seconds(&answer)));
                        let html = answer.text().await.expect("a page");
                        assert!(html.contains("The shop can not answer just now"), "{html}");
                        refused.push(begun.elapsed());
                    } else {
                        assert_eq!(answer.status(), StatusCode::OK);
                    }
                }
                refused
            })
        })
        .collect();
    for (visitor, page, form) in &shoppers {
        assert_eq!(visitor.get(page).await.status(), StatusCode::OK, "{page}");
        let placed = visitor.submit(page, form).await;
        assert!(location(&placed).starts_with("/orders/"));
        assert_eq!(visitor.get(&location(&placed)).await.status(), StatusCode::OK);
    }
    over.cancel();
    let mut refused = Vec::new();
    for visitor in storm {
        refused.extend(visitor.await.expect("no panic"));
    }
    assert!(!refused.is_empty(), "it was no storm");
    let counted = shop.metric("once_requests_refused_total{reason=\"overload\"}").await;
    assert_eq!(counted, refused.len() as u64);
    assert_eq!(shop.metric("once_pages_running{part=\"looking\"}").await, 0);
    refused.sort();
    let median = refused[refused.len() / 2];
    assert!(median < Duration::from_millis(50), "{median:?} of {}", refused.len());
    assert_eq!(shop.count_orders().await, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tk_19_and_se_26_pages_and_forms_of_a_shopper_are_counted() {
    let shop = Shop::open_with(Stores::SqliteAndMemory, &["--changes-per-minute=10"]).await;
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let mut answers = Vec::new();
    for _ in 0..20 {
        answers.push(visitor.get(&page).await);
    }
    let refused = answers.pop().expect("the last of twenty");
    assert_eq!(answers[0].status(), StatusCode::OK);
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!((1..=61).contains(&seconds(&refused)));
    assert!(refused.text().await.expect("a page").contains("That was too often"));
    let call = visitor.call(&form).await;
    assert_eq!(call.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!((1..=61).contains(&seconds(&call)));
    // Looking around is free, and so is looking up what became of an order.
    assert_eq!(visitor.get("/").await.status(), StatusCode::OK);
    assert_eq!(visitor.get("/orders").await.status(), StatusCode::OK);
    // Another shopper of the same address is not held up.
    assert_eq!(shop.visitor().get("/cart").await.status(), StatusCode::OK);
    shop.visitor().buy_now("enamel-mug").await;
}

/// The peer is the test itself, which no setting trusts – until one does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_26_where_a_request_comes_from_is_what_a_trusted_proxy_says() {
    for (arguments, believed) in [
        (&["--changes-per-minute=1"][..], false),
        (&["--changes-per-minute=1", "--trusted-proxies=127.0.0.0/8,::1"], true),
    ] {
        let shop = Shop::open_with(Stores::SqliteAndMemory, arguments).await;
        // Strangers have no session: only their address counts, and ten a minute come from one of them.
        let send = async |from: String| {
            let request = shop.visitor().request("/cart/lines").header("x-forwarded-for", from);
            let request = request.form(&[("slug", "enamel-mug"), ("quantity", "1")]);
            request.send().await.expect("an answer").status()
        };
        let mut statuses = Vec::new();
        for number in 0..25 {
            statuses.push(send(format!("198.51.100.1, 203.0.113.{number}")).await);
        }
        let refused = statuses
            .iter()
            .filter(|status| **status == StatusCode::TOO_MANY_REQUESTS)
            .count();
        // A slow machine has a moment longer.
        let expected = if believed { 0..=0 } else { 12..=15 };
        assert!(expected.contains(&refused), "{statuses:?}");
        // The other half of an IPv6 address is its owner's to choose.
        let mut statuses = Vec::new();
        for number in 0..25 {
            statuses.push(send(format!("2001:db8:1:2::{number:x}")).await);
        }
        let refused = statuses
            .iter()
            .filter(|status| **status == StatusCode::TOO_MANY_REQUESTS)
            .count();
        let expected = if believed { 12..=15 } else { 22..=25 };
        assert!(expected.contains(&refused), "{statuses:?}");
    }
}
