//! Many orders in one transaction: what happens to one is no matter of the others.

mod asked;
mod common;

use std::error::Error as _;

use asked::{is_placed, kinds, order_of};
use checkout::contact::{Contact, ContactForm};
use checkout::ports::{Insertion, Refusal, StoreErrorKind};
use checkout::quote::Fingerprint;
use checkout::testing::Fixture;
use common::{new_url, open, ports, run};

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
