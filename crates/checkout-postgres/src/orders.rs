use std::collections::HashMap;

use async_trait::async_trait;
use checkout::adapter::run_to_end;
use checkout::cart::{CartId, ShopperId};
use checkout::order::{Order, OrderId};
use checkout::ports::{Insertion, NewOrder, OrderStore, StoreError};
use checkout::token::TokenDigest;
use sqlx::PgPool;
use uuid::Uuid;

use crate::fault::Fault;
use crate::insert::insert;
use crate::rows::{OrderLineRow, OrderRow};

/// The orders of the database.
#[derive(Clone)]
pub struct PostgresOrders {
    pub(crate) pool: PgPool,
}

#[async_trait]
impl OrderStore for PostgresOrders {
    async fn insert_once(&self, orders: Vec<NewOrder>) -> Vec<Result<Insertion, StoreError>> {
        let mut answers = Vec::with_capacity(orders.len());
        for order in orders {
            let pool = self.pool.clone();
            answers.push(run_to_end("insert order", async move { insert(&pool, &order).await }).await);
        }
        answers
    }

    async fn find_order(&self, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, StoreError> {
        let found = read_order(&self.pool, shopper, id).await;
        found.map_err(|fault| fault.of("find order"))
    }

    async fn find_order_by_token(&self, shopper: ShopperId, token: TokenDigest) -> Result<Option<Order>, StoreError> {
        let found = find_by_token(&self.pool, shopper, token).await;
        found.map_err(|fault| fault.of("find order by token"))
    }

    async fn find_order_by_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Order>, StoreError> {
        let found = find_by_cart(&self.pool, shopper, cart).await;
        found.map_err(|fault| fault.of("find order by cart"))
    }

    async fn list_orders(&self, shopper: ShopperId, limit: u32) -> Result<Vec<Order>, StoreError> {
        let listed = list(&self.pool, shopper, limit).await;
        listed.map_err(|fault| fault.of("list orders"))
    }
}

/// The shopper's order of this id.
pub(crate) async fn read_order(pool: &PgPool, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, Fault> {
    Ok(read_orders(pool, shopper, &[id.0]).await?.pop())
}

/// Those of these orders that are the shopper's, latest first. In two statements, which can not disagree: an order
/// never changes.
async fn read_orders(pool: &PgPool, shopper: ShopperId, ids: &[Uuid]) -> Result<Vec<Order>, Fault> {
    let orders = sqlx::query_as!(
        OrderRow,
        "SELECT id, shopper, cart_id, order_token, name, email, street, postcode, city, country, total_minor, currency,
             placed_at_ms
         FROM orders WHERE id = ANY($1) AND shopper = $2 ORDER BY placed_at_ms DESC, id DESC",
        ids,
        shopper.as_uuid()
    )
    .fetch_all(pool)
    .await?;
    let lines = sqlx::query_as!(
        OrderLineRow,
        "SELECT order_id, slug, name, quantity, unit_price_minor, currency FROM order_lines
         WHERE order_id = ANY($1) ORDER BY order_id, position",
        ids
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

/// The order that the intent of `order` already has: of its token, or else of its cart.
pub(crate) async fn find_winner(pool: &PgPool, order: &NewOrder) -> Result<Option<OrderId>, Fault> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM orders WHERE shopper = $1 AND (order_token = $2 OR cart_id = $3)
         ORDER BY order_token = $2 DESC LIMIT 1",
        order.shopper.as_uuid(),
        order.token.0,
        order.cart.0
    )
    .fetch_optional(pool)
    .await?;
    Ok(id.map(OrderId))
}

async fn find_by_token(pool: &PgPool, shopper: ShopperId, token: TokenDigest) -> Result<Option<Order>, Fault> {
    let found = sqlx::query_scalar!(
        "SELECT id FROM orders WHERE order_token = $1 AND shopper = $2",
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
        "SELECT id FROM orders WHERE shopper = $1 ORDER BY placed_at_ms DESC, id DESC LIMIT $2",
        shopper.as_uuid(),
        i64::from(limit)
    );
    let ids = latest.fetch_all(pool).await?;
    read_orders(pool, shopper, &ids).await
}
