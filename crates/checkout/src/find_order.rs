//! Find orders: a shopper sees only their own, and someone else's looks like none.

use crate::cart::ShopperId;
use crate::order::{Order, OrderId};
use crate::ports::StoreError;
use crate::service::Checkout;

/// The most orders that one page lists.
const LISTED: u32 = 100;

impl Checkout {
    /// The shopper's order of this id.
    pub async fn find_order(&self, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, StoreError> {
        self.ports.orders.find_order(shopper, id).await
    }

    /// The shopper's latest orders, latest first.
    pub async fn list_orders(&self, shopper: ShopperId) -> Result<Vec<Order>, StoreError> {
        self.ports.orders.list_orders(shopper, LISTED).await
    }
}
