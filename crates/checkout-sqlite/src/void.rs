//! Closing a cart without an order.

use checkout::adapter::Row;
use checkout::cart::{CartId, ShopperId};
use checkout::ports::Closed;

use crate::fault::Fault;
use crate::pools::{Pools, commit};

/// Closes the shopper's cart unless it is closed, under the row that an order closes it by; says how it is closed now.
pub(crate) async fn void(pools: &Pools, shopper: ShopperId, cart: CartId) -> Result<Option<Closed>, Fault> {
    let mut write = pools.write().await?;
    let shopper = shopper.as_uuid();
    sqlx::query!(
        "UPDATE carts SET status = 'void' WHERE id = ?1 AND shopper = ?2 AND status = 'open'",
        cart.0,
        shopper
    )
    .execute(&mut *write)
    .await?;
    let status = sqlx::query_scalar!(
        "SELECT status FROM carts WHERE id = ?1 AND shopper = ?2",
        cart.0,
        shopper
    )
    .fetch_optional(&mut *write)
    .await?;
    commit(write).await?;
    let closed = |status: String| match status.as_str() {
        "void" => Ok(Closed::Void),
        "ordered" => Ok(Closed::Ordered),
        _ => Err(Row::new("carts", cart).impossible("status", format!("{status:?} after it was closed"))),
    };
    Ok(status.map(closed).transpose()?)
}
