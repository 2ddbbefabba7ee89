//! The ledger of prevented duplicates: written beside the orders, and never in their way.
//!
//! Whoever stops a duplicate leaves it in a queue and goes on. One task writes what lies there, a little at a time. When
//! the queue is full, or the store does not take what it is given, entries are dropped and counted: an order is worth more
//! than the record of its copy.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::observer::{AttemptEnded, Observer, StoppedDuplicate};
use crate::ports::{Clock, FORGOTTEN_AT_ONCE, LedgerStore};
use crate::time::Timestamp;

/// How many entries wait at most.
const QUEUE: usize = 1024;

/// How many are written together.
const TOGETHER: usize = 100;

/// The pause between two writes: orders of a store that has one writer wait for one of them a second, at most.
const PAUSE: Duration = Duration::from_secs(1);

/// The longest that the store may take for anything.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a prevented duplicate is remembered.
const KEPT: Duration = Duration::from_hours(24 * 90);

/// How often what is older is forgotten.
const FORGET_EVERY: Duration = Duration::from_hours(1);

/// Where prevented duplicates are left. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    queue: mpsc::Sender<StoppedDuplicate>,
    dropped: Arc<AtomicU64>,
    stop: CancellationToken,
    writer: TaskTracker,
}

impl Ledger {
    /// Writes into `store` until it is closed. Needs a runtime.
    #[must_use]
    pub fn open(store: Arc<dyn LedgerStore>, clock: Arc<dyn Clock>) -> Self {
        let (queue, entries) = mpsc::channel(QUEUE);
        let ledger = Self {
            queue,
            dropped: Arc::default(),
            stop: CancellationToken::new(),
            writer: TaskTracker::new(),
        };
        let writer = Writer {
            store,
            clock,
            entries,
            dropped: Arc::clone(&ledger.dropped),
            forgot_at: None,
        };
        ledger.writer.spawn(writer.run(ledger.stop.clone()));
        ledger.writer.close();
        ledger
    }

    /// Leaves an entry, to be written soon. Never waits.
    pub fn record(&self, stopped: StoppedDuplicate) {
        if self.queue.try_send(stopped).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many entries were lost.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Writes what waits and takes no more.
    pub async fn close(&self) {
        self.stop.cancel();
        self.writer.wait().await;
    }
}

impl Observer for Ledger {
    fn attempt_ended(&self, _ended: &AttemptEnded) {}

    fn duplicate_stopped(&self, stopped: &StoppedDuplicate) {
        self.record(*stopped);
    }
}

struct Writer {
    store: Arc<dyn LedgerStore>,
    clock: Arc<dyn Clock>,
    entries: mpsc::Receiver<StoppedDuplicate>,
    dropped: Arc<AtomicU64>,
    forgot_at: Option<Instant>,
}

impl Writer {
    async fn run(mut self, stop: CancellationToken) {
        let mut batch = Vec::with_capacity(TOGETHER);
        loop {
            let taken = tokio::select! {
                () = stop.cancelled() => break,
                taken = self.entries.recv_many(&mut batch, TOGETHER) => taken,
            };
            if taken == 0 {
                // Nobody is left who could stop it, or leave anything.
                return;
            }
            self.write(&mut batch).await;
            self.forget().await;
            tokio::select! {
                () = stop.cancelled() => break,
                () = sleep(PAUSE) => {}
            }
        }
        self.entries.close();
        while let Some(entry) = self.entries.recv().await {
            batch.push(entry);
        }
        if !batch.is_empty() {
            self.write(&mut batch).await;
        }
    }

    /// Once: after an unknown outcome, an entry too few is better than one too many.
    async fn write(&self, batch: &mut Vec<StoppedDuplicate>) {
        let lost = match timeout(PATIENCE, self.store.record(batch)).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_elapsed) => Some("the store gave no answer".to_owned()),
        };
        if let Some(error) = lost {
            self.dropped.fetch_add(batch.len() as u64, Ordering::Relaxed);
            tracing::warn!(
                error,
                entries = batch.len(),
                "prevented duplicates were not written down"
            );
        }
        batch.clear();
    }

    async fn forget(&mut self) {
        if self.forgot_at.is_some_and(|at| at.elapsed() < FORGET_EVERY) {
            return;
        }
        self.forgot_at = Some(Instant::now());
        let now_ms = self.clock.now().unix_ms;
        let kept_ms = u64::try_from(KEPT.as_millis()).unwrap_or(u64::MAX);
        let before = Timestamp::from_unix_ms(now_ms.saturating_sub(kept_ms));
        match timeout(PATIENCE, self.store.forget_before(before)).await {
            // There may be more.
            Ok(Ok(forgotten)) if forgotten >= u64::from(FORGOTTEN_AT_ONCE) => self.forgot_at = None,
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "old entries of the ledger stay for now"
            ),
            Err(_elapsed) => tracing::warn!("old entries of the ledger stay for now"),
        }
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
