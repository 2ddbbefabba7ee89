//! A connection that is made once for all who ask for it, and made again after it broke or could not be made.

use std::sync::{Mutex, PoisonError};

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use redis::RedisResult;

/// A connection, or why there is none; perhaps not yet.
pub(crate) type Dialled<C> = Shared<BoxFuture<'static, RedisResult<C>>>;

/// However many wait for it, one task makes it.
pub(crate) struct Standing<C> {
    dial: Box<dyn Fn() -> BoxFuture<'static, RedisResult<C>> + Send + Sync>,
    current: Mutex<Dialled<C>>,
}

impl<C: Clone + Send + Sync + 'static> Standing<C> {
    /// Begins to make the first connection now.
    pub(crate) fn new(dial: impl Fn() -> BoxFuture<'static, RedisResult<C>> + Send + Sync + 'static) -> Self {
        let current = Mutex::new(begin(dial()));
        Self {
            dial: Box::new(dial),
            current,
        }
    }

    /// The connection; when the last could not be made, a new one is tried.
    pub(crate) fn current(&self) -> Dialled<C> {
        self.with(|current| {
            if matches!(current.peek(), Some(Err(_))) {
                *current = begin((self.dial)());
            }
            current.clone()
        })
    }

    /// Replaces a connection, unless somebody did so already.
    pub(crate) fn renew(&self, broken: &Dialled<C>) {
        self.with(|current| {
            if current.ptr_eq(broken) {
                *current = begin((self.dial)());
            }
        });
    }

    /// Gives the connection up: it does not answer. One that is being made is waited for.
    pub(crate) fn give_up(&self) {
        let dialled = self.with(|current| current.clone());
        if matches!(dialled.peek(), Some(Ok(_))) {
            self.renew(&dialled);
        }
    }

    fn with<T>(&self, action: impl FnOnce(&mut Dialled<C>) -> T) -> T {
        // Nothing that runs under the lock leaves it half-changed.
        action(&mut self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A task of its own: whoever waits for it may go away, and making a connection may take longer than an operation.
fn begin<C: Clone + Send + Sync + 'static>(making: BoxFuture<'static, RedisResult<C>>) -> Dialled<C> {
    let dialled = making.shared();
    tokio::spawn(dialled.clone());
    dialled
}
