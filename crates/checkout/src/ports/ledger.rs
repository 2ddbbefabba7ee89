use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;
use crate::observer::{Layer, StoppedDuplicate};
use crate::time::Timestamp;

/// How many entries are forgotten at once: those who order wait for no more.
pub const FORGOTTEN_AT_ONCE: u32 = 1000;

/// How many duplicates a layer stopped within a slot of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Which slot, counted from the first one.
    pub slot: u32,
    /// Which layer.
    pub layer: Layer,
    /// How many.
    pub count: u64,
}

/// The ledger of prevented duplicates. No order waits for it.
#[async_trait]
pub trait LedgerStore: Send + Sync {
    /// Writes these down, all or none.
    async fn record(&self, stopped: &[StoppedDuplicate]) -> Result<(), StoreError>;

    /// The latest ones, latest first, at most `limit`.
    async fn list_latest(&self, limit: u32) -> Result<Vec<StoppedDuplicate>, StoreError>;

    /// How many there were in each of `slots` slots of this length, the first of which begins at `from`. Slots and layers
    /// without any are left out.
    async fn tally(&self, from: Timestamp, slot: Duration, slots: u32) -> Result<Vec<Tally>, StoreError>;

    /// Forgets those that were stopped before `before`, at most [`FORGOTTEN_AT_ONCE`]. Returns how many.
    async fn forget_before(&self, before: Timestamp) -> Result<u64, StoreError>;
}
