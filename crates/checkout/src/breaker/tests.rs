//! In paused time: it passes when everybody waits, so that pauses are exact.

use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use super::*;
use crate::testing::Fixture;
use crate::token::TokenDigest;

/// What the store does when it is asked.
#[derive(Clone, Copy)]
enum Does {
    Answer,
    Fail(StoreErrorKind),
    Hang,
    Panic,
}

struct Store {
    does: Mutex<Does>,
    asked: AtomicUsize,
    pings: Mutex<Vec<Instant>>,
}

impl Store {
    fn new(does: Does) -> Arc<Self> {
        Arc::new(Self {
            does: Mutex::new(does),
            asked: AtomicUsize::new(0),
            pings: Mutex::new(Vec::new()),
        })
    }

    fn now(&self, does: Does) {
        *self.does.lock().unwrap_or_else(PoisonError::into_inner) = does;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn pings(&self) -> Vec<Instant> {
        self.pings.lock().expect("nobody panicked").clone()
    }

    async fn answer(&self) -> Result<(), StoreError> {
        let does = *self.does.lock().expect("nobody panicked");
        match does {
            Does::Answer => Ok(()),
            Does::Fail(kind) => Err(StoreError::new("an operation", kind, "on purpose")),
            Does::Hang => std::future::pending().await,
            Does::Panic => panic!("on purpose"),
        }
    }
}

#[async_trait]
impl TokenStore for Store {
    async fn issue(&self, _: TokenRef, _: Fingerprint, keep: Duration) -> Result<(), StoreError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        // As it was when it began, however long it takes.
        let answer = self.answer().await;
        sleep(keep).await;
        answer
    }

    async fn claim(&self, _: &Claim) -> Result<ClaimReply, StoreError> {
        unreachable!("every verb passes the same way")
    }

    async fn settle(&self, _: &Settle) -> Result<Held, StoreError> {
        unreachable!("every verb passes the same way")
    }

    async fn release(&self, _: &Release) -> Result<Held, StoreError> {
        unreachable!("every verb passes the same way")
    }

    async fn state(&self, _: TokenRef) -> Result<TokenState, StoreError> {
        unreachable!("every verb passes the same way")
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.pings.lock().expect("nobody panicked").push(Instant::now());
        self.answer().await
    }

    fn ended(&self, _: ShopperId) -> Ended {
        Box::pin(std::future::ready(()))
    }
}

const UNKNOWN: Does = Does::Fail(StoreErrorKind::Unknown);

/// An operation that takes so long.
async fn ask(breaker: &Breaker, takes: Duration) -> Result<(), StoreErrorKind> {
    let token = TokenRef {
        shopper: Fixture::new_shopper(),
        digest: TokenDigest(Fixture::new_uuid()),
    };
    let answer = breaker.issue(token, Fingerprint([7; 32]), takes).await;
    answer.map_err(|error| error.kind)
}

async fn ask_now(breaker: &Breaker) -> Result<(), StoreErrorKind> {
    ask(breaker, Duration::ZERO).await
}

#[tokio::test(start_paused = true)]
async fn the_first_failure_opens_and_nobody_else_is_sent() {
    let store = Store::new(UNKNOWN);
    let breaker = Breaker::new(Arc::<Store>::clone(&store));
    assert_eq!(ask_now(&breaker).await, Err(StoreErrorKind::Unknown));
    assert!(breaker.is_open());
    for _ in 0..20 {
        assert_eq!(ask_now(&breaker).await, Err(StoreErrorKind::NotDone));
    }
    assert_eq!(
        breaker.ping().await.map_err(|error| error.kind),
        Err(StoreErrorKind::NotDone)
    );
    assert_eq!(store.asked(), 1);
    assert!(store.pings().is_empty(), "before the first pause is over");
}

#[tokio::test(start_paused = true)]
async fn however_many_fail_at_once_one_probe_runs() {
    let store = Store::new(UNKNOWN);
    let breaker = Breaker::new(Arc::<Store>::clone(&store));
    let one = || ask(&breaker, Duration::from_millis(10));
    let _ = tokio::join!(one(), one(), one(), one(), one());
    assert_eq!(store.asked(), 5);
    sleep(Duration::from_secs(10)).await;
    let at_once = store.pings().windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert_eq!(at_once, 0, "two probes at the same time");
}

#[tokio::test(start_paused = true)]
async fn pauses_between_probes_double_up_to_half_a_second() {
    let store = Store::new(UNKNOWN);
    let breaker = Breaker::new(Arc::<Store>::clone(&store));
    let begun = Instant::now();
    let _ = ask_now(&breaker).await;
    sleep(Duration::from_millis(2_300)).await;
    let pings: Vec<_> = store.pings().iter().map(|ping| (*ping - begun).as_millis()).collect();
    assert_eq!(pings, [50, 150, 350, 750, 1_250, 1_750, 2_250]);
}

#[tokio::test(start_paused = true)]
async fn it_closes_when_a_probe_is_answered_and_opens_again_with_the_next_failure() {
    let store = Store::new(UNKNOWN);
    let breaker = Breaker::new(Arc::<Store>::clone(&store));
    for outage in 1..=3 {
        let _ = ask_now(&breaker).await;
        sleep(Duration::from_millis(60)).await;
        assert!(breaker.is_open(), "the first probe failed");
        store.now(Does::Answer);
        sleep(Duration::from_millis(100)).await;
        assert!(!breaker.is_open());
        assert_eq!(store.pings().len(), 2 * outage, "and it is asked no more");
        assert_eq!(ask_now(&breaker).await, Ok(()));
        // Long enough that the next outage is another one, and not the same that goes on.
        sleep(STEADY).await;
        store.now(UNKNOWN);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_from_before_the_last_probe_is_no_news() {
    let store = Store::new(UNKNOWN);
    let breaker = Breaker::new(Arc::<Store>::clone(&store));
    let (slow, ()) = tokio::join!(ask(&breaker, Duration::from_millis(250)), async {
        let _ = ask_now(&breaker).await;
        store.now(Does::Answer);
        sleep(Duration::from_millis(60)).await;
        assert!(!breaker.is_open());
    });
    assert_eq!(slow, Err(StoreErrorKind::Unknown));
    assert!(!breaker.is_open(), "the store answers");
}

#[tokio::test(start_paused = true)]
async fn nonsense_about_one_token_opens_nothing() {
    let store = Store::new(Does::Fail(StoreErrorKind::Corrupt));
    let breaker = Breaker::new(store);
    assert_eq!(ask_now(&breaker).await, Err(StoreErrorKind::Corrupt));
    assert!(!breaker.is_open());
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_hangs_or_panics_is_followed_by_another() {
    for worse in [Does::Hang, Does::Panic] {
        let store = Store::new(UNKNOWN);
        let breaker = Breaker::new(Arc::<Store>::clone(&store));
        let _ = ask_now(&breaker).await;
        store.now(worse);
        sleep(Duration::from_millis(100)).await;
        assert_eq!(store.pings().len(), 1);
        store.now(Does::Answer);
        sleep(LONGEST_PROBE + Duration::from_millis(100)).await;
        assert!(!breaker.is_open());
    }
}

#[tokio::test(start_paused = true)]
async fn probing_ends_when_the_breaker_is_dropped() {
    let store = Store::new(UNKNOWN);
    let breaker = Breaker::new(Arc::<Store>::clone(&store));
    let _ = ask_now(&breaker).await;
    sleep(Duration::from_millis(200)).await;
    drop(breaker);
    let pings = store.pings().len();
    sleep(Duration::from_mins(1)).await;
    assert_eq!(store.pings().len(), pings);
    assert_eq!(Arc::strong_count(&store), 1, "nobody holds the store");
}

/// It takes every probe and fails every operation, for a minute. Somebody asks all the time.
#[tokio::test(start_paused = true)]
async fn ov_13_a_store_that_flaps_is_probed_later_each_time_and_meets_no_herd() {
    let store = Store::new(Does::Answer);
    let breaker = Breaker::new(Arc::<Store>::clone(&store));
    let until = Instant::now() + Duration::from_mins(1);
    while Instant::now() < until {
        store.now(UNKNOWN);
        let _ = ask_now(&breaker).await;
        store.now(Does::Answer);
        sleep(Duration::from_millis(1)).await;
    }
    // 50 ms, 100 ms, 200 ms … 5 s: without the longer pauses there would be more than a thousand.
    assert!((15..=20).contains(&store.asked()), "{}", store.asked());
    assert_eq!(
        store.pings().len(),
        store.asked() - usize::from(breaker.is_open()),
        "one probe at a time"
    );
}

#[tokio::test(start_paused = true)]
async fn ov_13_a_store_that_was_steady_is_probed_soon() {
    let store = Store::new(Does::Answer);
    let breaker = Breaker::new(Arc::<Store>::clone(&store));
    for _ in 0..3 {
        store.now(UNKNOWN);
        assert_eq!(ask_now(&breaker).await, Err(StoreErrorKind::Unknown));
        let failed_at = Instant::now();
        store.now(Does::Answer);
        // To the millisecond: it closes with the first probe, and is steady from then on.
        sleep(FIRST_PROBE + STEADY).await;
        assert!(!breaker.is_open());
        let probed_at = *store.pings().last().expect("a probe");
        assert_eq!(probed_at - failed_at, FIRST_PROBE);
    }
}
