//! Attempt status: what became of a token, for whoever lost sight of the answer.

use crate::cart::ShopperId;
use crate::order::Order;
use crate::ports::{StoreError, TokenRef, TokenState};
use crate::service::Checkout;
use crate::token::{OrderToken, TokenError};

/// What became of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptStatus {
    /// It became this order.
    Placed(Order),
    /// An attempt runs, or ran into trouble less than a lease ago.
    Running,
    /// No order and no attempt is known. The same token can be sent again.
    NotOrdered,
}

/// Why the status can not be told.
#[derive(Debug, thiserror::Error)]
pub enum AttemptStatusError {
    /// The token was not made here, or it is someone else's.
    #[error("the order token is not accepted")]
    TokenRefused(#[source] TokenError),
    /// The database did not answer.
    #[error("the order could not be looked up")]
    Unavailable(#[source] StoreError),
}

impl Checkout {
    /// What became of the shopper's token. The database is asked first: it is authoritative.
    pub async fn attempt_status(
        &self,
        shopper: ShopperId,
        token: &OrderToken,
    ) -> Result<AttemptStatus, AttemptStatusError> {
        self.ports
            .keys
            .verify_shopper(token, shopper)
            .map_err(AttemptStatusError::TokenRefused)?;
        let known = TokenRef {
            shopper,
            digest: token.digest(),
        };
        let order = self.ports.orders.find_order_by_token(shopper, known.digest).await;
        if let Some(order) = order.map_err(AttemptStatusError::Unavailable)? {
            return Ok(AttemptStatus::Placed(order));
        }
        match self.ports.tokens.state(known).await {
            Ok(TokenState::Claimed(left)) if !left.is_zero() => Ok(AttemptStatus::Running),
            // Settled between the two look-ups: the next question finds the order.
            Ok(TokenState::Placed(_)) => Ok(AttemptStatus::Running),
            Ok(TokenState::Missing | TokenState::Issued | TokenState::Claimed(_)) => Ok(AttemptStatus::NotOrdered),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a token's state could not be read"
                );
                Ok(AttemptStatus::Running)
            }
        }
    }
}
