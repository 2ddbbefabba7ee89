//! Callers who go away in the middle harm nobody, least of all other callers.

mod common;

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use checkout::ports::{Insertion, NewOrder};
use checkout::testing::Fixture;
use common::{new_url, open, ports};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};

/// Drops `work` unless it ends within so many polls: every place where it waits is a place to be cut off at.
async fn cut_after<T>(polls: u32, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

async fn place(buyer: &Fixture, order: NewOrder) -> Insertion {
    let mut answers = buyer.shop.orders.insert_once(vec![order]).await;
    answers.remove(0).expect("the server answers")
}

/// How many connections wait inside a transaction.
async fn idle_in_transaction(observer: &mut PgConnection) -> i64 {
    let counted = sqlx::query_scalar(
        "SELECT COUNT(*) FROM pg_stat_activity
         WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()",
    );
    counted.fetch_one(observer).await.expect("counted")
}

/// Buyers who stay, beside buyers who are cut off at every point in turn; what is answered must stand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_caller_loses_no_order_and_leaves_no_transaction() {
    let url = new_url().await;
    let shop = open(&url).await;
    let seller = Fixture::new(ports(&shop));
    let slug = seller.product(10_000).await;
    let (mut stay, mut leave) = (Vec::new(), Vec::new());
    for round in 0..120_u32 {
        let (staying, leaving) = (Fixture::new(ports(&shop)), Fixture::new(ports(&shop)));
        let (slug_of_stay, slug_of_leave) = (slug.clone(), slug.clone());
        stay.push(tokio::spawn(async move {
            let cart = staying.cart_of(&slug_of_stay, 1).await;
            (staying.shopper, place(&staying, staying.order_of(&cart)).await)
        }));
        leave.push(tokio::spawn(async move {
            let cart = leaving.cart_of(&slug_of_leave, 1).await;
            let order = leaving.order_of(&cart);
            let answer = cut_after(round % 40, place(&leaving, order.clone())).await;
            (leaving, order, answer)
        }));
        if round % 8 == 7 {
            // A few at a time: what waits too long for a connection is refused, and that is another test's business.
            for buyer in stay.iter_mut().rev().take(8) {
                while !buyer.is_finished() {
                    tokio::task::yield_now().await;
                }
            }
        }
    }
    let mut stood = Vec::new();
    for buyer in stay {
        let (shopper, Insertion::Placed(order)) = buyer.await.expect("no panic") else {
            panic!("a buyer alone with their cart places it")
        };
        stood.push((shopper, order));
    }
    for buyer in leave {
        let (buyer, order, _) = buyer.await.expect("no panic");
        // The same insert again tells what became of the first.
        let Insertion::Placed(order) = place(&buyer, order).await else {
            panic!("nobody else has this cart")
        };
        stood.push((buyer.shopper, order));
    }
    let options: PgConnectOptions = url.parse().expect("an address");
    let mut observer = options.connect().await.expect("connected");
    // Abandoned attempts may still be at work; none of them stays.
    while idle_in_transaction(&mut observer).await > 0 {}
    shop.close().await;
    let again = open(&url).await;
    for (shopper, order) in stood {
        let found = again.orders.find_order(shopper, order.id).await.expect("read");
        assert_eq!(found, Some(order), "an acknowledged order is gone");
    }
    assert_eq!(
        ports(&again)
            .products
            .find_product(&slug)
            .await
            .expect("read")
            .map(|product| product.stock),
        Some(9760)
    );
}
