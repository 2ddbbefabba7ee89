use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::StoreError;
use crate::cart::ShopperId;
use crate::news::Ended;
use crate::order::OrderId;
use crate::quote::Fingerprint;
use crate::time::Timestamp;
use crate::token::TokenDigest;

/// Names one try at placing an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttemptId(pub Uuid);

/// Which token of which shopper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenRef {
    /// Whose it is.
    pub shopper: ShopperId,
    /// Which.
    pub digest: TokenDigest,
}

/// The question of [`TokenStore::claim`].
#[derive(Clone, Debug)]
pub struct Claim {
    /// The token to claim.
    pub token: TokenRef,
    /// What it must have been issued for.
    pub fingerprint: Fingerprint,
    /// Who claims it.
    pub attempt: AttemptId,
    /// How long the claim holds if nothing is heard of its owner.
    pub lease: Duration,
    /// The addresses of the products, for the repeat guard.
    pub product_urls: Vec<String>,
    /// The most that a repeat guard holds while the attempt runs. The lease bounds it too: an owner that dies guards no
    /// longer than it holds the token.
    pub repeat_window: Duration,
    /// What to do about an earlier order of the same product.
    pub repeat: RepeatPolicy,
    /// How long the token is kept from now.
    pub keep: Duration,
}

impl Claim {
    /// How long the repeat guards hold while the attempt runs.
    #[must_use]
    pub fn guard(&self) -> Duration {
        self.lease.min(self.repeat_window)
    }
}

/// What to do when the shopper ordered the same product a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatPolicy {
    /// Ask the shopper.
    Ask,
    /// The shopper was asked and wants it again. Never overrides an attempt that still runs.
    Confirmed,
}

/// The order that holds a repeat guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierOrder {
    /// Which order.
    pub id: OrderId,
    /// When it was placed.
    pub placed_at: Timestamp,
}

/// The answer of [`TokenStore::claim`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimReply {
    /// The attempt holds the token and every repeat guard; also when it already did.
    Claimed,
    /// The token was issued for another quote. Nothing was changed.
    Mismatch,
    /// The token became this order. Nothing was changed.
    Placed(OrderId),
    /// Another attempt holds the token for at most this long. Nothing was changed.
    Busy(Duration),
    /// Another token holds a repeat guard: with its order, or `None` while its attempt runs. Nothing was changed.
    Repeat(Option<EarlierOrder>),
}

/// The question of [`TokenStore::settle`].
#[derive(Clone, Debug)]
pub struct Settle {
    /// The token that was claimed.
    pub token: TokenRef,
    /// Who claimed it.
    pub attempt: AttemptId,
    /// What it became.
    pub order: EarlierOrder,
    /// The addresses of the products, as in the claim.
    pub product_urls: Vec<String>,
    /// How long the repeat guards hold from now.
    pub repeat_window: Duration,
    /// How long the result is kept from now.
    pub keep: Duration,
}

/// The question of [`TokenStore::release`].
#[derive(Clone, Debug)]
pub struct Release {
    /// The token that was claimed.
    pub token: TokenRef,
    /// Who claimed it.
    pub attempt: AttemptId,
    /// The addresses of the products, as in the claim.
    pub product_urls: Vec<String>,
}

/// Whether a claim was still its owner's to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It was, and is ended.
    Yes,
    /// It was not: the lease ran out and another took over, or the store forgot. Nothing was changed.
    No,
}

/// What a token store knows of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// Nothing: it was never issued here, or it was forgotten.
    Missing,
    /// It can be claimed.
    Issued,
    /// An attempt holds it for at most this long. Zero: the lease is over, it can be claimed.
    Claimed(Duration),
    /// It became this order.
    Placed(OrderId),
}

/// One-time tokens and repeat guards: who may *try*. It may forget everything at any time; that costs time, never a
/// second order.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Keeps a new token as issued for `fingerprint`. One that is already known stays as it is.
    async fn issue(&self, token: TokenRef, fingerprint: Fingerprint, keep: Duration) -> Result<(), StoreError>;

    /// Gives the right to try to one attempt at a time. A token that is not known is claimed as if it were issued:
    /// its MAC proved it.
    async fn claim(&self, claim: &Claim) -> Result<ClaimReply, StoreError>;

    /// Ends a claim with its order. Every repeat guard that no other token holds names the order, for its window from
    /// now.
    async fn settle(&self, settle: &Settle) -> Result<Held, StoreError>;

    /// Ends a claim without an order: the token can be claimed again, its repeat guards are gone.
    async fn release(&self, release: &Release) -> Result<Held, StoreError>;

    /// What is known of a token.
    async fn state(&self, token: TokenRef) -> Result<TokenState, StoreError>;

    /// Whether the store takes writes.
    async fn ping(&self) -> Result<(), StoreError>;

    /// The next news that a claim of this shopper ended, here or on another server. News may be lost: whoever waits
    /// also asks from time to time.
    fn ended(&self, shopper: ShopperId) -> Ended;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_holds_no_longer_than_the_lease_or_the_window() {
        let guard = |lease, window| {
            let claim = Claim {
                token: TokenRef {
                    shopper: ShopperId::from_uuid(Uuid::nil()),
                    digest: TokenDigest(Uuid::nil()),
                },
                fingerprint: Fingerprint([0; 32]),
                attempt: AttemptId(Uuid::nil()),
                lease: Duration::from_secs(lease),
                product_urls: vec![],
                repeat_window: Duration::from_secs(window),
                repeat: RepeatPolicy::Ask,
                keep: Duration::from_mins(1),
            };
            claim.guard().as_secs()
        };
        assert_eq!((guard(10, 1200), guard(10, 5)), (10, 5));
    }
}
