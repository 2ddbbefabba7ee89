//! The attempts that run in this process, so that a second submission can wait for the first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::token::TokenDigest;

/// Which tokens have a running attempt here. Only a shortcut: across servers, the token store's state is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunningAttempts(Arc<Mutex<HashMap<TokenDigest, watch::Sender<()>>>>);

/// Marks an attempt as running until it is dropped, by return, error or panic alike.
pub(crate) struct Running {
    attempts: RunningAttempts,
    token: TokenDigest,
}

impl RunningAttempts {
    pub(crate) fn start(&self, token: TokenDigest) -> Running {
        self.with(|running| running.insert(token, watch::Sender::new(())));
        Running {
            attempts: self.clone(),
            token,
        }
    }

    pub(crate) fn contains(&self, token: TokenDigest) -> bool {
        self.with(|running| running.contains_key(&token))
    }

    /// Returns once the attempt that runs here is over; never when none does.
    pub(crate) async fn wait(&self, token: TokenDigest) {
        let Some(mut over) = self.with(|running| running.get(&token).map(watch::Sender::subscribe)) else {
            return std::future::pending().await;
        };
        // The sender is never used: it being dropped is the message.
        while over.changed().await.is_ok() {}
    }

    fn with<T>(&self, action: impl FnOnce(&mut HashMap<TokenDigest, watch::Sender<()>>) -> T) -> T {
        // A panic while the lock was held can not have left the map half-changed.
        action(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.attempts.with(|running| running.remove(&self.token));
    }
}
