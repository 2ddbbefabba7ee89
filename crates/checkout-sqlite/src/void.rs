//! What ends a cart's quotes, or the cart itself, without an order: under the row that an order closes it by.

use checkout::adapter::Row;
use checkout::cart::{CartId, CartStatus, ShopperId};
use checkout::ports::Closed;
use sqlx::SqliteConnection;

use crate::carts::next_version;
use crate::fault::Fault;
use crate::pools::{Pools, commit};
use crate::rows::status;

/// Closes the shopper's cart unless it is closed; says how it is closed now.
pub(crate) async fn void(pools: &Pools, shopper: ShopperId, cart: CartId) -> Result<Option<Closed>, Fault> {
    let mut write = pools.write().await?;
    let uuid = shopper.as_uuid();
    sqlx::query!(
        "UPDATE carts SET status = 'void' WHERE id = ?1 AND shopper = ?2 AND status = 'open'",
        cart.0,
        uuid
    )
    .execute(&mut *write)
    .await?;
    let status = status_of(&mut write, shopper, cart).await?;
    commit(write).await?;
    let closed = |status| match status {
        CartStatus::Void => Ok(Closed::Void),
        CartStatus::Ordered => Ok(Closed::Ordered),
        CartStatus::Open => Err(Row::new("carts", cart).impossible("status", "it is open after it was closed")),
    };
    Ok(status.map(closed).transpose()?)
}

/// Moves the shopper's cart to its next version if it is open; says what it is.
pub(crate) async fn outdate(pools: &Pools, shopper: ShopperId, cart: CartId) -> Result<Option<CartStatus>, Fault> {
    let mut write = pools.write().await?;
    next_version(&mut write, shopper, cart).await?;
    let status = status_of(&mut write, shopper, cart).await?;
    commit(write).await?;
    Ok(status)
}

async fn status_of(
    write: &mut SqliteConnection,
    shopper: ShopperId,
    cart: CartId,
) -> Result<Option<CartStatus>, Fault> {
    let shopper = shopper.as_uuid();
    let stored = sqlx::query_scalar!(
        "SELECT status FROM carts WHERE id = ?1 AND shopper = ?2",
        cart.0,
        shopper
    )
    .fetch_optional(write)
    .await?;
    let read = stored.map(|stored| status(&Row::new("carts", cart), &stored));
    Ok(read.transpose()?)
}
