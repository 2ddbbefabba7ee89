//! The order in which a batch takes its locks.
//!
//! Batches of several lanes and several servers meet in carts, in products, and in the unique index over the tokens.
//! They can not wait for each other in a circle, because every batch takes everything in one and the same order:
//!
//! 1. its open carts, by id ([`lock_carts`]);
//! 2. the products of those carts, by slug ([`lock_products`]); no cart gains a line meanwhile, because whoever edits a
//!    cart begins with its row;
//! 3. the tokens of its orders, by value ([`turns`]). An insert waits for another transaction that inserted the same
//!    token and has not ended; that one has all its carts and products, so it waits for later tokens at most. The
//!    unique index over the carts makes nobody wait: whoever inserts an order has its cart's row.
//!
//! All locks of rows are held to the end, also across savepoints, as they are taken in front of the first one. Nobody
//! else closes a circle: whoever edits a cart holds one cart's row and waits for no batch while doing so, since a
//! product that is put into a cart is locked `FOR KEY SHARE`, which goes together with `FOR NO KEY UPDATE`.

use std::collections::HashSet;

use checkout::cart::CartId;
use checkout::ports::NewOrder;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fault::Fault;

/// Keeps these orders' carts as they are until the end of the transaction. Those that are not there are closed, or
/// never were the shopper's.
pub(crate) async fn lock_carts(write: &mut PgConnection, orders: &[NewOrder]) -> Result<HashSet<CartId>, Fault> {
    let carts: Vec<Uuid> = orders.iter().map(|order| order.cart.0).collect();
    let shoppers: Vec<Uuid> = orders.iter().map(|order| *order.shopper.as_uuid()).collect();
    let locked = sqlx::query_scalar!(
        "SELECT c.id FROM carts c
         JOIN UNNEST($1::uuid[], $2::uuid[]) AS asked (id, shopper) ON asked.id = c.id AND asked.shopper = c.shopper
         WHERE c.status = 'open' ORDER BY c.id FOR NO KEY UPDATE OF c",
        &carts,
        &shoppers
    )
    .fetch_all(write)
    .await?;
    Ok(locked.into_iter().map(CartId).collect())
}

/// Keeps the prices and the stock of these carts' products as they are until the end of the transaction.
///
/// Not a plain `FOR UPDATE`: that would hold up everyone who puts a product into a cart.
pub(crate) async fn lock_products(write: &mut PgConnection, carts: &HashSet<CartId>) -> Result<(), Fault> {
    let carts: Vec<Uuid> = carts.iter().map(|cart| cart.0).collect();
    sqlx::query!(
        "SELECT slug FROM products WHERE slug IN (SELECT slug FROM cart_lines WHERE cart_id = ANY($1))
         ORDER BY slug FOR NO KEY UPDATE",
        &carts
    )
    .fetch_all(write)
    .await?;
    Ok(())
}

/// The positions of the orders in the order in which they are inserted.
pub(crate) fn turns(orders: &[NewOrder]) -> Vec<usize> {
    let mut turns: Vec<usize> = (0..orders.len()).collect();
    turns.sort_by_key(|turn| orders[*turn].token.0);
    turns
}
