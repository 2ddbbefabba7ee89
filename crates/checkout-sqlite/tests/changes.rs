//! What becomes of the file while a shop has it open, and what the shop makes of it.

mod beside;
mod common;

use std::fs;
use std::path::PathBuf;

use beside::run;
use checkout::ports::{Insertion, NewOrder, StoreError, StoreErrorKind};
use checkout::testing::Fixture;
use checkout_sqlite::SqliteShop;
use common::{new_url, open, ports};

/// An open shop, its file, and an order that was placed in it and one that was not yet.
struct Sold {
    path: PathBuf,
    log: PathBuf,
    shop: SqliteShop,
    fixture: Fixture,
    placed: NewOrder,
    next: NewOrder,
}

async fn sold() -> Sold {
    let url = new_url();
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let slug = fixture.product(9).await;
    let mut orders = Vec::new();
    for _ in 0..2 {
        orders.push(fixture.order_of(&fixture.cart_of(&slug, 1).await));
    }
    let [placed, next] = <[NewOrder; 2]>::try_from(orders).expect("two of them");
    let answer = insert(&shop, &placed).await;
    assert!(matches!(answer, Ok(Insertion::Placed(_))), "{answer:?}");
    let path = PathBuf::from(url.strip_prefix("sqlite:").expect("an address"));
    let log = PathBuf::from(format!("{}-wal", path.display()));
    Sold {
        path,
        log,
        shop,
        fixture,
        placed,
        next,
    }
}

async fn insert(shop: &SqliteShop, order: &NewOrder) -> Result<Insertion, StoreError> {
    shop.orders.insert_once(vec![order.clone()]).await.remove(0)
}

impl Sold {
    /// Nothing is sold, no cart is changed, and whoever asks for the shop's health hears of it.
    async fn is_closed(&self) {
        let refused = insert(&self.shop, &self.next).await.expect_err("nothing is sold");
        assert_eq!(refused.kind, StoreErrorKind::NotDone, "{refused:?}");
        let again = insert(&self.shop, &self.placed).await.expect_err("not even told");
        assert_eq!(again.kind, StoreErrorKind::NotDone, "{again:?}");
        self.shop
            .carts
            .void_cart(self.fixture.shopper, self.next.cart)
            .await
            .expect_err("no cart is changed");
        self.shop.ping().await.expect_err("it is not well");
    }
}

#[tokio::test]
async fn db_19_a_file_that_was_deleted_takes_no_order() {
    let sold = sold().await;
    fs::remove_file(&sold.path).expect("removed");
    sold.is_closed().await;
}

#[tokio::test]
async fn db_19_a_file_that_was_replaced_takes_no_order() {
    let sold = sold().await;
    let copy = sold.path.with_extension("copy");
    fs::copy(&sold.path, &copy).expect("copied");
    fs::rename(&copy, &sold.path).expect("replaced");
    sold.is_closed().await;
}

#[tokio::test]
async fn db_19_a_file_that_was_moved_takes_orders_when_it_is_back() {
    let sold = sold().await;
    let elsewhere = sold.path.with_extension("moved");
    fs::rename(&sold.path, &elsewhere).expect("moved");
    sold.is_closed().await;
    fs::rename(&elsewhere, &sold.path).expect("moved back");
    let answer = insert(&sold.shop, &sold.next).await;
    assert!(matches!(answer, Ok(Insertion::Placed(_))), "{answer:?}");
    sold.shop.ping().await.expect("it is well");
}

#[tokio::test]
async fn db_19_a_log_that_was_deleted_takes_no_order() {
    let sold = sold().await;
    fs::remove_file(&sold.log).expect("removed");
    sold.is_closed().await;
}

#[tokio::test]
async fn db_19_a_log_that_was_cut_takes_no_order() {
    let sold = sold().await;
    let log = fs::OpenOptions::new().write(true).open(&sold.log).expect("opened");
    let length = log.metadata().expect("read").len();
    log.set_len(length / 2).expect("cut");
    sold.is_closed().await;
}

/// An empty log is what another process leaves that copied all of it to the file. Whether it was that, the next commit
/// shows: cut off by anyone else, it would have a hole in front, and a restart would read none of it.
#[tokio::test]
async fn db_19_an_order_behind_a_hole_in_the_log_is_not_acknowledged() {
    let sold = sold().await;
    let log = fs::OpenOptions::new().write(true).open(&sold.log).expect("opened");
    log.set_len(0).expect("emptied");
    let answer = insert(&sold.shop, &sold.next)
        .await
        .expect_err("a restart would not find it");
    assert_ne!(answer.kind, StoreErrorKind::Corrupt, "{answer:?}");
    sold.is_closed().await;
}

#[tokio::test]
async fn a_log_that_another_process_emptied_into_the_file_takes_orders() {
    let sold = sold().await;
    run(
        &format!("sqlite:{}", sold.path.display()),
        "PRAGMA wal_checkpoint(TRUNCATE)",
    )
    .await;
    assert_eq!(fs::metadata(&sold.log).expect("read").len(), 0);
    let answer = insert(&sold.shop, &sold.next).await;
    assert!(matches!(answer, Ok(Insertion::Placed(_))), "{answer:?}");
}
