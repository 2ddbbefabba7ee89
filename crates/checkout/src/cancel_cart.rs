//! Cancel a cart: the one way to make "nothing was ordered, and nothing will be" a fact.
//!
//! Looking whether there is an order says nothing of the next moment: an attempt may be about to commit. The cart is
//! closed as void under the same row that an order closes it by, so that one of the two wins.

use crate::cart::{CartId, ShopperId};
use crate::order::Order;
use crate::ports::{Closed, StoreError, StoreErrorKind};
use crate::service::Checkout;

/// What became of a cart that was to be cancelled. Final, either way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cancellation {
    /// It becomes no order, whatever is still under way.
    Cancelled,
    /// It already became this order.
    Ordered(Order),
    /// The shopper has no such cart.
    NoSuchCart,
}

impl Checkout {
    /// Closes the shopper's cart for good, unless it already became an order. An error decides nothing: ask again.
    pub async fn cancel_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Cancellation, StoreError> {
        match self.ports.carts.void_cart(shopper, cart).await? {
            None => Ok(Cancellation::NoSuchCart),
            Some(Closed::Void) => Ok(Cancellation::Cancelled),
            Some(Closed::Ordered) => {
                let order = self.ports.orders.find_order_by_cart(shopper, cart).await?;
                order.map(Cancellation::Ordered).ok_or_else(|| {
                    let missing = format!("the cart {cart} is ordered, and there is no order of it");
                    StoreError::new("cancel cart", StoreErrorKind::Corrupt, missing)
                })
            }
        }
    }
}
