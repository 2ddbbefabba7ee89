use async_trait::async_trait;
use checkout::adapter::{Answer, Row, insert_batch};
use checkout::cart::{CartId, ShopperId};
use checkout::order::{Order, OrderId};
use checkout::ports::{NewOrder, OrderStore, StoreError};
use checkout::token::TokenDigest;
use sqlx::SqlitePool;
use uuid::Uuid;

use crate::fault::Fault;
use crate::pools::Pools;
use crate::rows::{OrderLineRow, OrderRow};

/// The orders of the file.
#[derive(Clone)]
pub struct SqliteOrders {
    pub(crate) pools: Pools,
}

#[async_trait]
impl OrderStore for SqliteOrders {
    async fn insert_once(&self, orders: Vec<NewOrder>) -> Vec<Answer> {
        insert_batch(self.pools.clone(), orders, self.pools.timeouts.attempt).await
    }

    async fn find_order(&self, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, StoreError> {
        let found = read_order(&self.pools.readers, shopper, id).await;
        found.map_err(|fault| fault.of("find order"))
    }

    async fn find_order_by_token(&self, shopper: ShopperId, token: TokenDigest) -> Result<Option<Order>, StoreError> {
        let found = find_by_token(&self.pools.readers, shopper, token).await;
        found.map_err(|fault| fault.of("find order by token"))
    }

    async fn find_order_by_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Order>, StoreError> {
        let found = find_by_cart(&self.pools.readers, shopper, cart).await;
        found.map_err(|fault| fault.of("find order by cart"))
    }

    async fn list_orders(&self, shopper: ShopperId, limit: u32) -> Result<Vec<Order>, StoreError> {
        let listed = list(&self.pools.readers, shopper, limit).await;
        listed.map_err(|fault| fault.of("list orders"))
    }
}

/// The order of this id, if the shopper may see it.
async fn read_order(readers: &SqlitePool, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, Fault> {
    let shopper = shopper.as_uuid();
    let found = sqlx::query_as!(
        OrderRow,
        "SELECT id, shopper, cart_id, order_token, name, email, street, postcode, city, country, total_minor, currency,
             placed_at_ms, cancelled_at_ms, refunded_at_ms
         FROM orders WHERE id = ?1 AND (shopper = ?2
             OR shopper IN (SELECT guest FROM guest_links WHERE account = ?2)
             OR id IN (SELECT order_id FROM opened_orders WHERE reader = ?2))",
        id.0,
        shopper
    )
    .fetch_optional(readers)
    .await?;
    match found {
        Some(order) => with_lines(readers, order).await.map(Some),
        None => Ok(None),
    }
}

/// The order of this row. Its lines are read by a statement of their own, which can not disagree: they never change.
pub(crate) async fn with_lines(readers: &SqlitePool, order: OrderRow) -> Result<Order, Fault> {
    let lines = sqlx::query_as!(
        OrderLineRow,
        "SELECT order_id, slug, name, quantity, unit_price_minor, currency FROM order_lines
         WHERE order_id = ?1 ORDER BY position",
        order.id
    )
    .fetch_all(readers)
    .await?;
    Ok(order.with_lines(lines)?)
}

/// The order that stands for the intent of `order`: of its token, or else of its cart.
pub(crate) async fn read_standing(readers: &SqlitePool, order: &NewOrder) -> Result<Option<Order>, Fault> {
    let shopper = order.shopper.as_uuid();
    let id = sqlx::query_scalar!(
        "SELECT id FROM orders WHERE shopper = ?1 AND (order_token = ?2 OR cart_id = ?3)
         ORDER BY order_token = ?2 DESC LIMIT 1",
        shopper,
        order.token.0,
        order.cart.0
    )
    .fetch_optional(readers)
    .await?;
    match id {
        Some(id) => read_order(readers, order.shopper, order_id(&id)?).await,
        None => Ok(None),
    }
}

async fn find_by_token(readers: &SqlitePool, shopper: ShopperId, token: TokenDigest) -> Result<Option<Order>, Fault> {
    let uuid = shopper.as_uuid();
    let id = sqlx::query_scalar!(
        "SELECT id FROM orders WHERE order_token = ?1
         AND (shopper = ?2 OR shopper IN (SELECT guest FROM guest_links WHERE account = ?2))",
        token.0,
        uuid
    )
    .fetch_optional(readers)
    .await?;
    match id {
        Some(id) => read_order(readers, shopper, order_id(&id)?).await,
        None => Ok(None),
    }
}

async fn find_by_cart(readers: &SqlitePool, shopper: ShopperId, cart: CartId) -> Result<Option<Order>, Fault> {
    let uuid = shopper.as_uuid();
    let id = sqlx::query_scalar!(
        "SELECT id FROM orders WHERE cart_id = ?1 AND shopper = ?2",
        cart.0,
        uuid
    )
    .fetch_optional(readers)
    .await?;
    match id {
        Some(id) => read_order(readers, shopper, order_id(&id)?).await,
        None => Ok(None),
    }
}

async fn list(readers: &SqlitePool, shopper: ShopperId, limit: u32) -> Result<Vec<Order>, Fault> {
    let uuid = shopper.as_uuid();
    let ids = sqlx::query_scalar!(
        "SELECT id FROM orders WHERE shopper IN (SELECT ?1 UNION ALL SELECT guest FROM guest_links WHERE account = ?1)
         ORDER BY placed_at_ms DESC, id DESC LIMIT ?2",
        uuid,
        limit
    )
    .fetch_all(readers)
    .await?;
    let mut orders = Vec::with_capacity(ids.len());
    // One by one: to a file in this process, ten small reads cost what one large one does.
    for id in ids {
        orders.extend(read_order(readers, shopper, order_id(&id)?).await?);
    }
    Ok(orders)
}

fn order_id(stored: &[u8]) -> Result<OrderId, Fault> {
    let row = Row::new("orders", format!("{stored:02x?}"));
    Ok(OrderId(row.read("id", Uuid::from_slice(stored))?))
}
