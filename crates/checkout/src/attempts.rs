//! The attempts that run in this process, so that a second submission can wait for the first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::token::TokenDigest;

/// Which tokens have a running attempt here. Only a shortcut: across servers, the token store's state is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunningAttempts(Arc<Mutex<HashMap<TokenDigest, Arc<Notify>>>>);

/// Marks an attempt as running until it is dropped, by return, error or panic alike.
pub(crate) struct Running {
    attempts: RunningAttempts,
    token: TokenDigest,
}

impl RunningAttempts {
    pub(crate) fn start(&self, token: TokenDigest) -> Running {
        tell(self.with(|running| running.insert(token, Arc::default())));
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
        // Made under the lock, so that an attempt that ends from now on is not missed.
        let over = self.with(|running| running.get(&token).map(|over| Arc::clone(over).notified_owned()));
        match over {
            Some(over) => over.await,
            None => std::future::pending().await,
        }
    }

    fn with<T>(&self, action: impl FnOnce(&mut HashMap<TokenDigest, Arc<Notify>>) -> T) -> T {
        // A panic while the lock was held can not have left the map half-changed.
        action(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        tell(self.attempts.with(|running| running.remove(&self.token)));
    }
}

/// Tells those that wait for an attempt that it is over.
fn tell(over: Option<Arc<Notify>>) {
    if let Some(over) = over {
        over.notify_waiters();
    }
}
