//! Where time is paused it passes when everybody waits, so that pauses are exact.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use async_trait::async_trait;
use tokio::time::advance;

use super::*;
use crate::observer::{KeyMatch, Layer, WayIn};
use crate::ports::{StoreError, StoreErrorKind, Tally};
use crate::testing::{ManualClock, MemoryShop};

fn stopped() -> StoppedDuplicate {
    StoppedDuplicate {
        at: ManualClock::default().now(),
        layer: Layer::Token,
        key: KeyMatch::Same,
        way_in: WayIn::Form,
        first: None,
    }
}

/// A store that fails when told, and that never answers when told.
#[derive(Default)]
struct Store {
    kept: MemoryShop,
    fails: AtomicBool,
    is_stuck: AtomicBool,
    writes: AtomicUsize,
    /// How many went, each time it was told to forget.
    forgotten: Mutex<Vec<u64>>,
}

impl Store {
    async fn count(&self) -> usize {
        self.all().await.len()
    }

    async fn all(&self) -> Vec<StoppedDuplicate> {
        self.kept.list_latest(u32::MAX).await.expect("read")
    }

    fn forgotten(&self) -> Vec<u64> {
        self.forgotten.lock().expect("nobody panicked").clone()
    }
}

#[async_trait]
impl LedgerStore for Store {
    async fn record(&self, stopped: &[StoppedDuplicate]) -> Result<(), StoreError> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        if self.is_stuck.load(Ordering::Relaxed) {
            return std::future::pending().await;
        }
        if self.fails.load(Ordering::Relaxed) {
            return Err(StoreError::new("record", StoreErrorKind::Unknown, "on purpose"));
        }
        self.kept.record(stopped).await
    }

    async fn list_latest(&self, limit: u32) -> Result<Vec<StoppedDuplicate>, StoreError> {
        self.kept.list_latest(limit).await
    }

    async fn tally(&self, from: Timestamp, slot: Duration, slots: u32) -> Result<Vec<Tally>, StoreError> {
        self.kept.tally(from, slot, slots).await
    }

    async fn forget_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let forgotten = self.kept.forget_before(before).await?;
        self.forgotten.lock().expect("nobody panicked").push(forgotten);
        Ok(forgotten)
    }
}

fn open(store: &Arc<Store>) -> Ledger {
    Ledger::open(store.clone(), Arc::new(ManualClock::default()))
}

#[tokio::test]
async fn what_waits_is_written_before_it_closes() {
    let store = Arc::new(Store::default());
    let ledger = open(&store);
    for _ in 0..QUEUE {
        ledger.record(stopped());
    }
    ledger.close().await;
    assert_eq!((store.count().await, ledger.dropped()), (QUEUE, 0));
}

#[tokio::test]
async fn what_comes_after_the_end_is_dropped_and_counted() {
    let store = Arc::new(Store::default());
    let ledger = open(&store);
    ledger.close().await;
    ledger.record(stopped());
    assert_eq!((store.count().await, ledger.dropped()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_full_takes_no_more_and_counts_what_it_drops() {
    let store = Arc::new(Store::default());
    store.is_stuck.store(true, Ordering::Relaxed);
    let ledger = open(&store);
    // Nothing is awaited, so that the writer can not have taken anything yet.
    for _ in 0..QUEUE + 3 {
        ledger.record(stopped());
    }
    assert_eq!(ledger.dropped(), 3);
}

#[tokio::test(start_paused = true)]
async fn entries_that_the_store_does_not_take_are_lost_once_and_the_next_are_written() {
    let store = Arc::new(Store::default());
    store.fails.store(true, Ordering::Relaxed);
    let ledger = open(&store);
    ledger.record(stopped());
    ledger.record(stopped());
    advance(PAUSE / 2).await;
    tokio::task::yield_now().await;
    assert_eq!(ledger.dropped(), 2);
    store.fails.store(false, Ordering::Relaxed);
    ledger.record(stopped());
    ledger.close().await;
    assert_eq!((store.count().await, ledger.dropped()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_never_answers_is_given_up_and_does_not_hold_up_the_end() {
    let store = Arc::new(Store::default());
    store.is_stuck.store(true, Ordering::Relaxed);
    let ledger = open(&store);
    ledger.record(stopped());
    tokio::task::yield_now().await;
    ledger.record(stopped());
    let began = Instant::now();
    ledger.close().await;
    assert!(began.elapsed() <= 2 * PATIENCE, "{:?}", began.elapsed());
    assert_eq!(ledger.dropped(), 2);
}

#[tokio::test(start_paused = true)]
async fn writes_leave_the_store_to_the_orders_in_between() {
    let store = Arc::new(Store::default());
    let ledger = open(&store);
    for _ in 0..2 * TOGETHER {
        ledger.record(stopped());
    }
    advance(PAUSE / 2).await;
    assert_eq!(store.count().await, TOGETHER);
    advance(PAUSE).await;
    tokio::task::yield_now().await;
    assert_eq!(store.count().await, 2 * TOGETHER);
}

#[tokio::test]
async fn a_ledger_in_which_nothing_waits_ends_without_a_write() {
    let store = Arc::new(Store::default());
    open(&store).close().await;
    assert_eq!(store.writes.load(Ordering::Relaxed), 0);
}

/// One that was stopped so many milliseconds before the limit of ninety days.
fn stopped_before_the_limit(by_ms: u64) -> StoppedDuplicate {
    let ninety_days_ms = 90 * 24 * 60 * 60 * 1000;
    StoppedDuplicate {
        at: Timestamp::from_unix_ms(stopped().at.unix_ms - ninety_days_ms - by_ms),
        ..stopped()
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_older_than_ninety_days_is_forgotten() {
    let store = Arc::new(Store::default());
    let (kept, old) = (stopped_before_the_limit(0), stopped_before_the_limit(1));
    store.record(&[old, kept]).await.expect("recorded");
    let ledger = open(&store);
    ledger.record(stopped());
    sleep(PAUSE / 2).await;
    assert_eq!(store.all().await, [stopped(), kept]);
}

#[tokio::test(start_paused = true)]
async fn what_is_old_is_looked_for_once_an_hour() {
    let store = Arc::new(Store::default());
    let ledger = open(&store);
    let begun = Instant::now();
    let mut looked_after = Vec::new();
    // The writer pauses for a second after each entry, so that none finds it busy.
    for _ in 0..=2 * 3600 {
        ledger.record(stopped());
        let looked = store.forgotten().len();
        sleep(PAUSE).await;
        if store.forgotten().len() > looked {
            looked_after.push(begun.elapsed().as_secs());
        }
    }
    assert_eq!(looked_after, [1, 3601, 7201]);
}

#[tokio::test(start_paused = true)]
async fn of_more_than_is_forgotten_at_once_the_rest_goes_with_the_next_write() {
    let store = Arc::new(Store::default());
    let old = vec![stopped_before_the_limit(1); FORGOTTEN_AT_ONCE as usize + 1];
    store.record(&old).await.expect("recorded");
    let ledger = open(&store);
    for _ in 0..4 {
        ledger.record(stopped());
        sleep(2 * PAUSE).await;
    }
    assert_eq!(store.forgotten(), [1000, 1]);
}
