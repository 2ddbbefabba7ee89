//! Attempt status: what became of a token, for whoever lost sight of the answer.

use crate::cart::ShopperId;
use crate::order::Order;
use crate::ports::{StoreError, TokenRef, TokenState};
use crate::service::Checkout;
use crate::token::TokenDigest;

/// What became of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptStatus {
    /// It became this order.
    Placed(Order),
    /// An attempt runs, or ran into trouble less than a lease ago. Ask again.
    Running,
    /// No order and no attempt is known now. That is no proof: only the same token, sent again, decides.
    NotOrdered,
}

impl Checkout {
    /// What became of the shopper's token. Asked by its digest, so that no token stands in an address; only the
    /// shopper's own orders are found by it.
    ///
    /// The database is asked first: it is authoritative. An error means that it did not answer.
    pub async fn attempt_status(&self, shopper: ShopperId, digest: TokenDigest) -> Result<AttemptStatus, StoreError> {
        if let Some(order) = self.ports.orders.find_order_by_token(shopper, digest).await? {
            return Ok(AttemptStatus::Placed(order));
        }
        if self.running.contains(digest) {
            return Ok(AttemptStatus::Running);
        }
        self.status_in_token_store(TokenRef { shopper, digest }).await
    }

    /// What the token store knows of a token of which the database knows no order.
    pub(crate) async fn status_in_token_store(&self, token: TokenRef) -> Result<AttemptStatus, StoreError> {
        match self.ports.tokens.state(token).await {
            Ok(TokenState::Claimed(left)) if !left.is_zero() => Ok(AttemptStatus::Running),
            // The token of a second page, answered with the order of the first; or settled between the two look-ups.
            Ok(TokenState::Placed(id)) => {
                let order = self.ports.orders.find_order(token.shopper, id).await?;
                Ok(order.map_or(AttemptStatus::NotOrdered, AttemptStatus::Placed))
            }
            Ok(TokenState::Missing | TokenState::Issued | TokenState::Claimed(_)) => Ok(AttemptStatus::NotOrdered),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a token's state could not be read"
                );
                Ok(AttemptStatus::NotOrdered)
            }
        }
    }
}
