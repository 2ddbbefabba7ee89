//! What an order waits for, and for how long.

mod asked;
mod common;

use std::time::Duration;

use asked::{is_placed, kinds, order_of};
use checkout::ports::{Insertion, StoreErrorKind};
use checkout::settings::Timeouts;
use checkout::testing::Fixture;
use checkout_postgres::PostgresShop;
use common::{connect, new_url, open, ports, run};
use sqlx::PgConnection;

/// So patient that nothing ends by itself while a test looks at it.
fn patient() -> Timeouts {
    Timeouts {
        statement: Duration::from_secs(80),
        attempt: Duration::from_mins(2),
        ..Timeouts::default()
    }
}

async fn open_with(url: &str, timeouts: &Timeouts) -> PostgresShop {
    checkout_postgres::open(url, timeouts).await.expect("a shop opens")
}

/// Waits until so many of the database's connections wait for a lock.
async fn until_waiting(observer: &mut PgConnection, count: i64) {
    let asked = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waiting = async {
        while sqlx::query_scalar::<_, i64>(asked)
            .fetch_one(&mut *observer)
            .await
            .expect("counted")
            < count
        {}
    };
    tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .expect("they come to wait");
}

/// All connections are busy: nothing was done, and that is told soon.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_07_without_a_free_connection_nothing_is_done() {
    let url = new_url().await;
    let shop = open_with(&url, &patient()).await;
    let fixture = Fixture::new(ports(&shop));
    let order = order_of(&fixture, 5).await;
    let (mut holder, mut observer) = (connect(&url).await, connect(&url).await);
    let lock = sqlx::raw_sql("BEGIN; LOCK TABLE carts IN ACCESS EXCLUSIVE MODE")
        .execute(&mut holder)
        .await;
    lock.expect("locked");
    let busy: Vec<_> = (0..10)
        .map(|_| {
            let fixture = fixture.clone();
            // On a busy machine it takes more than one try until all of them are connected.
            let read = async move { while fixture.shop.carts.find_basket(fixture.shopper).await.is_err() {} };
            tokio::spawn(read)
        })
        .collect();
    until_waiting(&mut observer, 10).await;
    let answers = shop.orders.insert_once(vec![order.clone(), order.clone()]).await;
    assert_eq!(kinds(&answers), [Some(StoreErrorKind::NotDone); 2]);

    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.expect("released");
    for reader in busy {
        reader.await.expect("no panic");
    }
    let none = shop.orders.find_order_by_cart(fixture.shopper, order.cart).await;
    assert_eq!(none.expect("read"), None);
    assert!(is_placed(&shop.orders.insert_once(vec![order]).await[0]));
}

/// Another writer has the token, and has not committed: its order is waited for, and replayed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_09_a_unique_constraint_that_speaks_is_a_replay() {
    let url = new_url().await;
    let shop = open_with(&url, &patient()).await;
    let fixture = Fixture::new(ports(&shop));
    let slug = fixture.product(5).await;
    let (first, second) = (fixture.cart_of(&slug, 1).await, fixture.cart_of(&slug, 1).await);
    let order = fixture.order_of(&second);
    let (mut other, mut observer) = (connect(&url).await, connect(&url).await);
    sqlx::raw_sql("BEGIN").execute(&mut other).await.expect("begun");
    let winner = Fixture::new_uuid();
    let inserted = sqlx::query(
        "WITH inserted AS (
             INSERT INTO orders (id, shopper, cart_id, order_token, number, name, email, street, postcode, city, country,
                 total_minor, currency, placed_at_ms)
             VALUES ($1, $2, $3, $4, 'A7K-4F2Q', 'Ada', 'a@b', 's', 'p', 'c', 'c', 1250, 'EUR', 0) RETURNING id)
         INSERT INTO order_lines SELECT id, 1, $5, 'Mug', 1, 1250, 'EUR' FROM inserted",
    );
    let inserted = inserted
        .bind(winner)
        .bind(*fixture.shopper.as_uuid())
        .bind(first.id.0)
        .bind(order.token.0);
    inserted
        .bind(slug.as_str())
        .execute(&mut other)
        .await
        .expect("inserted");
    let neighbour = order_of(&fixture, 5).await;
    let orders = shop.orders.clone();
    let waiting = tokio::spawn(async move { orders.insert_once(vec![order, neighbour]).await });
    until_waiting(&mut observer, 1).await;
    sqlx::raw_sql("COMMIT").execute(&mut other).await.expect("committed");
    let answers = waiting.await.expect("no panic");
    match &answers[0] {
        Ok(Insertion::Replayed(order)) => assert_eq!(order.id.0, winner),
        other => panic!("{other:?}"),
    }
    assert!(is_placed(&answers[1]), "{answers:?}");
}

/// Someone holds a product's row: its order is told in time that it was not done, its neighbours are placed.
#[tokio::test]
async fn db_11_a_locked_product_fails_its_own_order_alone() {
    let url = new_url().await;
    // Room for a machine that is busy; that the time is kept is tested without a server.
    let timeouts = Timeouts {
        attempt: Duration::from_secs(30),
        ..Timeouts::default()
    };
    let shop = open_with(&url, &timeouts).await;
    let fixture = Fixture::new(ports(&shop));
    let mut batch = Vec::new();
    for _ in 0..4 {
        batch.push(order_of(&fixture, 5).await);
    }
    let slug = fixture.cart(batch[2].cart).await.lines[0].slug.clone();
    let mut other = connect(&url).await;
    sqlx::raw_sql("BEGIN").execute(&mut other).await.expect("begun");
    let locked = sqlx::query("UPDATE products SET name = name WHERE slug = $1").bind(slug.as_str());
    locked.execute(&mut other).await.expect("locked");

    let answers = shop.orders.insert_once(batch.clone()).await;
    assert_eq!(kinds(&answers), [None, None, Some(StoreErrorKind::NotDone), None]);
    assert!([0, 1, 3].iter().all(|nth| is_placed(&answers[*nth])), "{answers:?}");

    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.expect("released");
    assert_eq!(fixture.stock(&slug).await, 5);
    assert!(is_placed(
        &shop.orders.insert_once(batch.drain(2..3).collect()).await[0]
    ));
}

/// A server that is frozen, as seen from here: what was begun is given up when the time is over, and not done.
#[tokio::test]
async fn db_11_a_write_ends_when_its_time_is_over() {
    let url = new_url().await;
    let timeouts = Timeouts {
        statement: Duration::from_secs(80),
        attempt: Duration::from_secs(2),
        ..Timeouts::default()
    };
    let shop = open_with(&url, &timeouts).await;
    let fixture = Fixture::new(ports(&shop));
    let order = order_of(&fixture, 5).await;
    let slow =
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;
                CREATE TRIGGER slow BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION slow()";
    run(&url, slow).await;
    let answered = shop.orders.insert_once(vec![order.clone()]);
    let answers = tokio::time::timeout(Duration::from_mins(1), answered).await;
    let answers = answers.expect("the server sleeps longer");
    assert_eq!(kinds(&answers), [Some(StoreErrorKind::NotDone)]);
    // The server notices at its next word to the client; until then it holds the rows.
    let end_it = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                  WHERE query LIKE 'INSERT INTO orders%' AND datname = current_database()";
    run(&url, end_it).await;
    run(&url, "DROP TRIGGER slow ON orders").await;
    let other_server = open(&url).await;
    let none = other_server
        .orders
        .find_order_by_cart(fixture.shopper, order.cart)
        .await;
    assert_eq!(none.expect("read"), None);
    assert!(is_placed(&other_server.orders.insert_once(vec![order]).await[0]));
}

/// Runs a batch of two while the first inserts end in `trouble`, more of them than three.
async fn placed_after(trouble: &str) {
    let url = new_url().await;
    let shop = open_with(&url, &patient()).await;
    let fixture = Fixture::new(ports(&shop));
    let batch = vec![order_of(&fixture, 5).await, order_of(&fixture, 5).await];
    let five_times = format!(
        "CREATE SEQUENCE tries;
         CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF nextval('tries') <= 5 THEN {trouble}; END IF; RETURN NEW;
         END $$;
         CREATE TRIGGER fail BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION fail()"
    );
    run(&url, &five_times).await;
    let answers = shop.orders.insert_once(batch).await;
    assert!(answers.iter().all(is_placed), "{answers:?}");
}

#[tokio::test]
async fn db_24_a_transaction_that_met_another_is_tried_again() {
    placed_after("RAISE 'could not serialize' USING ERRCODE = '40001'").await;
    placed_after("RAISE 'deadlock detected' USING ERRCODE = '40P01'").await;
}

#[tokio::test]
async fn a_connection_that_is_lost_before_the_commit_is_replaced() {
    placed_after("PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(600)").await;
}
