//! Place an order: the one function behind every way in: the server function and the plain form.
//!
//! 1. **Verify** the token: nothing is touched on failure.
//! 2. **Claim** it: the token store decides who may try.
//! 3. **Write**: the database decides who wins.
//! 4. **Acknowledge** only what was read back as committed.
//! 5. **Settle**, or release after a refusal.

mod attempt;

use tokio::time::{Instant, timeout_at};

use crate::cart::{CartId, ShopperId};
use crate::catalogue::Slug;
use crate::contact::Contact;
use crate::order::Order;
use crate::ports::{EarlierOrder, RepeatPolicy, StoreError};
use crate::quote::{Fingerprint, Quote};
use crate::service::Checkout;
use crate::token::{Intent, OrderToken, TokenError};

/// A submitted confirmation page.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    /// Who submitted it.
    pub shopper: ShopperId,
    /// The token of the page.
    pub token: OrderToken,
    /// The cart that the page showed.
    pub cart: CartId,
    /// The quote that the page showed.
    pub fingerprint: Fingerprint,
    /// Who receives the order.
    pub contact: Contact,
    /// Whether the shopper was already asked about an earlier order of the same product.
    pub repeat: RepeatPolicy,
}

impl PlaceOrder {
    fn intent(&self) -> Intent {
        Intent {
            shopper: self.shopper,
            cart: self.cart,
            fingerprint: self.fingerprint,
        }
    }
}

/// The order of the intent. It stands in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// This submission placed it.
    Placed(Order),
    /// An earlier submission placed it.
    Replayed(Order),
}

impl Placement {
    /// The order, whoever placed it.
    #[must_use]
    pub fn order(&self) -> &Order {
        match self {
            Self::Placed(order) | Self::Replayed(order) => order,
        }
    }

    /// The order, whoever placed it.
    #[must_use]
    pub fn into_order(self) -> Order {
        match self {
            Self::Placed(order) | Self::Replayed(order) => order,
        }
    }
}

/// Why there is no order to show.
#[derive(Debug, thiserror::Error)]
pub enum PlaceOrderError {
    /// Another submission of the intent still runs. Undecided: ask again with the same token.
    #[error("another submission of this order still runs")]
    InProgress,
    /// The shopper ordered one of the products a moment ago, or is just doing so (`None`). Nothing was ordered now.
    #[error("one of the products was ordered a moment ago")]
    Repeat(Option<EarlierOrder>),
    /// The cart or its prices are not what the shopper agreed to. Nothing was ordered.
    #[error("the cart is not what was quoted")]
    CartChanged(Option<Quote>),
    /// The shop does not have enough of these. Nothing was ordered.
    #[error("not enough in stock")]
    OutOfStock(Vec<Slug>),
    /// The token is for another cart or quote. Nothing was touched.
    #[error("the order token belongs to another quote")]
    TokenMismatch,
    /// The token was not made here or is someone else's. Nothing was touched.
    #[error("the order token is not accepted")]
    TokenRefused,
    /// The token is too old, and the intent has no order.
    #[error("the order token is expired")]
    TokenExpired,
    /// This submission placed nothing; the same token can be sent again.
    #[error("the order could not be placed")]
    Unavailable(#[source] StoreError),
    /// As many attempts run as may. This submission placed nothing; the same token can be sent again.
    #[error("too many orders are being placed at once")]
    Overloaded,
    /// It may have been placed; the same token tells, when sent again.
    #[error("it is not known whether the order was placed")]
    OutcomeUnknown(#[source] Option<StoreError>),
}

impl From<TokenError> for PlaceOrderError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Mismatch => Self::TokenMismatch,
            TokenError::Malformed | TokenError::Refused => Self::TokenRefused,
        }
    }
}

impl Checkout {
    /// Turns a submitted confirmation page into its one order.
    ///
    /// The attempt runs as a task of its own: dropping the returned future abandons the wait, never the attempt.
    /// Answers within the HTTP time-out of the settings.
    pub async fn place_order(&self, command: PlaceOrder) -> Result<Placement, PlaceOrderError> {
        self.ports.keys.verify(&command.token, &command.intent())?;
        let deadline = Instant::now() + self.settings.timeouts.http;
        let attempt = self.spawn(attempt::run(self.clone(), command, deadline));
        match timeout_at(deadline, attempt).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(panic)) => {
                tracing::error!(error = %panic, "an attempt ended without an answer");
                Err(PlaceOrderError::OutcomeUnknown(None))
            }
            Err(_elapsed) => Err(PlaceOrderError::InProgress),
        }
    }
}
