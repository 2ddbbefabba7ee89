//! What a file can be, and what a shop makes of it.

mod beside;
mod common;

use std::error::Error;

use beside::run;
use checkout::ports::{Insertion, StoreError, StoreErrorKind};
use checkout::settings::Timeouts;
use checkout::testing::Fixture;
use common::{new_url, open, ports};
use sqlx::ConnectOptions as _;

async fn refusal(url: &str) -> String {
    match checkout_sqlite::open(url, &Timeouts::default()).await {
        Ok(_) => panic!("the shop opened"),
        Err(error) => error.to_string(),
    }
}

/// Everything the error and its causes say.
fn chain(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn up_10_a_database_from_which_a_newer_release_took_something_is_refused() {
    let url = new_url();
    open(&url).await.close().await;
    run(
        &url,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'contract of tomorrow', TRUE, x'00', 0)",
    )
    .await;
    assert_eq!(
        refusal(&url).await,
        "this database was changed by migration 9999 of a newer Once, beside which this one can not run; run the newer one"
    );
}

#[tokio::test]
async fn up_07_an_edited_migration_is_refused() {
    let url = new_url();
    open(&url).await.close().await;
    run(&url, "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1").await;
    assert_eq!(
        refusal(&url).await,
        "migration 0001 was edited after this database ran it; restore it, or start with a new database"
    );
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let folder = format!("sqlite:{}", env!("CARGO_TARGET_TMPDIR"));
    let letter = new_url();
    let path = letter.strip_prefix("sqlite:").expect("an address");
    std::fs::write(path, "Dear customer, ".repeat(500)).expect("written");
    for url in [folder, letter] {
        let text = refusal(&url).await;
        assert!(
            text.ends_with("check that it is an SQLite database and can be written"),
            "{text}"
        );
    }
    assert!(
        refusal("sqlite::memory:")
            .await
            .starts_with("the database would lose orders: a database in memory")
    );
    assert!(
        refusal("postgres://u:hidden@h/d")
            .await
            .starts_with("DATABASE_URL is no address")
    );
}

/// Whoever makes the file, whoever switches it to its log and whoever migrates it: the others wait for them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shops_that_start_at_once_migrate_once() {
    for _ in 0..30 {
        let url = new_url();
        let start = |_| {
            let url = url.clone();
            tokio::spawn(async move { open(&url).await })
        };
        let starts: Vec<_> = (0..6).map(start).collect();
        for start in starts {
            let shop = start.await.expect("no panic");
            shop.ping().await.expect("it answers");
            shop.close().await;
        }
    }
}

#[tokio::test]
async fn a_row_that_can_not_be_is_named() {
    let url = new_url();
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let slug = fixture.product(5).await;
    let break_it =
        format!("PRAGMA ignore_check_constraints = ON; UPDATE products SET currency = 'DEM' WHERE slug = '{slug}'");
    run(&url, &break_it).await;
    let error = shop.products.find_product(&slug).await.expect_err("no such currency");
    assert_eq!(error.kind, StoreErrorKind::Corrupt);
    assert_eq!(
        chain(&error),
        format!(
            "find product met data that can not be: products.currency of row {slug} can not be: \"DEM\" is no currency"
        )
    );
}

/// Two servers on one file; the kernel's locks decide, not this process's queue.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_18_two_pools_on_one_file_place_one_order() {
    let url = new_url();
    let (first, second) = (open(&url).await, open(&url).await);
    let here = Fixture::new(ports(&first));
    let there = Fixture {
        shop: ports(&second),
        ..here.clone()
    };
    let slug = here.product(100).await;
    for _ in 0..10 {
        let cart = here.cart_of(&slug, 1).await;
        let racers: Vec<_> = [&here, &there, &here, &there]
            .map(|fixture| (fixture.shop.orders.clone(), fixture.order_of(&cart)))
            .map(|(orders, order)| tokio::spawn(async move { orders.insert_once(vec![order]).await }))
            .into();
        let mut placed = 0;
        for racer in racers {
            match racer.await.expect("no panic").remove(0).expect("the file answers") {
                Insertion::Placed(_) => placed += 1,
                Insertion::Replayed(_) => {}
                Insertion::Refused(refusal) => panic!("refused: {refusal:?}"),
            }
        }
        assert_eq!(placed, 1);
    }
    assert_eq!(here.stock(&slug).await, 90);
}

#[tokio::test]
async fn an_order_leaves_one_event_without_secrets() {
    let url = new_url();
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let cart = fixture.cart_of(&fixture.product(5).await, 2).await;
    let order = fixture.order_of(&cart);
    for _ in 0..2 {
        let answers = shop.orders.insert_once(vec![order.clone()]).await;
        assert!(matches!(answers.as_slice(), [Ok(Insertion::Placed(_))]), "{answers:?}");
    }
    let options: sqlx::sqlite::SqliteConnectOptions = url.parse().expect("an address");
    let mut connection = options.connect().await.expect("connected");
    let events: Vec<(String, String)> = sqlx::query_as("SELECT kind, payload FROM outbox")
        .fetch_all(&mut connection)
        .await
        .expect("read");
    let [(kind, payload)] = events.as_slice() else {
        panic!("one event: {events:?}")
    };
    assert_eq!(kind, "order_placed");
    assert!(
        payload.contains(&order.id.to_string()) && payload.contains("\"total_minor\":2500"),
        "{payload}"
    );
    assert!(!payload.contains(&order.token.0.to_string()) && !payload.contains(&fixture.shopper.as_uuid().to_string()));
}
