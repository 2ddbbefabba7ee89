//! Lanes and servers that write at once wait for each other, and never in a circle.
//!
//! One test for each kind of thing that batches wait for, in which they meet in nothing that comes before it: batches
//! that share a cart wait for it and never come to cross over in anything else.

mod common;

use std::time::Duration;

use checkout::cart::Quantity;
use checkout::catalogue::Slug;
use checkout::order::OrderId;
use checkout::ports::{Insertion, NewOrder};
use checkout::settings::Timeouts;
use checkout::testing::Fixture;
use checkout::token::TokenDigest;
use common::{connect, new_url, open, ports};
use sqlx::PgConnection;

const ROUNDS: usize = 8;
const ORDERS: usize = 16;
const STOCK: u32 = 100_000;

/// Two servers on one database, with the lanes of each, that wait for locks longer than the server takes to find a
/// circle.
struct Servers {
    url: String,
    lanes: Vec<Fixture>,
    observer: PgConnection,
}

impl Servers {
    async fn open() -> Self {
        let patient = Timeouts {
            pool_acquire: Duration::from_mins(1),
            statement: Duration::from_secs(80),
            attempt: Duration::from_mins(2),
            ..Timeouts::default()
        };
        let url = new_url().await;
        let mut lanes = Vec::new();
        for _ in 0..2 {
            let shop = checkout_postgres::open(&url, &patient).await.expect("a shop opens");
            lanes.extend((0..checkout_postgres::writers(&patient).lanes).map(|_| Fixture::new(ports(&shop))));
        }
        let observer = connect(&url).await;
        Self { url, lanes, observer }
    }

    /// Sends each lane its batch, all at the same time.
    async fn write(&self, batches: Vec<Vec<NewOrder>>) -> u32 {
        let lanes = self.lanes.iter().zip(batches).map(|(lane, batch)| {
            let orders = lane.shop.orders.clone();
            tokio::spawn(async move { orders.insert_once(batch).await })
        });
        let mut placed = 0;
        for lane in lanes.collect::<Vec<_>>() {
            for answer in lane.await.expect("no panic") {
                placed += u32::from(matches!(answer.expect("all are answered"), Insertion::Placed(_)));
            }
        }
        placed
    }

    /// Nobody waited in a circle, and what was placed was sold.
    async fn have_sold(mut self, slugs: &[Slug], pieces: u32) {
        let (mut sold, after) = (0, Fixture::new(ports(&open(&self.url).await)));
        for slug in slugs {
            sold += STOCK - after.stock(slug).await;
        }
        assert_eq!(sold, pieces);
        assert!(pieces > 0);
        // The server counts when a connection ends or has nothing to do.
        let ended = "SELECT COUNT(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid()";
        sqlx::query(ended).execute(&mut self.observer).await.expect("ended");
        let circles = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
        let circles = sqlx::query_scalar::<_, i64>(circles).fetch_one(&mut self.observer);
        assert_eq!(circles.await.expect("counted"), 0);
    }
}

/// The same things, each time in another order.
fn shuffled<T>(things: Vec<T>) -> Vec<T> {
    let key = |_: &T| Fixture::new_uuid().as_u128() & u128::from(u64::MAX);
    let mut keyed: Vec<_> = things.into_iter().map(|thing| (key(&thing), thing)).collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, thing)| thing).collect()
}

async fn products(seller: &Fixture, count: usize) -> Vec<Slug> {
    let mut slugs = Vec::with_capacity(count);
    for _ in 0..count {
        slugs.push(seller.product(STOCK).await);
    }
    slugs
}

/// Orders of carts of their own, with one piece of each product.
async fn orders(buyer: &Fixture, slugs: &[Slug]) -> Vec<NewOrder> {
    let mut orders = Vec::with_capacity(ORDERS);
    for _ in 0..ORDERS {
        let cart = buyer.cart_of(&slugs[0], 1).await;
        for slug in &slugs[1..] {
            let carts = &buyer.shop.carts;
            let added = carts.set_line(buyer.shopper, cart.id, slug, Some(Quantity::ONE)).await;
            added.expect("added");
        }
        orders.push(buyer.order_of(&buyer.cart(cart.id).await));
    }
    orders
}

/// The same orders of other attempts.
fn of_others(orders: &[NewOrder]) -> Vec<NewOrder> {
    let other = |order: &NewOrder| NewOrder {
        id: OrderId(Fixture::new_uuid()),
        ..order.clone()
    };
    shuffled(orders.iter().map(other).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_of_the_same_carts_never_wait_in_a_circle() {
    let servers = Servers::open().await;
    let slugs = products(&servers.lanes[0], 1).await;
    let mut placed = 0;
    for _ in 0..ROUNDS {
        let same = orders(&servers.lanes[0], &slugs).await;
        placed += servers
            .write(servers.lanes.iter().map(|_| of_others(&same)).collect())
            .await;
    }
    assert_eq!(placed as usize, ROUNDS * ORDERS);
    servers.have_sold(&slugs, placed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_of_the_same_products_never_wait_in_a_circle() {
    let servers = Servers::open().await;
    let slugs = products(&servers.lanes[0], 8).await;
    let mut placed = 0;
    for _ in 0..ROUNDS {
        let mut batches = Vec::new();
        for lane in &servers.lanes {
            let mut batch = Vec::new();
            for slug in shuffled(slugs.clone()) {
                batch.push(lane.order_of(&lane.cart_of(&slug, 1).await));
            }
            batches.push(batch);
        }
        placed += servers.write(batches).await;
    }
    assert_eq!(placed as usize, ROUNDS * servers.lanes.len() * slugs.len());
    servers.have_sold(&slugs, placed).await;
}

/// A token is bound to one cart; whoever sends it with others is up to no good.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_of_the_same_tokens_never_wait_in_a_circle() {
    let servers = Servers::open().await;
    let slugs = products(&servers.lanes[0], servers.lanes.len()).await;
    let mut placed = 0;
    for _ in 0..ROUNDS {
        let tokens: Vec<_> = (0..ORDERS).map(|_| TokenDigest(Fixture::new_uuid())).collect();
        let mut batches = Vec::new();
        for (lane, slug) in servers.lanes.iter().zip(&slugs) {
            let mut batch = orders(lane, std::slice::from_ref(slug)).await;
            for (order, token) in batch.iter_mut().zip(shuffled(tokens.clone())) {
                order.token = token;
            }
            batches.push(batch);
        }
        placed += servers.write(batches).await;
    }
    assert_eq!(placed as usize, ROUNDS * ORDERS);
    servers.have_sold(&slugs, placed).await;
}
