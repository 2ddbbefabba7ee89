//! The ledger of the shop in memory.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;

use super::MemoryShop;
use crate::observer::StoppedDuplicate;
use crate::ports::{FORGOTTEN_AT_ONCE, LedgerStore, StoreError, Tally};
use crate::time::Timestamp;

#[async_trait]
impl LedgerStore for MemoryShop {
    async fn record(&self, stopped: &[StoppedDuplicate]) -> Result<(), StoreError> {
        self.tables().stopped.extend_from_slice(stopped);
        Ok(())
    }

    async fn list_latest(&self, limit: u32) -> Result<Vec<StoppedDuplicate>, StoreError> {
        let mut latest: Vec<_> = self.tables().stopped.iter().rev().copied().collect();
        latest.sort_by_key(|stopped| std::cmp::Reverse(stopped.at));
        latest.truncate(limit as usize);
        Ok(latest)
    }

    async fn tally(&self, from: Timestamp, slot: Duration, slots: u32) -> Result<Vec<Tally>, StoreError> {
        let mut counts = BTreeMap::new();
        for stopped in self.tables().stopped.iter().filter(|stopped| stopped.at >= from) {
            let index = stopped.at.since(from).as_millis() / slot.as_millis();
            match u32::try_from(index) {
                Ok(index) if index < slots => *counts.entry((index, stopped.layer)).or_insert(0) += 1,
                _ => {}
            }
        }
        let tallies = counts.into_iter();
        Ok(tallies
            .map(|((slot, layer), count)| Tally { slot, layer, count })
            .collect())
    }

    async fn forget_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let stopped = &mut self.tables().stopped;
        let had = stopped.len();
        let mut left = FORGOTTEN_AT_ONCE;
        stopped.retain(|stopped| {
            let goes = stopped.at < before && left > 0;
            left -= u32::from(goes);
            !goes
        });
        Ok((had - stopped.len()) as u64)
    }
}
