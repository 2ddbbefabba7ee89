//! The circuit breaker in front of the token store: an outage is paid for once, and not by each order.
//!
//! The first operation that fails opens the breaker. While it is open nothing is sent: every operation is answered at
//! once with [`StoreErrorKind::NotDone`]. One task probes in the background and closes it when the store takes writes
//! again, so that no order is ever the one that finds out.
//!
//! A store that takes the probe and fails the next operation is probed later each time: orders are not sent there in turns.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, sleep, timeout};

use crate::cart::ShopperId;
use crate::news::Ended;
use crate::ports::{
    Claim, ClaimReply, Held, Release, Settle, StoreError, StoreErrorKind, TokenRef, TokenState, TokenStore,
};
use crate::quote::Fingerprint;

/// How long after a failure the first probe is sent. Each later one waits twice as long, up to [`SLOWEST_PROBE`].
const FIRST_PROBE: Duration = Duration::from_millis(50);

/// The longest time between two probes.
const SLOWEST_PROBE: Duration = Duration::from_millis(500);

/// A store that fails sooner than this after it answered a probe flaps.
const STEADY: Duration = Duration::from_secs(10);

/// The longest that a store that flaps is left alone.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A probe that takes longer failed, whatever the store's own limits are.
const LONGEST_PROBE: Duration = Duration::from_secs(2);

/// A token store behind a circuit breaker.
pub struct Breaker {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn TokenStore>,
    /// How often the breaker opened and closed: it is open at odd numbers. An operation that fails opens it only at the
    /// number it began with; what it says of a time before the last probe is no news.
    turns: AtomicU64,
    last: Mutex<LastTurn>,
}

/// How it went the last time.
struct LastTurn {
    /// When the breaker closed.
    closed_at: Option<Instant>,
    /// How long the first probe before that waited.
    pause: Duration,
}

impl Inner {
    /// The number at which an operation begins; `None` while the breaker is open.
    fn begin(&self) -> Option<u64> {
        let turn = self.turns.load(Ordering::Acquire);
        turn.is_multiple_of(2).then_some(turn)
    }

    /// Opens; `false` when somebody did so since `turn`.
    fn open(&self, turn: u64) -> bool {
        let opened = self
            .turns
            .compare_exchange(turn, turn + 1, Ordering::AcqRel, Ordering::Acquire);
        opened.is_ok()
    }

    /// Closes what was opened; for the one probe there is.
    fn close(&self) {
        self.last().closed_at = Some(Instant::now());
        self.turns.fetch_add(1, Ordering::AcqRel);
    }
}

impl Inner {
    /// How long the first probe waits after a failure now.
    fn first_pause(&self) -> Duration {
        let mut last = self.last();
        let flaps = last.closed_at.is_some_and(|at| at.elapsed() < STEADY);
        last.pause = if flaps {
            (2 * last.pause).min(LONGEST_PAUSE)
        } else {
            FIRST_PROBE
        };
        last.pause
    }

    fn last(&self) -> std::sync::MutexGuard<'_, LastTurn> {
        // A panic while the lock was held can not have left it half-changed.
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Breaker {
    /// A closed breaker in front of `store`.
    #[must_use]
    pub fn new(store: Arc<dyn TokenStore>) -> Self {
        let turns = AtomicU64::new(0);
        let last = Mutex::new(LastTurn {
            closed_at: None,
            pause: FIRST_PROBE,
        });
        Self {
            inner: Arc::new(Inner { store, turns, last }),
        }
    }

    /// Whether the token store counts as out of reach.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.inner.begin().is_none()
    }

    async fn pass<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let Some(turn) = self.inner.begin() else {
            return Err(StoreError::new(
                operation,
                StoreErrorKind::NotDone,
                "the token store is out of reach, and was not asked",
            ));
        };
        let answer = work.await;
        if let Err(error) = &answer
            // A store that holds nonsense for one token is there for all others.
            && error.kind != StoreErrorKind::Corrupt
            && self.inner.open(turn)
        {
            tracing::warn!(
                error = error as &dyn std::error::Error,
                "the token store is out of reach: it is asked in the background until it answers"
            );
            let pause = self.inner.first_pause();
            tokio::spawn(probe(Arc::downgrade(&self.inner), pause));
        }
        answer
    }
}

/// Asks until the store answers, or nobody holds the breaker any more.
async fn probe(inner: std::sync::Weak<Inner>, first_pause: Duration) {
    let mut pause = first_pause;
    loop {
        sleep(pause).await;
        let Some(inner) = inner.upgrade() else { return };
        if answers(&inner.store).await {
            inner.close();
            tracing::info!("the token store answers again");
            return;
        }
        pause = (2 * pause).min(SLOWEST_PROBE.max(first_pause));
    }
}

/// Whether the store takes writes. A store that panics or never answers must not leave the breaker open for ever.
async fn answers(store: &Arc<dyn TokenStore>) -> bool {
    let store = Arc::clone(store);
    let mut ping = tokio::spawn(async move { store.ping().await });
    let answer = timeout(LONGEST_PROBE, &mut ping).await;
    ping.abort();
    matches!(answer, Ok(Ok(Ok(()))))
}

#[async_trait]
impl TokenStore for Breaker {
    async fn issue(&self, token: TokenRef, fingerprint: Fingerprint, keep: Duration) -> Result<(), StoreError> {
        self.pass("issue token", self.inner.store.issue(token, fingerprint, keep))
            .await
    }

    async fn claim(&self, claim: &Claim) -> Result<ClaimReply, StoreError> {
        self.pass("claim token", self.inner.store.claim(claim)).await
    }

    async fn settle(&self, settle: &Settle) -> Result<Held, StoreError> {
        self.pass("settle token", self.inner.store.settle(settle)).await
    }

    async fn release(&self, release: &Release) -> Result<Held, StoreError> {
        self.pass("release token", self.inner.store.release(release)).await
    }

    async fn state(&self, token: TokenRef) -> Result<TokenState, StoreError> {
        self.pass("read token state", self.inner.store.state(token)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.pass("ping", self.inner.store.ping()).await
    }

    fn ended(&self, shopper: ShopperId) -> Ended {
        self.inner.store.ended(shopper)
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
