//! Callers who go away in the middle harm nobody, least of all other callers.

mod common;

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use checkout::catalogue::Slug;
use checkout::ports::{Insertion, NewOrder};
use checkout::settings::Timeouts;
use checkout::testing::Fixture;
use common::{connect, new_url, open, ports};
use sqlx::PgConnection;

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

/// A buyer who is cut off after so many polls: who, what was tried, and the answer if there was time for one.
async fn leave_after(polls: u32, buyer: Fixture, slug: Slug) -> (Fixture, NewOrder, Option<Insertion>) {
    let cart = buyer.cart_of(&slug, 1).await;
    let order = buyer.order_of(&cart);
    let answer = cut_after(polls, place(&buyer, order.clone())).await;
    (buyer, order, answer)
}

async fn stay(buyer: Fixture, slug: Slug) -> Insertion {
    let cart = buyer.cart_of(&slug, 1).await;
    let order = buyer.order_of(&cart);
    place(&buyer, order).await
}

/// Buyers who stay, beside buyers who are cut off at every point in turn; what is answered must stand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_06_a_cancelled_caller_loses_no_order_and_leaves_no_transaction() {
    const ROUNDS: u32 = 15;
    const BUYERS: u32 = 8;
    let url = new_url().await;
    // So long that the server ends no forgotten transaction before it is seen.
    let patient = Timeouts {
        attempt: Duration::from_mins(10),
        ..Timeouts::default()
    };
    let shop = checkout_postgres::open(&url, &patient).await.expect("a shop opens");
    let mut observer = connect(&url).await;
    let buyer = || Fixture::new(ports(&shop));
    let slug = buyer().product(1000).await;
    let (mut answers, mut abandoned) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let staying: Vec<_> = (0..BUYERS).map(|_| tokio::spawn(stay(buyer(), slug.clone()))).collect();
        let leaving = (0..BUYERS).map(|nth| leave_after((round * BUYERS + nth) % 40, buyer(), slug.clone()));
        let leaving: Vec<_> = leaving.map(tokio::spawn).collect();
        // A few at a time: who waits too long for a connection is refused, which is no matter of this test.
        for buyer in staying {
            answers.push(buyer.await.expect("no panic"));
        }
        for buyer in leaving {
            abandoned.push(buyer.await.expect("no panic"));
        }
        // What was abandoned may still be at work; nothing of it stays, though nobody comes along to clean up.
        let none_stays = async { while idle_in_transaction(&mut observer).await > 0 {} };
        let settled = tokio::time::timeout(Duration::from_secs(5), none_stays).await;
        settled.expect("a transaction was left open");
    }
    for (buyer, order, answer) in abandoned {
        answers.extend(answer);
        // The same insert again tells what became of the first.
        answers.push(place(&buyer, order).await);
    }
    shop.close().await;

    let shop = open(&url).await;
    for answer in answers {
        let Insertion::Placed(order) = answer else {
            panic!("nobody else has this cart: {answer:?}")
        };
        let found = shop.orders.find_order(order.shopper, order.id).await.expect("read");
        assert_eq!(found, Some(order), "an acknowledged order is gone");
    }
    let sold = i64::from(1000 - Fixture::new(ports(&shop)).stock(&slug).await);
    assert_eq!(sold, i64::from(2 * ROUNDS * BUYERS));
}
