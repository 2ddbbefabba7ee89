use async_trait::async_trait;

use super::StoreError;
use crate::cart::ShopperId;
use crate::mail::Mail;
use crate::order::OrderId;
use crate::time::Timestamp;

/// Names an event of the outbox; a later event has a higher one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventId(pub i64);

/// An order whose shopper was not told of it yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Untold {
    /// The event.
    pub event: EventId,
    /// The order that it tells of.
    pub order: OrderId,
    /// Whose order it is.
    pub shopper: ShopperId,
    /// How often the event was taken, this time included.
    pub taken: u32,
}

/// The events that were stored with their orders, to be told afterwards.
#[async_trait]
pub trait OutboxStore: Send + Sync {
    /// Takes the oldest untold event that is due `now`. Nobody is given it again before `until`, unless it is postponed
    /// to an earlier time.
    async fn take_due(&self, now: Timestamp, until: Timestamp) -> Result<Option<Untold>, StoreError>;

    /// Gives the event to nobody before `until`; others are due all the same.
    async fn postpone(&self, event: EventId, until: Timestamp) -> Result<(), StoreError>;

    /// Writes down that the event was told. Nobody is given it any more.
    async fn mark_told(&self, event: EventId, at: Timestamp) -> Result<(), StoreError>;

    /// How many events were not told yet.
    async fn count_untold(&self) -> Result<u64, StoreError>;
}

/// A mail was not accepted.
#[derive(Debug, thiserror::Error)]
#[error("the mail was not accepted")]
pub struct MailError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands the mail to whoever delivers it. After an error it may have been handed over all the same.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}
