//! The circuit breaker in front of the token store: an outage is paid for once, and not by each order.
//!
//! The first operation that fails opens the breaker. While it is open nothing is sent: every operation is answered at
//! once with [`StoreErrorKind::NotDone`]. One task probes in the background and closes it when the store takes writes
//! again, so that no order is ever the one that finds out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::sleep;

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

/// A token store behind a circuit breaker.
pub struct Breaker {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn TokenStore>,
    open: AtomicBool,
}

impl Breaker {
    /// A closed breaker in front of `store`.
    #[must_use]
    pub fn new(store: Arc<dyn TokenStore>) -> Self {
        Self {
            inner: Arc::new(Inner {
                store,
                open: AtomicBool::new(false),
            }),
        }
    }

    /// Whether the token store counts as out of reach.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.inner.open.load(Ordering::Acquire)
    }

    async fn pass<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        if self.is_open() {
            return Err(StoreError::new(
                operation,
                StoreErrorKind::NotDone,
                "the token store is out of reach, and was not asked",
            ));
        }
        let answer = work.await;
        if let Err(error) = &answer {
            self.trip(error);
        }
        answer
    }

    /// Opens, unless it is open already, and starts the probing.
    fn trip(&self, error: &StoreError) {
        if self.inner.open.swap(true, Ordering::AcqRel) {
            return;
        }
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "the token store is out of reach: it is asked in the background until it answers"
        );
        tokio::spawn(probe(Arc::downgrade(&self.inner)));
    }
}

/// Asks until the store answers, or nobody holds the breaker any more.
async fn probe(inner: std::sync::Weak<Inner>) {
    let mut pause = FIRST_PROBE;
    loop {
        sleep(pause).await;
        let Some(inner) = inner.upgrade() else { return };
        if inner.store.ping().await.is_ok() {
            inner.open.store(false, Ordering::Release);
            tracing::info!("the token store answers again");
            return;
        }
        pause = (2 * pause).min(SLOWEST_PROBE);
    }
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
