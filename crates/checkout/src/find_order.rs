//! Find orders: a shopper sees only their own, and someone else's looks like none.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::cart::ShopperId;
use crate::order::{Order, OrderId};
use crate::ports::StoreError;
use crate::service::Checkout;

/// The most orders that one page lists.
const LISTED: u32 = 100;

/// When it is told that there is no order, counted from the question. By then the store has long answered, and it shows no
/// more whether there is one, of which it had to read whose it is.
const NONE_AFTER: Duration = Duration::from_millis(5);

impl Checkout {
    /// The shopper's order of this id. Whether there is none or it is someone else's, the answer comes at the same time.
    pub async fn find_order(&self, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, StoreError> {
        let asked = Instant::now();
        let found = self.ports.orders.find_order(shopper, id).await?;
        if found.is_none() {
            sleep_until(asked + NONE_AFTER).await;
        }
        Ok(found)
    }

    /// The shopper's latest orders, latest first.
    pub async fn list_orders(&self, shopper: ShopperId) -> Result<Vec<Order>, StoreError> {
        self.ports.orders.list_orders(shopper, LISTED).await
    }
}
