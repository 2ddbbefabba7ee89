//! The attempts that run in this process: copies of a submission wait for the first of them instead of trying too.
//!
//! Only a shortcut, which spares the stores a crowd: across servers the token store decides who may try, and the
//! database who wins.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::order::Order;
use crate::token::TokenDigest;

type Outcome = Option<Order>;

/// Which tokens have an attempt here, and where to hear of its order.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunningAttempts(Arc<Mutex<HashMap<TokenDigest, watch::Receiver<Outcome>>>>);

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
    outcome: watch::Sender<Outcome>,
}

/// The attempt that came first.
pub(crate) struct Ahead(watch::Receiver<Outcome>);

impl RunningAttempts {
    /// Begins an attempt, unless one for the token runs.
    pub(crate) fn join(&self, token: TokenDigest) -> Joined {
        self.with(|running| match running.entry(token) {
            Entry::Occupied(ahead) => Joined::Behind(Ahead(ahead.get().clone())),
            Entry::Vacant(place) => {
                let (outcome, told) = watch::channel(None);
                place.insert(told);
                Joined::First(Running {
                    attempts: self.clone(),
                    token,
                    outcome,
                })
            }
        })
    }

    pub(crate) fn contains(&self, token: TokenDigest) -> bool {
        self.with(|running| running.contains_key(&token))
    }

    fn with<T>(&self, action: impl FnOnce(&mut HashMap<TokenDigest, watch::Receiver<Outcome>>) -> T) -> T {
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
        self.outcome.send_replace(Some(order));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.attempts.with(|running| running.remove(&self.token));
    }
}

impl Ahead {
    /// The order of the attempt; `None` once it ended without one.
    pub(crate) async fn order(mut self) -> Option<Order> {
        let ended = self.0.wait_for(Option::is_some).await;
        ended.ok().and_then(|order| order.clone())
    }
}
