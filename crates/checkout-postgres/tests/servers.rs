//! What a server can be, and what a shop makes of it.

mod common;

use std::error::Error;

use checkout::ports::{Insertion, StoreErrorKind};
use checkout::settings::Timeouts;
use checkout::testing::Fixture;
use common::{connect, new_url, open, ports, run};

/// Ends every other connection to the database.
const END_ALL: &str = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";

async fn refusal(url: &str) -> String {
    match checkout_postgres::open(url, &Timeouts::default()).await {
        Ok(_) => panic!("the shop opened"),
        Err(error) => {
            assert!(!chain(&error).contains("hidden"), "the password is shown");
            error.to_string()
        }
    }
}

/// Everything the error and its causes say.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn database(url: &str) -> &str {
    url.rsplit_once('/').expect("an address").1
}

#[tokio::test]
async fn up_10_a_database_from_which_a_newer_release_took_something_is_refused() {
    let url = new_url().await;
    open(&url).await.close().await;
    let tomorrow = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                    VALUES (9999, 'contract of tomorrow', TRUE, '\\x00', 0)";
    run(&url, tomorrow).await;
    assert_eq!(
        refusal(&url).await,
        "this database was changed by migration 9999 of a newer Once, beside which this one can not run; run the newer one"
    );
}

#[tokio::test]
async fn up_07_an_edited_migration_is_refused() {
    let url = new_url().await;
    open(&url).await.close().await;
    run(&url, "UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = 1").await;
    assert_eq!(
        refusal(&url).await,
        "migration 0001 was edited after this database ran it; restore it, or start with a new database"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_the_password() {
    // Nothing listens on a port that was just free.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port")
        .port();
    assert_eq!(
        refusal(&format!("postgres://shop:hidden@127.0.0.1:{port}/once")).await,
        format!(
            "PostgreSQL can not be reached at 127.0.0.1:{port}; start it, or unset DATABASE_URL to use the built-in database"
        )
    );
    let no_address = refusal("postgres://shop:hidden@127.0.0.1:port/once").await;
    assert!(
        no_address.starts_with("DATABASE_URL is no address of PostgreSQL"),
        "{no_address}"
    );
}

#[tokio::test]
async fn a_database_that_is_not_there_is_refused() {
    let url = new_url().await.replace("once_", "none_");
    let text = refusal(&url).await;
    assert!(
        text.ends_with("refuses; check the user, the password and the database's name in DATABASE_URL"),
        "{text}"
    );
}

#[tokio::test]
async fn db_22_a_server_that_forgets_commits_is_refused() {
    let url = new_url().await;
    run(
        &url,
        &format!("ALTER DATABASE {} SET synchronous_commit = off", database(&url)),
    )
    .await;
    assert_eq!(
        refusal(&url).await,
        "PostgreSQL would lose orders: synchronous_commit is off; switch it on"
    );
}

/// Whoever switches it off while the shop is open changes nothing for connections that are made from then on.
#[tokio::test]
async fn db_22_connections_keep_their_commits_though_the_server_forgets_its_own() {
    let url = new_url().await;
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let cart = fixture.cart_of(&fixture.product(5).await, 1).await;
    let forget = format!(
        "ALTER DATABASE {} SET synchronous_commit = off;
         CREATE TABLE settings_seen (value text);
         CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             INSERT INTO settings_seen VALUES (current_setting('synchronous_commit')); RETURN NULL;
         END $$;
         CREATE TRIGGER see AFTER INSERT ON orders EXECUTE FUNCTION see();
         {END_ALL}",
        database(&url)
    );
    run(&url, &forget).await;
    let answers = shop.orders.insert_once(vec![fixture.order_of(&cart)]).await;
    assert!(matches!(answers.as_slice(), [Ok(Insertion::Placed(_))]), "{answers:?}");
    let seen: Vec<String> = sqlx::query_scalar("SELECT value FROM settings_seen")
        .fetch_all(&mut connect(&url).await)
        .await
        .expect("read");
    assert_eq!(seen, ["on"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shops_that_start_at_once_migrate_once() {
    let url = new_url().await;
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { open(&url).await })
        })
        .collect();
    for start in starts {
        let shop = start.await.expect("no panic");
        shop.ping().await.expect("it answers");
        shop.close().await;
    }
}

#[tokio::test]
async fn a_row_that_can_not_be_is_named() {
    let url = new_url().await;
    let shop = open(&url).await;
    let slug = Fixture::new(ports(&shop)).product(5).await;
    run(
        &url,
        "ALTER TABLE products DROP CONSTRAINT products_currency_check; UPDATE products SET currency = 'DEM'",
    )
    .await;
    let error = shop.products.find_product(&slug).await.expect_err("no such currency");
    assert_eq!(error.kind, StoreErrorKind::Corrupt);
    assert_eq!(
        chain(&error),
        format!(
            "find product met data that can not be: products.currency of row {slug} can not be: \"DEM\" is no currency"
        )
    );
}

#[tokio::test]
async fn connections_that_broke_are_replaced() {
    let url = new_url().await;
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let cart = fixture.cart_of(&fixture.product(5).await, 1).await;
    run(&url, END_ALL).await;
    let answers = shop.orders.insert_once(vec![fixture.order_of(&cart)]).await;
    assert!(matches!(answers.as_slice(), [Ok(Insertion::Placed(_))]), "{answers:?}");
}

#[tokio::test]
async fn an_order_leaves_one_event_without_secrets() {
    let url = new_url().await;
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let cart = fixture.cart_of(&fixture.product(5).await, 2).await;
    let order = fixture.order_of(&cart);
    for _ in 0..2 {
        let answers = shop.orders.insert_once(vec![order.clone()]).await;
        assert!(matches!(answers.as_slice(), [Ok(Insertion::Placed(_))]), "{answers:?}");
    }
    let mut connection = connect(&url).await;
    let events: Vec<(String, String)> = sqlx::query_as("SELECT kind, payload::text FROM outbox")
        .fetch_all(&mut connection)
        .await
        .expect("read");
    let [(kind, payload)] = events.as_slice() else {
        panic!("one event: {events:?}")
    };
    assert_eq!(kind, "order_placed");
    assert!(
        payload.contains(&order.id.to_string()) && payload.contains("\"total_minor\": 2500"),
        "{payload}"
    );
    assert!(!payload.contains(&order.token.0.to_string()) && !payload.contains(&fixture.shopper.as_uuid().to_string()));
}
