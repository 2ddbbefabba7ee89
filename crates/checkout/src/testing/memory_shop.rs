//! A shop in memory that passes the contracts: for tests of the core, which need a database that does as it is told.

mod desk;
mod ledger;
mod people;
mod tables;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use self::tables::Tables;
use super::Shop;
use crate::cart::{Cart, CartId, CartKind, CartStatus, Quantity, ShopperId};
use crate::catalogue::{Product, Slug};
use crate::events::OrderPlaced;
use crate::money::Money;
use crate::order::{Order, OrderId};
use crate::ports::{
    CartEdit, CartStore, Closed, EventId, Insertion, NewOrder, OrderStore, OutboxStore, ProductStore, StoreError,
    Untold,
};
use crate::time::Timestamp;
use crate::token::TokenDigest;

/// The ports over one locked set of tables.
#[derive(Clone, Debug, Default)]
pub struct MemoryShop(Arc<Mutex<Tables>>);

impl MemoryShop {
    /// The ports.
    #[must_use]
    pub fn shop(&self) -> Shop {
        let this = Arc::new(self.clone());
        Shop {
            products: this.clone(),
            carts: this.clone(),
            orders: this.clone(),
            accounts: this,
        }
    }

    /// How many orders stand.
    #[must_use]
    pub fn count_orders(&self) -> usize {
        self.tables().orders.len()
    }

    /// Every order, in the order in which they were placed.
    #[must_use]
    pub fn orders(&self) -> Vec<Order> {
        self.tables().orders.clone()
    }

    /// Every event that was stored with an order, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<OrderPlaced> {
        self.tables().events.clone()
    }

    /// Sets what a product costs from now on.
    pub fn set_price(&self, slug: &Slug, price: Money) {
        let mut tables = self.tables();
        for product in tables.products.iter_mut().filter(|product| product.slug == *slug) {
            product.price = price;
        }
    }

    /// Sets what the shop has of a product.
    pub fn set_stock(&self, slug: &Slug, stock: u32) {
        for product in self
            .tables()
            .products
            .iter_mut()
            .filter(|product| product.slug == *slug)
        {
            product.stock = stock;
        }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ProductStore for MemoryShop {
    async fn list_products(&self) -> Result<Vec<Product>, StoreError> {
        let mut products = self.tables().products.clone();
        products.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(products)
    }

    async fn find_product(&self, slug: &Slug) -> Result<Option<Product>, StoreError> {
        Ok(self.tables().product(slug).cloned())
    }

    async fn add_missing_products(&self, products: &[Product]) -> Result<u64, StoreError> {
        let mut tables = self.tables();
        let mut added = 0;
        for product in products {
            if tables.product(&product.slug).is_none() {
                tables.products.push(product.clone());
                added += 1;
            }
        }
        Ok(added)
    }
}

#[async_trait]
impl CartStore for MemoryShop {
    async fn find_basket(&self, shopper: ShopperId) -> Result<Option<Cart>, StoreError> {
        let tables = self.tables();
        Ok(tables.basket(shopper).and_then(|id| tables.cart(shopper, id)))
    }

    async fn find_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Cart>, StoreError> {
        Ok(self.tables().cart(shopper, cart))
    }

    async fn add_to_basket(
        &self,
        shopper: ShopperId,
        new_cart: CartId,
        slug: &Slug,
        quantity: Quantity,
    ) -> Result<CartEdit, StoreError> {
        let mut tables = self.tables();
        if tables.product(slug).is_none() {
            return Ok(CartEdit::NoSuchProduct);
        }
        let basket = tables
            .basket(shopper)
            .unwrap_or_else(|| tables.open(shopper, new_cart, CartKind::Basket));
        Ok(tables.edit(shopper, basket, slug, |there| {
            Some(there.map_or(quantity, |had| had.saturating_add(quantity)))
        }))
    }

    async fn open_buy_now(
        &self,
        shopper: ShopperId,
        new_cart: CartId,
        slug: &Slug,
        quantity: Quantity,
    ) -> Result<CartEdit, StoreError> {
        let mut tables = self.tables();
        if tables.product(slug).is_none() {
            return Ok(CartEdit::NoSuchProduct);
        }
        let cart = tables.open(shopper, new_cart, CartKind::BuyNow);
        Ok(tables.edit(shopper, cart, slug, |_| Some(quantity)))
    }

    async fn set_line(
        &self,
        shopper: ShopperId,
        cart: CartId,
        slug: &Slug,
        quantity: Option<Quantity>,
    ) -> Result<CartEdit, StoreError> {
        Ok(self.tables().edit(shopper, cart, slug, |_| quantity))
    }

    async fn outdate_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<CartStatus>, StoreError> {
        Ok(self.tables().outdate(shopper, cart))
    }

    async fn void_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Closed>, StoreError> {
        Ok(self.tables().void(shopper, cart))
    }
}

#[async_trait]
impl OrderStore for MemoryShop {
    async fn insert_once(&self, orders: Vec<NewOrder>) -> Vec<Result<Insertion, StoreError>> {
        let mut tables = self.tables();
        orders.iter().map(|order| Ok(tables.insert(order))).collect()
    }

    async fn find_order(&self, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, StoreError> {
        let tables = self.tables();
        Ok(tables
            .orders
            .iter()
            .find(|order| order.id == id && tables.people.sees(shopper, order))
            .cloned())
    }

    async fn find_order_by_token(&self, shopper: ShopperId, token: TokenDigest) -> Result<Option<Order>, StoreError> {
        let tables = self.tables();
        Ok(tables
            .orders
            .iter()
            .find(|order| order.token == token && tables.people.owns(shopper, order))
            .cloned())
    }

    async fn find_order_by_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Order>, StoreError> {
        let tables = self.tables();
        Ok(tables
            .orders
            .iter()
            .find(|order| order.shopper == shopper && order.cart == cart)
            .cloned())
    }

    async fn list_orders(&self, shopper: ShopperId, limit: u32) -> Result<Vec<Order>, StoreError> {
        let tables = self.tables();
        let mut orders: Vec<_> = tables
            .orders
            .iter()
            .filter(|order| tables.people.owns(shopper, order))
            .cloned()
            .collect();
        orders.sort_by_key(|order| std::cmp::Reverse(order.placed_at));
        orders.truncate(limit as usize);
        Ok(orders)
    }
}

#[async_trait]
impl OutboxStore for MemoryShop {
    async fn take_due(&self, now: Timestamp, until: Timestamp) -> Result<Option<Untold>, StoreError> {
        Ok(self.tables().take(now, until))
    }

    async fn postpone(&self, event: EventId, until: Timestamp) -> Result<(), StoreError> {
        if let Some(turn) = self.tables().untold(event) {
            turn.due_at = until;
        }
        Ok(())
    }

    async fn mark_told(&self, event: EventId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(turn) = self.tables().untold(event) {
            turn.told_at = Some(at);
        }
        Ok(())
    }

    async fn count_untold(&self) -> Result<u64, StoreError> {
        let tables = self.tables();
        let untold = tables.turns.iter().filter(|turn| turn.told_at.is_none());
        Ok(untold.count() as u64)
    }
}
