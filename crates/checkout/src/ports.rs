//! What the core needs from outside. Every verb is atomic: an adapter does all of it or nothing, and no transaction
//! handle ever crosses this line. Every adapter passes the contract suites of `checkout::testing`.

mod accounts;
mod desk;
mod error;
mod ledger;
mod outbox;
mod shop;
mod tokens;

pub use accounts::{Account, AccountAddition, AccountStore, HashError, NewAccount, NewSession, PasswordHasher};
pub use desk::{OrderDesk, OrderSearch, StandingChange, Written};
pub use error::{StoreError, StoreErrorKind};
pub use ledger::{FORGOTTEN_AT_ONCE, LedgerStore, Tally};
pub use outbox::{EventId, MailError, Mailer, OutboxStore, Untold};
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_ordered_by_time_and_told_apart_by_chance() {
        let id = |unix_ms, random| time_ordered_uuid(Timestamp::from_unix_ms(unix_ms), [random; 16]);
        let first = id(1_700_000_000_000, 0xFF);
        assert_eq!(first.get_version_num(), 7);
        assert_eq!(first.as_bytes()[..6], 1_700_000_000_000_u64.to_be_bytes()[2..]);
        assert!(first < id(1_700_000_000_001, 0));
        assert_ne!(first, id(1_700_000_000_000, 0xFE));
    }
}
