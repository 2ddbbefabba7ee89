//! The attempts that run in this process: copies of a submission wait for the first of them instead of trying too.
//!
//! Only a shortcut, which spares the stores a crowd: across servers the token store decides who may try, and the
//! database who wins.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

use crate::order::Order;
use crate::token::TokenDigest;

/// Which tokens have an attempt here, and where to hear of its order.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunningAttempts(Arc<Mutex<HashMap<TokenDigest, Arc<Outcome>>>>);

#[derive(Debug, Default)]
struct Outcome {
    order: OnceLock<Order>,
    over: Arc<Notify>,
}

/// What a submission finds.
pub(crate) enum Joined {
    /// No other attempt for its token runs here.
    First(Running),
    /// One does.
    Behind(Ahead),
}

/// Marks an attempt as running until it is dropped, by return, error or panic alike.
pub(crate) struct Running {
    attempts: RunningAttempts,
    token: TokenDigest,
    outcome: Arc<Outcome>,
}

/// The attempt that came first.
pub(crate) struct Ahead {
    outcome: Arc<Outcome>,
    over: OwnedNotified,
}

impl RunningAttempts {
    /// Begins an attempt, unless one for the token runs.
    pub(crate) fn join(&self, token: TokenDigest) -> Joined {
        self.with(|running| match running.entry(token) {
            Entry::Occupied(ahead) => Joined::Behind(Ahead::of(ahead.get())),
            Entry::Vacant(place) => Joined::First(Running {
                attempts: self.clone(),
                token,
                outcome: Arc::clone(place.insert(Arc::default())),
            }),
        })
    }

    pub(crate) fn contains(&self, token: TokenDigest) -> bool {
        self.with(|running| running.contains_key(&token))
    }

    fn with<T>(&self, action: impl FnOnce(&mut HashMap<TokenDigest, Arc<Outcome>>) -> T) -> T {
        // A panic while the lock was held can not have left the map half-changed.
        action(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Joined {
    /// The right to be waited for, if this one is the first.
    pub(crate) fn first(self) -> Option<Running> {
        match self {
            Self::First(running) => Some(running),
            Self::Behind(_) => None,
        }
    }
}

impl Running {
    /// Ends with an order that was read back as committed: whoever waits gets it.
    pub(crate) fn ends_with(self, order: Order) {
        // Said once: this ends the attempt.
        let _ = self.outcome.order.set(order);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.attempts.with(|running| running.remove(&self.token));
        self.outcome.over.notify_waiters();
    }
}

impl Ahead {
    /// Made under the lock, so that an end from now on is not missed.
    fn of(outcome: &Arc<Outcome>) -> Self {
        Self {
            outcome: Arc::clone(outcome),
            over: Arc::clone(&outcome.over).notified_owned(),
        }
    }

    /// The order of the attempt; `None` once it ended without one.
    pub(crate) async fn order(self) -> Option<Order> {
        self.over.await;
        self.outcome.order.get().cloned()
    }
}
