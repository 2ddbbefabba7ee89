//! What can be heard of the order protocol while it runs: for metrics, and for the ledger of prevented duplicates.
//!
//! Hearing is all there is: nothing waits for an observer, and nothing it does changes an outcome.

use std::time::Duration;

use crate::order::OrderId;
use crate::place_order::{PlaceOrderError, Placement};
use crate::time::Timestamp;

/// How a submission came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WayIn {
    /// The plain form of a page.
    #[default]
    Form,
    /// The server function of a page.
    Function,
    /// The JSON API.
    Api,
}

impl WayIn {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Form, Self::Function, Self::Api];

    /// Its name, as stored and as measured.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Function => "function",
            Self::Api => "api",
        }
    }
}

/// Where a duplicate was stopped. What the button stops, no server hears of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The token: its confirmation page was submitted before, and nothing was written now.
    Token,
    /// The repeat guard: the shopper ordered the product a moment ago.
    Repeat,
    /// The database: the intent had an order through another confirmation page, or it got one before this could be
    /// written.
    Unique,
}

impl Layer {
    /// Every one, in the order in which a submission meets them.
    pub const ALL: [Self; 3] = [Self::Token, Self::Repeat, Self::Unique];

    /// Its name, as stored and as measured.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Repeat => "repeat",
            Self::Unique => "unique",
        }
    }
}

/// Whether a duplicate came with the key of the first order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyMatch {
    /// The same confirmation page.
    Same,
    /// Another one.
    Other,
}

/// A second order that did not come to be. Holds no token, no shopper and no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoppedDuplicate {
    /// When it was stopped.
    pub at: Timestamp,
    /// What stopped it.
    pub layer: Layer,
    /// Whether it came with the first order's key.
    pub key: KeyMatch,
    /// How it came in.
    pub way_in: WayIn,
    /// The first order; none while that one was just being placed.
    pub first: Option<FirstOrder>,
}

/// The order that a duplicate would have been another one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstOrder {
    /// Which one.
    pub id: OrderId,
    /// How much earlier it was placed.
    pub delay: Duration,
}

/// How an attempt ended, in the words of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the words are those of `Placement` and `PlaceOrderError`")]
pub enum Outcome {
    Placed,
    Replayed,
    InProgress,
    Repeat,
    CartChanged,
    OutOfStock,
    TokenMismatch,
    TokenRefused,
    TokenExpired,
    Overloaded,
    Unavailable,
    OutcomeUnknown,
}

impl Outcome {
    /// Every one.
    pub const ALL: [Self; 12] = [
        Self::Placed,
        Self::Replayed,
        Self::InProgress,
        Self::Repeat,
        Self::CartChanged,
        Self::OutOfStock,
        Self::TokenMismatch,
        Self::TokenRefused,
        Self::TokenExpired,
        Self::Overloaded,
        Self::Unavailable,
        Self::OutcomeUnknown,
    ];

    /// Its name, as measured.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Replayed => "replayed",
            Self::InProgress => "in_progress",
            Self::Repeat => "repeat",
            Self::CartChanged => "cart_changed",
            Self::OutOfStock => "out_of_stock",
            Self::TokenMismatch => "token_mismatch",
            Self::TokenRefused => "token_refused",
            Self::TokenExpired => "token_expired",
            Self::Overloaded => "overloaded",
            Self::Unavailable => "unavailable",
            Self::OutcomeUnknown => "outcome_unknown",
        }
    }
}

impl From<&Result<Placement, PlaceOrderError>> for Outcome {
    fn from(outcome: &Result<Placement, PlaceOrderError>) -> Self {
        match outcome {
            Ok(Placement::Placed(_)) => Self::Placed,
            Ok(Placement::Replayed(_)) => Self::Replayed,
            Err(PlaceOrderError::InProgress) => Self::InProgress,
            Err(PlaceOrderError::Repeat(_)) => Self::Repeat,
            Err(PlaceOrderError::CartChanged(_)) => Self::CartChanged,
            Err(PlaceOrderError::OutOfStock(_)) => Self::OutOfStock,
            Err(PlaceOrderError::TokenMismatch) => Self::TokenMismatch,
            Err(PlaceOrderError::TokenRefused) => Self::TokenRefused,
            Err(PlaceOrderError::TokenExpired) => Self::TokenExpired,
            Err(PlaceOrderError::Overloaded) => Self::Overloaded,
            Err(PlaceOrderError::Unavailable(_)) => Self::Unavailable,
            Err(PlaceOrderError::OutcomeUnknown(_)) => Self::OutcomeUnknown,
        }
    }
}

/// A submission was answered, or would have been had anybody waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptEnded {
    /// How it came in.
    pub way_in: WayIn,
    /// What became of it.
    pub outcome: Outcome,
    /// How long that took.
    pub took: Duration,
}

/// Hears what happens. Called while orders wait: it must neither block nor panic.
pub trait Observer: Send + Sync {
    /// A submission ended.
    fn attempt_ended(&self, ended: &AttemptEnded);

    /// A duplicate was stopped.
    fn duplicate_stopped(&self, stopped: &StoppedDuplicate);
}

/// Hears nothing.
pub(crate) struct Nobody;

impl Observer for Nobody {
    fn attempt_ended(&self, _ended: &AttemptEnded) {}

    fn duplicate_stopped(&self, _stopped: &StoppedDuplicate) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// They stand in the database and in what is measured: whoever changes one loses what was counted.
    #[test]
    fn everything_is_stored_and_measured_under_the_name_it_always_had() {
        assert_eq!(WayIn::ALL.map(WayIn::name), ["form", "function", "api"]);
        assert_eq!(Layer::ALL.map(Layer::name), ["token", "repeat", "unique"]);
        let outcomes = [
            "placed",
            "replayed",
            "in_progress",
            "repeat",
            "cart_changed",
            "out_of_stock",
            "token_mismatch",
            "token_refused",
            "token_expired",
            "overloaded",
            "unavailable",
            "outcome_unknown",
        ];
        assert_eq!(Outcome::ALL.map(Outcome::name), outcomes);
    }
}
