//! What the core needs from outside. Every verb is atomic: an adapter does all of it or nothing, and no transaction
//! handle ever crosses this line. Every adapter passes the contract suites of `checkout::testing`.

mod error;
mod shop;
mod tokens;

pub use error::{StoreError, StoreErrorKind};
pub use shop::{CartEdit, CartStore, Closed, Insertion, NewOrder, OrderStore, ProductStore, Refusal};
pub use tokens::{
    AttemptId, Claim, ClaimReply, EarlierOrder, Held, Release, RepeatPolicy, Settle, TokenRef, TokenState, TokenStore,
};

use uuid::{Builder, Uuid};

use crate::time::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Makes random bytes.
pub trait IdSource: Send + Sync {
    /// Sixteen bytes from a cryptographically secure source.
    fn random_bytes(&self) -> [u8; 16];
}

/// A UUID with the layout of version 7: 48 bits of time, 74 random bits.
#[must_use]
pub fn time_ordered_uuid(now: Timestamp, random: [u8; 16]) -> Uuid {
    let mut counter_and_random = [0; 10];
    counter_and_random.copy_from_slice(&random[..10]);
    Builder::from_unix_timestamp_millis(now.unix_ms, &counter_and_random).into_uuid()
}
