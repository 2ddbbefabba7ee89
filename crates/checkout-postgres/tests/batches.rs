//! Many orders in one transaction: what happens to one is no matter of the others.

mod common;

use std::error::Error as _;
use std::time::Duration;

use checkout::contact::{Contact, ContactForm};
use checkout::ports::{Insertion, NewOrder, Refusal, StoreError, StoreErrorKind};
use checkout::quote::Fingerprint;
use checkout::settings::Timeouts;
use checkout::testing::Fixture;
use checkout_postgres::PostgresShop;
use common::{connect, new_url, open, ports, run};
use sqlx::PgConnection;

type Answer = Result<Insertion, StoreError>;

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

fn kinds(answers: &[Answer]) -> Vec<Option<StoreErrorKind>> {
    let kind = |answer: &Answer| answer.as_ref().err().map(|error| error.kind);
    answers.iter().map(kind).collect()
}

fn is_placed(answer: &Answer) -> bool {
    matches!(answer, Ok(Insertion::Placed(_)))
}

async fn order_of(fixture: &Fixture, stock: u32) -> NewOrder {
    let slug = fixture.product(stock).await;
    fixture.order_of(&fixture.cart_of(&slug, 1).await)
}

/// A constraint that speaks, and a row that can not be, are answered to the order whose they are.
#[tokio::test]
async fn one_orders_trouble_is_its_own() {
    let url = new_url().await;
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let mut batch = Vec::new();
    for _ in 0..5 {
        batch.push(order_of(&fixture, 9).await);
    }
    let nowhere = ContactForm {
        city: "Nowhere".into(),
        ..Fixture::contact().form().clone()
    };
    batch[1].contact = Contact::parse(&nowhere).expect("a contact");
    let odd = fixture.cart(batch[3].cart).await.lines[0].slug.clone();
    let trouble = format!(
        "ALTER TABLE orders ADD CHECK (city <> 'Nowhere'); ALTER TABLE products DROP CONSTRAINT products_currency_check;
         UPDATE products SET currency = 'DEM' WHERE slug = '{odd}'"
    );
    run(&url, &trouble).await;
    let answers = fixture.shop.orders.insert_once(batch).await;
    assert_eq!(
        kinds(&answers),
        [
            None,
            Some(StoreErrorKind::NotDone),
            None,
            Some(StoreErrorKind::Corrupt),
            None
        ]
    );
    assert!([0, 2, 4].iter().all(|nth| is_placed(&answers[*nth])), "{answers:?}");
    let cause = answers[1]
        .as_ref()
        .expect_err("a constraint")
        .source()
        .expect("a cause")
        .to_string();
    assert!(cause.contains("orders_city_check"), "{cause}");
}

/// An order that stands and can not be read is answered to whoever asks for it.
#[tokio::test]
async fn a_row_that_can_not_be_read_back_is_its_own_orders_trouble() {
    let url = new_url().await;
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let (odd, other) = (order_of(&fixture, 9).await, order_of(&fixture, 9).await);
    assert!(is_placed(&shop.orders.insert_once(vec![odd.clone()]).await[0]));
    run(&url, "DELETE FROM order_lines").await;
    let answers = shop.orders.insert_once(vec![odd, other]).await;
    assert_eq!(kinds(&answers), [Some(StoreErrorKind::Corrupt), None]);
    assert!(is_placed(&answers[1]), "{answers:?}");
}

/// An order of the batch that fails the whole transaction is found out, and alone with it.
#[tokio::test]
async fn an_order_that_breaks_the_transaction_breaks_its_own() {
    let url = new_url().await;
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let mut batch = vec![
        order_of(&fixture, 9).await,
        order_of(&fixture, 9).await,
        order_of(&fixture, 9).await,
    ];
    let nowhere = ContactForm {
        city: "Nowhere".into(),
        ..Fixture::contact().form().clone()
    };
    batch[1].contact = Contact::parse(&nowhere).expect("a contact");
    // A class of errors that says nothing about whose fault it is.
    let trouble = "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                       RAISE 'no memory' USING ERRCODE = '53200';
                   END $$;
                   CREATE TRIGGER fail BEFORE INSERT ON orders FOR EACH ROW WHEN (NEW.city = 'Nowhere') EXECUTE FUNCTION fail()";
    run(&url, trouble).await;
    let answers = fixture.shop.orders.insert_once(batch).await;
    assert_eq!(kinds(&answers), [None, Some(StoreErrorKind::NotDone), None]);
    assert!(is_placed(&answers[0]) && is_placed(&answers[2]), "{answers:?}");
}

/// The connection breaks during the commit: who was written is told that nobody knows, a refusal that rests on a
/// neighbour's order is taken back, and one that does not stands.
#[tokio::test]
async fn what_is_told_of_a_commit_that_nobody_knows_of_is_true() {
    let url = new_url().await;
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let last_piece = fixture.product(1).await;
    let mut batch = vec![order_of(&fixture, 9).await];
    for _ in 0..2 {
        batch.push(fixture.order_of(&fixture.cart_of(&last_piece, 1).await));
    }
    batch[0].fingerprint = Fingerprint([0; 32]);
    let die_at_commit = "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                             PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL;
                         END $$;
                         CREATE CONSTRAINT TRIGGER die AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED
                         FOR EACH ROW EXECUTE FUNCTION die()";
    run(&url, die_at_commit).await;
    let answers = fixture.shop.orders.insert_once(batch.clone()).await;
    assert!(
        matches!(answers[0], Ok(Insertion::Refused(Refusal::CartChanged(Some(_))))),
        "{answers:?}"
    );
    let mut told = kinds(&answers[1..]);
    told.sort_by_key(|kind| *kind == Some(StoreErrorKind::Unknown));
    assert_eq!(told, [Some(StoreErrorKind::NotDone), Some(StoreErrorKind::Unknown)]);

    run(&url, "DROP TRIGGER die ON orders").await;
    // Each sends its own again, and hears the truth.
    let mut again = Vec::new();
    for order in batch.drain(1..) {
        again.extend(fixture.shop.orders.insert_once(vec![order]).await);
    }
    assert_eq!(again.iter().filter(|answer| is_placed(answer)).count(), 1);
    assert_eq!(fixture.stock(&last_piece).await, 0);
}

/// The server says that it committed, and the order is not there.
#[tokio::test]
async fn db_05_an_order_that_is_gone_after_its_commit_is_not_acknowledged() {
    let url = new_url().await;
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let lose_one = "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                        DELETE FROM outbox WHERE order_id = NEW.order_id;
                        DELETE FROM order_lines WHERE order_id = NEW.order_id;
                        DELETE FROM orders WHERE id = NEW.order_id;
                        RETURN NULL;
                    END $$;
                    CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON order_lines DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW WHEN (NEW.quantity = 2) EXECUTE FUNCTION lose()";
    run(&url, lose_one).await;
    let slug = fixture.product(9).await;
    let mut batch = Vec::new();
    for quantity in [1, 2, 1] {
        batch.push(fixture.order_of(&fixture.cart_of(&slug, quantity).await));
    }
    let answers = fixture.shop.orders.insert_once(batch).await;
    assert_eq!(kinds(&answers), [None, Some(StoreErrorKind::Unknown), None]);
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
    run(&url, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE 'INSERT INTO orders%' AND datname = current_database()").await;
    run(&url, "DROP TRIGGER slow ON orders").await;
    let none = shop.orders.find_order_by_cart(fixture.shopper, order.cart).await;
    assert_eq!(none.expect("read"), None);
    assert!(is_placed(&shop.orders.insert_once(vec![order]).await[0]));
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
