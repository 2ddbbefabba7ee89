//! Issue a token: what happens when a confirmation page renders. Writes nothing to the database.

use crate::cart::{Cart, CartId, CartStatus, ShopperId};
use crate::order::OrderId;
use crate::ports::{StoreError, TokenRef};
use crate::quote::{Quote, QuoteError};
use crate::service::Checkout;
use crate::token::{Intent, OrderToken};

/// What a confirmation page shows and sends back.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// The cart as it stands.
    pub cart: Cart,
    /// Its price.
    pub quote: Quote,
    /// The one-time token for exactly this quote.
    pub token: OrderToken,
}

/// Why there is nothing to confirm.
#[derive(Debug, thiserror::Error)]
pub enum IssueTokenError {
    /// The shopper has no such cart.
    #[error("no such cart")]
    NoSuchCart,
    /// The cart already became this order.
    #[error("the cart is already ordered")]
    AlreadyOrdered(OrderId),
    /// The shopper cancelled the cart: it becomes no order.
    #[error("the cart is cancelled")]
    Cancelled,
    /// The cart has nothing that can be bought.
    #[error("the cart can not be priced")]
    NoQuote(#[source] QuoteError),
    /// The database did not answer.
    #[error("the cart could not be read")]
    Unavailable(#[source] StoreError),
}

impl Checkout {
    /// Prices the cart and makes the token for it. A token store that is out of reach does not stop it: the MAC alone
    /// proves the token.
    pub async fn issue_token(&self, shopper: ShopperId, cart: CartId) -> Result<Confirmation, IssueTokenError> {
        let found = self
            .ports
            .carts
            .find_cart(shopper, cart)
            .await
            .map_err(IssueTokenError::Unavailable)?;
        let cart = found.ok_or(IssueTokenError::NoSuchCart)?;
        if cart.status == CartStatus::Void {
            return Err(IssueTokenError::Cancelled);
        }
        if cart.status == CartStatus::Ordered {
            let order = self.ports.orders.find_order_by_cart(shopper, cart.id).await;
            let order = order.map_err(IssueTokenError::Unavailable)?;
            return Err(order.map_or(IssueTokenError::NoSuchCart, |order| {
                IssueTokenError::AlreadyOrdered(order.id)
            }));
        }
        let quote = Quote::of(&cart).map_err(IssueTokenError::NoQuote)?;
        let token = self.make_token(shopper, &quote).await;
        Ok(Confirmation { cart, quote, token })
    }

    async fn make_token(&self, shopper: ShopperId, quote: &Quote) -> OrderToken {
        let ttl = self.settings.timeouts.token_ttl;
        let intent = Intent {
            shopper,
            cart: quote.cart,
            fingerprint: quote.fingerprint(),
        };
        let token = self
            .ports
            .keys
            .sign(self.new_uuid(), &intent, self.ports.clock.now().after(ttl));
        let known = TokenRef {
            shopper,
            digest: token.digest(),
        };
        if let Err(error) = self.ports.tokens.issue(known, intent.fingerprint, ttl).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a token is issued on its MAC alone"
            );
        }
        token
    }
}
