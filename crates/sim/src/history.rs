//! What happened in a world, as an observer outside of it writes it down.

use std::collections::BTreeMap;
use std::time::Duration;

use checkout::cart::CartId;
use checkout::order::{Order, OrderId};
use checkout::place_order::{PlaceOrder, PlaceOrderError, Placement};
use checkout::quote::Fingerprint;
use checkout::time::Timestamp;
use checkout::token::TokenDigest;

use crate::checker::{Kind, Violation};

/// Names one submission. The order that it places bears it, in the name of whom it is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Request(pub usize);

impl Request {
    /// The name of whom the order of this submission is sent to.
    pub(crate) fn receiver(self) -> String {
        format!("Request {}", self.0)
    }

    /// The submission whose order is sent to this name.
    pub(crate) fn of(receiver: &str) -> Option<Self> {
        receiver.strip_prefix("Request ")?.parse().ok().map(Self)
    }
}

/// What a client was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Placed(Box<Order>),
    Replayed(Box<Order>),
    InProgress,
    Repeat(Option<OrderId>),
    CartChanged,
    OutOfStock,
    TokenMismatch,
    TokenRefused,
    TokenExpired,
    Unavailable,
    OutcomeUnknown,
    /// The attempt ended without an answer.
    Panicked,
    /// The client went away, the server died, or neither answered in time.
    None,
}

/// The names of the answers, as they are counted.
pub(crate) const ANSWERS: [&str; 13] = [
    "placed",
    "replayed",
    "in_progress",
    "repeat",
    "cart_changed",
    "out_of_stock",
    "token_mismatch",
    "token_refused",
    "token_expired",
    "unavailable",
    "outcome_unknown",
    "outcome_unknown (panic)",
    "no answer",
];

impl Submission {
    /// A page that is sent at a moment, and of which nothing is known yet.
    pub(crate) fn new(page: &PlaceOrder, invoked: usize) -> Self {
        Self {
            cart: page.cart,
            token: page.token.digest(),
            fingerprint: page.fingerprint,
            expires: page.token.expires_at(),
            invoked,
            answered: None,
            taken: None,
            first_insert: None,
            facts: vec![],
        }
    }

    pub(crate) fn is(&self, fact: Fact) -> bool {
        self.facts.contains(&fact)
    }
}

impl Answer {
    pub(crate) fn index(&self) -> usize {
        match self {
            Self::Placed(_) => 0,
            Self::Replayed(_) => 1,
            Self::InProgress => 2,
            Self::Repeat(_) => 3,
            Self::CartChanged => 4,
            Self::OutOfStock => 5,
            Self::TokenMismatch => 6,
            Self::TokenRefused => 7,
            Self::TokenExpired => 8,
            Self::Unavailable => 9,
            Self::OutcomeUnknown => 10,
            Self::Panicked => 11,
            Self::None => 12,
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        ANSWERS[self.index()]
    }

    pub(crate) fn order(&self) -> Option<&Order> {
        match self {
            Self::Placed(order) | Self::Replayed(order) => Some(order),
            _ => None,
        }
    }

    /// Whether the client knows enough, and would not send the same again.
    pub(crate) fn is_decided(&self) -> bool {
        !matches!(
            self,
            Self::InProgress
                | Self::Repeat(None)
                | Self::Unavailable
                | Self::OutcomeUnknown
                | Self::Panicked
                | Self::None
        )
    }

    /// Whether it says that this submission ordered nothing.
    pub(crate) fn is_negative(&self) -> bool {
        self.is_decided() && self.order().is_none() || matches!(self, Self::Repeat(None) | Self::Unavailable)
    }
}

impl From<Result<Placement, PlaceOrderError>> for Answer {
    fn from(outcome: Result<Placement, PlaceOrderError>) -> Self {
        match outcome {
            Ok(Placement::Placed(order)) => Self::Placed(Box::new(order)),
            Ok(Placement::Replayed(order)) => Self::Replayed(Box::new(order)),
            Err(PlaceOrderError::InProgress) => Self::InProgress,
            Err(PlaceOrderError::Repeat(earlier)) => Self::Repeat(earlier.map(|order| order.id)),
            Err(PlaceOrderError::CartChanged(_)) => Self::CartChanged,
            Err(PlaceOrderError::OutOfStock(_)) => Self::OutOfStock,
            Err(PlaceOrderError::TokenMismatch) => Self::TokenMismatch,
            Err(PlaceOrderError::TokenRefused) => Self::TokenRefused,
            Err(PlaceOrderError::TokenExpired) => Self::TokenExpired,
            Err(PlaceOrderError::Unavailable(_) | PlaceOrderError::Overloaded) => Self::Unavailable,
            Err(PlaceOrderError::OutcomeUnknown(Some(_))) => Self::OutcomeUnknown,
            Err(PlaceOrderError::OutcomeUnknown(None)) => Self::Panicked,
        }
    }
}

/// What became of a submission's attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// It came to its end.
    Ended,
    /// It need not come to its end: its server died, or something panicked as planned.
    Excused,
    /// The database answered it with something that can not be.
    Corrupt,
    /// The database did not answer it, or not with what it asked for.
    Unread,
    /// Its claim was given back.
    Released,
}

/// One submission, from its invocation to its answer.
#[derive(Clone, Debug)]
pub(crate) struct Submission {
    pub cart: CartId,
    pub token: TokenDigest,
    pub fingerprint: Fingerprint,
    pub expires: Timestamp,
    /// When it was sent, on the observer's count.
    pub invoked: usize,
    /// When it was answered, and with what.
    pub answered: Option<(usize, Answer)>,
    /// The server that took it: its attempt must come to an end.
    pub taken: Option<usize>,
    /// When it was first about to be written.
    pub first_insert: Option<Duration>,
    pub facts: Vec<Fact>,
}

/// An order that became visible in the database.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub order: Order,
    pub by: Option<Request>,
    pub at: usize,
}

/// What the shop looked like from some moment on.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub at: usize,
    /// Of each open cart: what it would be quoted at, and whether all of it is there.
    pub carts: BTreeMap<CartId, (Option<Fingerprint>, bool)>,
}

/// Everything that happened.
#[derive(Debug, Default)]
pub(crate) struct History {
    count: usize,
    pub submissions: Vec<Submission>,
    pub commits: Vec<Commit>,
    pub states: Vec<State>,
    pub violations: Vec<Violation>,
    pub told: [u64; ANSWERS.len()],
    /// Fair retries that it took to decide what was undecided.
    pub fair_retries: u64,
}

impl History {
    /// The next moment of the observer's count.
    pub(crate) fn moment(&mut self) -> usize {
        self.count += 1;
        self.count
    }

    pub(crate) fn submission(&mut self, request: Request) -> &mut Submission {
        &mut self.submissions[request.0]
    }

    /// What a server that died had taken need not end.
    pub(crate) fn excuse(&mut self, server: usize) {
        for submission in self
            .submissions
            .iter_mut()
            .filter(|submission| submission.taken == Some(server))
        {
            submission.facts.push(Fact::Excused);
        }
    }

    /// The order that the cart became.
    pub(crate) fn commit_of(&self, cart: CartId) -> Option<&Commit> {
        self.commits.iter().find(|commit| commit.order.cart == cart)
    }

    pub(crate) fn violated(&mut self, kind: Kind, text: String) {
        self.violations.push(Violation { kind, text });
    }
}
