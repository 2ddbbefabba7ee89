//! Many orders in one transaction: what happens to one is no matter of the others.

mod beside;
mod common;

use std::error::Error as _;
use std::time::Duration;

use beside::run;
use checkout::cart::{CartId, Quantity};
use checkout::contact::{Contact, ContactForm};
use checkout::ports::{Insertion, NewOrder, StoreError, StoreErrorKind};
use checkout::settings::Timeouts;
use checkout::testing::Fixture;
use common::{new_url, open, ports};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};

type Answer = Result<Insertion, StoreError>;

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

fn to_nowhere(order: NewOrder) -> NewOrder {
    let form = ContactForm {
        city: "Nowhere".into(),
        ..order.contact.form().clone()
    };
    NewOrder {
        contact: Contact::parse(&form).expect("a contact"),
        ..order
    }
}

/// Another process that has the file for itself.
async fn holder(url: &str) -> SqliteConnection {
    let options: SqliteConnectOptions = url.parse().expect("an address");
    let mut holder = options.connect().await.expect("connected");
    sqlx::raw_sql("BEGIN EXCLUSIVE")
        .execute(&mut holder)
        .await
        .expect("held");
    holder
}

async fn let_go(mut holder: SqliteConnection) {
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.expect("let go");
}

/// A constraint that speaks, and a row that can not be, are answered to the order whose they are.
#[tokio::test]
async fn one_orders_trouble_is_its_own() {
    let url = new_url();
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let mut batch = Vec::new();
    for _ in 0..5 {
        batch.push(order_of(&fixture, 9).await);
    }
    batch[1] = to_nowhere(batch[1].clone());
    let odd = fixture.cart(batch[3].cart).await.lines[0].slug.clone();
    let trouble = format!(
        "CREATE TRIGGER nowhere BEFORE INSERT ON orders WHEN NEW.city = 'Nowhere' BEGIN SELECT RAISE(ABORT, 'nobody is there'); END;
         PRAGMA ignore_check_constraints = ON; UPDATE products SET currency = 'DEM' WHERE slug = '{odd}'"
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
    assert!(cause.contains("nobody is there"), "{cause}");
}

/// An order that stands and can not be read is answered to whoever asks for it.
#[tokio::test]
async fn a_row_that_can_not_be_read_back_is_its_own_orders_trouble() {
    let url = new_url();
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let (odd, other) = (order_of(&fixture, 9).await, order_of(&fixture, 9).await);
    assert!(is_placed(&shop.orders.insert_once(vec![odd.clone()]).await[0]));
    run(&url, "DELETE FROM order_lines").await;
    let answers = shop.orders.insert_once(vec![odd, other]).await;
    assert_eq!(kinds(&answers), [Some(StoreErrorKind::Corrupt), None]);
    assert!(is_placed(&answers[1]), "{answers:?}");
}

/// SQLite rolls back by itself, as it does when the disk is full: the order whose doing it is fails alone, and the
/// connection that writes is fit for the next one.
#[tokio::test]
async fn an_order_that_breaks_the_transaction_breaks_its_own() {
    let url = new_url();
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let mut batch = vec![
        order_of(&fixture, 9).await,
        order_of(&fixture, 9).await,
        order_of(&fixture, 9).await,
    ];
    batch[1] = to_nowhere(batch[1].clone());
    let trouble = "CREATE TRIGGER nowhere BEFORE INSERT ON orders WHEN NEW.city = 'Nowhere'
                   BEGIN SELECT RAISE(ROLLBACK, 'nobody is there'); END";
    run(&url, trouble).await;
    let answers = fixture.shop.orders.insert_once(batch.clone()).await;
    assert_eq!(kinds(&answers), [None, Some(StoreErrorKind::NotDone), None]);
    assert!(is_placed(&answers[0]) && is_placed(&answers[2]), "{answers:?}");
    run(&url, "DROP TRIGGER nowhere").await;
    assert!(is_placed(&shop.orders.insert_once(vec![batch.swap_remove(1)]).await[0]));
}

#[tokio::test]
async fn a_cart_that_breaks_its_transaction_leaves_the_writer_fit() {
    let url = new_url();
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let slug = fixture.product(9).await;
    let trouble = "CREATE TRIGGER nine BEFORE INSERT ON cart_lines WHEN NEW.quantity = 9
                   BEGIN SELECT RAISE(ROLLBACK, 'not nine'); END";
    run(&url, trouble).await;
    let nine = Quantity::try_from(9).expect("a quantity");
    let refused = shop
        .carts
        .open_buy_now(fixture.shopper, CartId(Fixture::new_uuid()), &slug, nine)
        .await;
    assert_eq!(refused.expect_err("not nine").kind, StoreErrorKind::NotDone);
    let order = fixture.order_of(&fixture.cart_of(&slug, 1).await);
    assert!(is_placed(&shop.orders.insert_once(vec![order]).await[0]));
}

/// Another of the shop's writes has the one connection that writes: nothing was done, and that is told soon.
#[tokio::test]
async fn db_07_without_the_writer_nothing_is_done() {
    let url = new_url();
    // The other one waits for longer than this test; a busy machine may take its time.
    let timeouts = Timeouts {
        pool_acquire: Duration::from_millis(300),
        statement: Duration::from_secs(80),
        attempt: Duration::from_mins(2),
        ..Timeouts::default()
    };
    let shop = checkout_sqlite::open(&url, &timeouts).await.expect("a shop opens");
    let fixture = Fixture::new(ports(&shop));
    let order = order_of(&fixture, 5).await;
    let holder = holder(&url).await;
    let other = fixture.clone();
    let (cart, shopper) = (order.cart, fixture.shopper);
    let waiting = tokio::spawn(async move { other.shop.carts.void_cart(Fixture::new_shopper(), cart).await });
    // On one thread it comes as far as the lock before this goes on: its task begins another, which takes the writer.
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    let answers = shop.orders.insert_once(vec![order.clone(), order.clone()]).await;
    assert_eq!(kinds(&answers), [Some(StoreErrorKind::NotDone); 2]);
    let_go(holder).await;
    assert_eq!(waiting.await.expect("no panic").expect("the file answers"), None);
    assert_eq!(shop.orders.find_order_by_cart(shopper, cart).await.expect("read"), None);
    assert!(is_placed(&shop.orders.insert_once(vec![order]).await[0]));
}

/// Another process writes for longer than an order may take: nothing was done; when it is through, the same order is.
#[tokio::test]
async fn db_19_a_file_that_someone_else_has_is_waited_for_no_longer_than_a_write_may_take() {
    let url = new_url();
    // SQLite itself would wait for much longer.
    let timeouts = Timeouts {
        statement: Duration::from_mins(8),
        attempt: Duration::from_secs(1),
        ..Timeouts::default()
    };
    let shop = checkout_sqlite::open(&url, &timeouts).await.expect("a shop opens");
    let fixture = Fixture::new(ports(&shop));
    let order = order_of(&fixture, 5).await;
    let holder = holder(&url).await;
    let answered = shop.orders.insert_once(vec![order.clone()]);
    let answered = tokio::time::timeout(Duration::from_mins(1), answered).await;
    let answers = answered.expect("nobody waits for ever");
    assert_eq!(kinds(&answers), [Some(StoreErrorKind::NotDone)]);
    let_go(holder).await;
    assert!(is_placed(&shop.orders.insert_once(vec![order]).await[0]));
}

/// Several waits for the lock fit into the time of a write, and all of them are tried.
#[tokio::test]
async fn a_file_that_someone_else_has_for_a_while_is_waited_for() {
    let url = new_url();
    let timeouts = Timeouts {
        statement: Duration::from_millis(40),
        attempt: Duration::from_mins(2),
        ..Timeouts::default()
    };
    let shop = checkout_sqlite::open(&url, &timeouts).await.expect("a shop opens");
    let fixture = Fixture::new(ports(&shop));
    let order = order_of(&fixture, 5).await;
    let holder = holder(&url).await;
    let waiting = tokio::spawn(async move { shop.orders.insert_once(vec![order]).await });
    // Many times the wait for a lock.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let_go(holder).await;
    assert!(is_placed(&waiting.await.expect("no panic")[0]));
}
