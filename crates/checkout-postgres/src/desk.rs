use async_trait::async_trait;
use checkout::adapter::run_to_end;
use checkout::order::{Order, OrderId};
use checkout::ports::{OrderDesk, OrderSearch, StandingChange, StoreError, Written};
use checkout::time::Timestamp;
use sqlx::{PgConnection, PgPool};

use crate::fault::Fault;
use crate::orders::with_lines;
use crate::pool::{Database, commit};
use crate::rows::{OrderRow, database_ms};

/// The orders of the database, for whoever runs the shop.
#[derive(Clone)]
pub struct PostgresDesk {
    pub(crate) db: Database,
}

#[async_trait]
impl OrderDesk for PostgresDesk {
    async fn search_orders(&self, search: &OrderSearch, limit: u32) -> Result<Vec<Order>, StoreError> {
        let found = search_orders(&self.db.pool, search, limit).await;
        found.map_err(|fault| fault.of("search orders"))
    }

    async fn read_order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        let read = read(&self.db.pool, id).await;
        read.map_err(|fault| fault.of("read order"))
    }

    async fn cancel_order(&self, id: OrderId, at: Timestamp) -> Result<Option<StandingChange>, StoreError> {
        let db = self.db.clone();
        run_to_end("cancel order", async move {
            let changed = db.retrying(|| cancel(&db, id, at)).await;
            changed.map_err(|fault| fault.of("cancel order"))
        })
        .await
    }

    async fn refund_order(&self, id: OrderId, at: Timestamp) -> Result<Option<StandingChange>, StoreError> {
        let db = self.db.clone();
        run_to_end("refund order", async move {
            let changed = db.retrying(|| refund(&db, id, at)).await;
            changed.map_err(|fault| fault.of("refund order"))
        })
        .await
    }
}

/// Looks through the orders one by one where a text is given: a shop has few enough, and no order waits for it.
async fn search_orders(pool: &PgPool, search: &OrderSearch, limit: u32) -> Result<Vec<Order>, Fault> {
    let number = search.number.as_ref().map_or("", |number| number.as_str());
    let before = search.before.map(|id| id.0);
    let rows = sqlx::query_as!(
        OrderRow,
        "SELECT id, shopper, cart_id, order_token, name, email, street, postcode, city, country, total_minor, currency,
             placed_at_ms, cancelled_at_ms, refunded_at_ms
         FROM orders WHERE (number = $1 OR position(lower($2) IN lower(name)) > 0
             OR position(lower($2) IN lower(email)) > 0)
             AND ($3::uuid IS NULL OR (placed_at_ms, id) < (SELECT placed_at_ms, id FROM orders WHERE id = $3))
         ORDER BY placed_at_ms DESC, id DESC LIMIT $4",
        number,
        search.text,
        before,
        i64::from(limit)
    )
    .fetch_all(pool)
    .await?;
    with_lines(pool, rows).await
}

async fn read(pool: &PgPool, id: OrderId) -> Result<Option<Order>, Fault> {
    let found = sqlx::query_as!(
        OrderRow,
        "SELECT id, shopper, cart_id, order_token, name, email, street, postcode, city, country, total_minor, currency,
             placed_at_ms, cancelled_at_ms, refunded_at_ms
         FROM orders WHERE id = $1",
        id.0
    )
    .fetch_all(pool)
    .await?;
    Ok(with_lines(pool, found).await?.pop())
}

async fn cancel(db: &Database, id: OrderId, at: Timestamp) -> Result<Option<StandingChange>, Fault> {
    let at_ms = database_ms(at);
    let mut write = db.begin().await?;
    let cancelled = sqlx::query!(
        "UPDATE orders SET cancelled_at_ms = $2 WHERE id = $1 AND cancelled_at_ms IS NULL",
        id.0,
        at_ms
    )
    .execute(&mut *write)
    .await?;
    let written = Written::by(cancelled.rows_affected());
    if written == Written::Now {
        give_back(&mut write, id).await?;
    }
    commit(write).await?;
    let order = read(&db.pool, id).await?;
    Ok(order.map(|order| StandingChange::of_cancelling(written, order)))
}

/// Puts the pieces of the order back into the stock; those of a product that is no more are gone with it.
///
/// Locks the products in the order in which those who buy lock them, so that nobody waits in a circle. The order's row,
/// which is locked before them, is of no interest to anybody who buys.
async fn give_back(write: &mut PgConnection, id: OrderId) -> Result<(), Fault> {
    sqlx::query!(
        "SELECT slug FROM products WHERE slug IN (SELECT slug FROM order_lines WHERE order_id = $1)
         ORDER BY slug FOR NO KEY UPDATE",
        id.0
    )
    .fetch_all(&mut *write)
    .await?;
    sqlx::query!(
        "UPDATE products SET stock = stock + l.quantity FROM order_lines l
         WHERE l.order_id = $1 AND l.slug = products.slug",
        id.0
    )
    .execute(write)
    .await?;
    Ok(())
}

async fn refund(db: &Database, id: OrderId, at: Timestamp) -> Result<Option<StandingChange>, Fault> {
    let at_ms = database_ms(at);
    let mut write = db.begin().await?;
    let refunded = sqlx::query!(
        "UPDATE orders SET refunded_at_ms = $2
         WHERE id = $1 AND cancelled_at_ms IS NOT NULL AND refunded_at_ms IS NULL",
        id.0,
        at_ms
    )
    .execute(&mut *write)
    .await?;
    commit(write).await?;
    let order = read(&db.pool, id).await?;
    Ok(order.map(|order| StandingChange::of_refunding(Written::by(refunded.rows_affected()), order)))
}
