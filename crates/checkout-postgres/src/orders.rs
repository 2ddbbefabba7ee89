use std::collections::HashMap;

use async_trait::async_trait;
use checkout::adapter::{Answer, insert_batch};
use checkout::cart::{CartId, ShopperId};
use checkout::order::{Order, OrderId};
use checkout::ports::{NewOrder, OrderStore, StoreError};
use checkout::token::TokenDigest;
use sqlx::PgPool;
use uuid::Uuid;

use crate::fault::Fault;
use crate::pool::Database;
use crate::rows::{OrderLineRow, OrderRow};

/// The orders of the database.
#[derive(Clone)]
pub struct PostgresOrders {
    pub(crate) db: Database,
}

#[async_trait]
impl OrderStore for PostgresOrders {
    async fn insert_once(&self, orders: Vec<NewOrder>) -> Vec<Answer> {
        insert_batch(self.db.clone(), orders, self.db.timeouts.attempt).await
    }

    async fn find_order(&self, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, StoreError> {
        let found = read_order(&self.db.pool, shopper, id).await;
        found.map_err(|fault| fault.of("find order"))
    }

    async fn find_order_by_token(&self, shopper: ShopperId, token: TokenDigest) -> Result<Option<Order>, StoreError> {
        let found = find_by_token(&self.db.pool, shopper, token).await;
        found.map_err(|fault| fault.of("find order by token"))
    }

    async fn find_order_by_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Order>, StoreError> {
        let found = find_by_cart(&self.db.pool, shopper, cart).await;
        found.map_err(|fault| fault.of("find order by cart"))
    }

    async fn list_orders(&self, shopper: ShopperId, limit: u32) -> Result<Vec<Order>, StoreError> {
        let listed = list(&self.db.pool, shopper, limit).await;
        listed.map_err(|fault| fault.of("list orders"))
    }
}

/// The order of this id, if the shopper may see it.
async fn read_order(pool: &PgPool, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, Fault> {
    Ok(read_orders(pool, shopper, &[id.0]).await?.pop())
}

/// Those of these orders that the shopper may see, latest first.
async fn read_orders(pool: &PgPool, shopper: ShopperId, ids: &[Uuid]) -> Result<Vec<Order>, Fault> {
    let orders = sqlx::query_as!(
        OrderRow,
        "SELECT id, shopper, cart_id, order_token, name, email, street, postcode, city, country, total_minor, currency,
             placed_at_ms, cancelled_at_ms, refunded_at_ms
         FROM orders WHERE id = ANY($1) AND (shopper = $2
             OR shopper IN (SELECT guest FROM guest_links WHERE account = $2)
             OR id IN (SELECT order_id FROM opened_orders WHERE reader = $2))
         ORDER BY placed_at_ms DESC, id DESC",
        ids,
        shopper.as_uuid()
    );
    with_lines(pool, orders.fetch_all(pool).await?).await
}

/// The orders that stand for these intents, of whichever shopper: of their tokens and of their carts.
pub(crate) async fn read_standing(pool: &PgPool, intents: &[&NewOrder]) -> Result<Vec<Order>, Fault> {
    let tokens: Vec<Uuid> = intents.iter().map(|order| order.token.0).collect();
    let carts: Vec<Uuid> = intents.iter().map(|order| order.cart.0).collect();
    let orders = sqlx::query_as!(
        OrderRow,
        "SELECT id, shopper, cart_id, order_token, name, email, street, postcode, city, country, total_minor, currency,
             placed_at_ms, cancelled_at_ms, refunded_at_ms
         FROM orders WHERE order_token = ANY($1) OR cart_id = ANY($2)",
        &tokens,
        &carts
    );
    with_lines(pool, orders.fetch_all(pool).await?).await
}

/// The orders of these rows. Their lines are read by a statement of its own, which can not disagree: they never change.
pub(crate) async fn with_lines(pool: &PgPool, orders: Vec<OrderRow>) -> Result<Vec<Order>, Fault> {
    let ids: Vec<Uuid> = orders.iter().map(|order| order.id).collect();
    let lines = sqlx::query_as!(
        OrderLineRow,
        "SELECT order_id, slug, name, quantity, unit_price_minor, currency FROM order_lines
         WHERE order_id = ANY($1) ORDER BY order_id, position",
        &ids
    )
    .fetch_all(pool)
    .await?;
    let mut lines_of = HashMap::<Uuid, Vec<OrderLineRow>>::new();
    for line in lines {
        lines_of.entry(line.order_id).or_default().push(line);
    }
    let whole = orders.into_iter().map(|order| {
        let lines = lines_of.remove(&order.id).unwrap_or_default();
        order.with_lines(lines)
    });
    Ok(whole.collect::<Result<_, _>>()?)
}

async fn find_by_token(pool: &PgPool, shopper: ShopperId, token: TokenDigest) -> Result<Option<Order>, Fault> {
    let found = sqlx::query_scalar!(
        "SELECT id FROM orders WHERE order_token = $1
         AND (shopper = $2 OR shopper IN (SELECT guest FROM guest_links WHERE account = $2))",
        token.0,
        shopper.as_uuid()
    );
    let ids = found.fetch_all(pool).await?;
    Ok(read_orders(pool, shopper, &ids).await?.pop())
}

async fn find_by_cart(pool: &PgPool, shopper: ShopperId, cart: CartId) -> Result<Option<Order>, Fault> {
    let found = sqlx::query_scalar!(
        "SELECT id FROM orders WHERE cart_id = $1 AND shopper = $2",
        cart.0,
        shopper.as_uuid()
    );
    let ids = found.fetch_all(pool).await?;
    Ok(read_orders(pool, shopper, &ids).await?.pop())
}

async fn list(pool: &PgPool, shopper: ShopperId, limit: u32) -> Result<Vec<Order>, Fault> {
    let latest = sqlx::query_scalar!(
        "SELECT id FROM orders WHERE shopper = ANY(ARRAY(SELECT guest FROM guest_links WHERE account = $1) || $1::uuid)
         ORDER BY placed_at_ms DESC, id DESC LIMIT $2",
        shopper.as_uuid(),
        i64::from(limit)
    );
    let ids = latest.fetch_all(pool).await?;
    read_orders(pool, shopper, &ids).await
}
