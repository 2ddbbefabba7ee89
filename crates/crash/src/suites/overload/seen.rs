//! What shoppers meet who come to buy, counted.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::shopper::{Answer, PRODUCT, Shopper, Visit};

/// What became of the shoppers.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) ordered: AtomicUsize,
    pub(super) refused: AtomicUsize,
    /// Of the refused, those for whom the shop had done something already.
    pub(super) refused_late: AtomicUsize,
    pub(super) undecided: AtomicUsize,
    pub(super) unsent: AtomicUsize,
    pub(super) without_retry_after: AtomicUsize,
    pub(super) failed: AtomicUsize,
    pub(super) admitted_us: Mutex<Vec<u64>>,
    pub(super) refused_us: Mutex<Vec<u64>>,
}

impl Seen {
    pub(super) fn count(counter: &AtomicUsize) -> usize {
        counter.load(Ordering::Relaxed)
    }

    fn refuse(&self, took: Duration, late: bool) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        self.refused_late.fetch_add(usize::from(late), Ordering::Relaxed);
        Self::note(&self.refused_us, took);
    }

    fn note(times: &Mutex<Vec<u64>>, took: Duration) {
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        times.lock().unwrap_or_else(PoisonError::into_inner).push(took_us);
    }

    /// The time that so many of a hundred took at most.
    pub(super) fn percentile(times: &Mutex<Vec<u64>>, hundredths: usize) -> Duration {
        let mut times = times.lock().unwrap_or_else(PoisonError::into_inner);
        times.sort_unstable();
        let at = (times.len() * hundredths / 100).min(times.len().saturating_sub(1));
        Duration::from_micros(times.get(at).copied().unwrap_or_default())
    }

    /// Comes, and buys if the shop lets them.
    pub(super) async fn shop(&self, shopper: &Shopper, base: &str) {
        let page = match shopper.visit(base, PRODUCT).await {
            Ok(Visit::Page(page)) => page,
            Ok(Visit::Refused {
                took,
                retry_after,
                late,
            }) => {
                self.refuse(took, late);
                if !retry_after {
                    self.without_retry_after.fetch_add(1, Ordering::Relaxed);
                }
                return;
            }
            Err(_) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                return;
            }
        };
        let begun = Instant::now();
        match shopper.submit(base, &page).await {
            Answer::Order { .. } => {
                self.ordered.fetch_add(1, Ordering::Relaxed);
                Self::note(&self.admitted_us, begun.elapsed());
            }
            Answer::Unknown(code) if code == "unavailable" => self.refuse(begun.elapsed(), true),
            _ => {
                self.undecided.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}
