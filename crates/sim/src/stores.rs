//! Stores that fail: the ports of the core over the stores of the tests, with a network between them.

pub(crate) mod carts;
pub(crate) mod database;
mod exchange;
pub(crate) mod orders;
pub(crate) mod tokens;
mod transaction;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// What a store in memory answers. It never waits.
pub(crate) fn at_once<T>(answer: impl Future<Output = T>) -> T {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => unreachable!("a store in memory never waits"),
    }
}
