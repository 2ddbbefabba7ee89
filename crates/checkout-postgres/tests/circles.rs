//! Lanes and servers that write at once wait for each other, and never in a circle.

mod common;

use std::time::Duration;

use checkout::cart::Quantity;
use checkout::ports::{Insertion, NewOrder};
use checkout::settings::Timeouts;
use checkout::testing::Fixture;
use common::{connect, new_url, open, ports};
use uuid::Uuid;

const ROUNDS: usize = 12;
const CARTS: usize = 24;
const PRODUCTS: usize = 6;
const LANES: usize = 4;

/// Waits for locks longer than the server takes to find a circle.
fn patient() -> Timeouts {
    Timeouts {
        pool_acquire: Duration::from_secs(60),
        statement: Duration::from_secs(80),
        attempt: Duration::from_secs(120),
        ..Timeouts::default()
    }
}

/// The same things in another order each time.
fn shuffled<T: Clone>(things: &[T]) -> Vec<T> {
    let mut keyed: Vec<(Uuid, &T)> = things.iter().map(|thing| (Fixture::new_uuid(), thing)).collect();
    keyed.sort_by_key(|(key, _)| key.as_u128() & u128::from(u64::MAX));
    keyed.into_iter().map(|(_, thing)| thing.clone()).collect()
}

/// Carts of three products each, in any order; every second one shares its token with another.
async fn orders(seller: &Fixture, slugs: &[checkout::catalogue::Slug]) -> Vec<NewOrder> {
    let mut orders: Vec<NewOrder> = Vec::with_capacity(CARTS);
    for _ in 0..CARTS {
        let buyer = Fixture::new(seller.shop.clone());
        let slugs = shuffled(slugs);
        let cart = buyer.cart_of(&slugs[0], 1).await;
        for slug in &slugs[1..3] {
            let carts = &buyer.shop.carts;
            let added = carts.set_line(buyer.shopper, cart.id, slug, Some(Quantity::ONE)).await;
            added.expect("added");
        }
        orders.push(buyer.order_of(&buyer.cart(cart.id).await));
    }
    orders
}

/// Every lane of two servers is sent the same carts at the same time, each in its own order, with tokens that cross
/// over, while shoppers change their carts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lanes_and_servers_never_wait_in_a_circle() {
    let url = new_url().await;
    let (here, there) = (
        checkout_postgres::open(&url, &patient()).await.expect("a shop opens"),
        checkout_postgres::open(&url, &patient()).await.expect("a shop opens"),
    );
    let seller = Fixture::new(ports(&here));
    let mut slugs = Vec::new();
    for _ in 0..PRODUCTS {
        slugs.push(seller.product(100_000).await);
    }
    let mut placed = 0;
    for _ in 0..ROUNDS {
        let orders = orders(&seller, &slugs).await;
        let mut lanes = Vec::new();
        for shop in [&here, &there] {
            for _ in 0..LANES {
                let (store, mut batch) = (shop.orders.clone(), shuffled(&orders));
                // Tokens of one cart are tried with another, so that their order has nothing to do with the carts'.
                let tokens: Vec<_> = shuffled(&orders).iter().map(|order| order.token).collect();
                for (order, token) in batch.iter_mut().zip(tokens) {
                    (order.id.0, order.token) = (Fixture::new_uuid(), token);
                }
                lanes.push(tokio::spawn(async move { store.insert_once(batch).await }));
            }
        }
        for lane in lanes {
            for answer in lane.await.expect("no panic") {
                placed += u32::from(matches!(answer.expect("nobody is rolled back"), Insertion::Placed(_)));
            }
        }
    }
    here.close().await;
    there.close().await;
    let (mut sold, after) = (0, Fixture::new(ports(&open(&url).await)));
    for slug in &slugs {
        sold += 100_000 - after.stock(slug).await;
    }
    assert_eq!(sold, 3 * placed);
    assert!(placed > 0);
    let met = sqlx::query_scalar::<_, i64>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    assert_eq!(met.fetch_one(&mut connect(&url).await).await.expect("read"), 0);
}
