//! Stores that fail when they are told to.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use checkout::cart::{CartId, ShopperId};
use checkout::news::Ended;
use checkout::order::{Order, OrderId};
use checkout::ports::{
    AttemptId, Claim, ClaimReply, EarlierOrder, Held, Insertion, NewOrder, OrderStore, Release, RepeatPolicy, Settle,
    StoreError, StoreErrorKind, TokenRef, TokenState, TokenStore,
};
use checkout::quote::Fingerprint;
use checkout::time::Timestamp;
use checkout::token::TokenDigest;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// What happens to one insert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is done, and the answer is lost.
    LostAnswer,
    /// It is not done, and nobody knows.
    LostRequest,
    /// It is certainly not done.
    NotDone,
    /// The adapter panics.
    Panic,
    /// It waits until [`FaultyOrders::let_go`], and is done.
    Held,
}

/// Orders with faults, taken one per insert, in order.
pub struct FaultyOrders {
    pub inner: Arc<dyn OrderStore>,
    pub faults: Mutex<VecDeque<Fault>>,
    pub inserts: AtomicUsize,
    /// How often an order was looked for.
    pub reads: AtomicUsize,
    /// Every insert waits for a permit.
    pub gate: Semaphore,
    held: Semaphore,
}

impl FaultyOrders {
    pub fn new(inner: Arc<dyn OrderStore>) -> Self {
        let gate = Semaphore::new(Semaphore::MAX_PERMITS);
        Self {
            inner,
            faults: Mutex::default(),
            inserts: AtomicUsize::new(0),
            reads: AtomicUsize::new(0),
            gate,
            held: Semaphore::new(0),
        }
    }

    pub fn fail(&self, faults: &[Fault]) {
        self.faults.lock().expect("no panic").extend(faults);
    }

    /// No more faults.
    pub fn mend(&self) {
        self.faults.lock().expect("no panic").clear();
    }

    /// Lets the inserts that are held, and those that will be, go on.
    pub fn let_go(&self) {
        self.held.add_permits(1_000);
    }

    /// Holds every insert back, until [`Self::open_gate`].
    pub fn close_gate(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub fn open_gate(&self) {
        self.gate.add_permits(1_000);
    }
}

fn error(kind: StoreErrorKind) -> StoreError {
    StoreError::new("insert order", kind, "told to fail")
}

#[async_trait]
impl OrderStore for FaultyOrders {
    async fn insert_once(&self, orders: Vec<NewOrder>) -> Vec<Result<Insertion, StoreError>> {
        self.inserts.fetch_add(1, Ordering::SeqCst);
        self.gate
            .acquire()
            .await
            .expect("the gate is never closed for good")
            .forget();
        let fault = self.faults.lock().expect("no panic").pop_front();
        match fault {
            None => self.inner.insert_once(orders).await,
            Some(Fault::LostAnswer) => {
                self.inner.insert_once(orders).await;
                vec![Err(error(StoreErrorKind::Unknown))]
            }
            Some(Fault::LostRequest) => vec![Err(error(StoreErrorKind::Unknown))],
            Some(Fault::NotDone) => vec![Err(error(StoreErrorKind::NotDone))],
            Some(Fault::Held) => {
                self.held.acquire().await.expect("it is never closed").forget();
                self.inner.insert_once(orders).await
            }
            Some(Fault::Panic) => panic!("told to panic"),
        }
    }

    async fn find_order(&self, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, StoreError> {
        self.inner.find_order(shopper, id).await
    }

    async fn find_order_by_token(&self, shopper: ShopperId, token: TokenDigest) -> Result<Option<Order>, StoreError> {
        self.inner.find_order_by_token(shopper, token).await
    }

    async fn find_order_by_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Order>, StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.inner.find_order_by_cart(shopper, cart).await
    }

    async fn list_orders(&self, shopper: ShopperId, limit: u32) -> Result<Vec<Order>, StoreError> {
        self.inner.list_orders(shopper, limit).await
    }
}

/// Tokens that can be taken out of reach, and count who asks.
pub struct FaultyTokens {
    pub inner: Arc<dyn TokenStore>,
    pub down: AtomicBool,
    pub asked: AtomicUsize,
    /// So many claims are executed, and their replies lost.
    lost: AtomicUsize,
    /// Every claim waits for a permit.
    claims: Semaphore,
}

impl FaultyTokens {
    pub fn new(inner: Arc<dyn TokenStore>) -> Self {
        Self {
            inner,
            down: AtomicBool::new(false),
            asked: AtomicUsize::new(0),
            lost: AtomicUsize::new(0),
            claims: Semaphore::new(Semaphore::MAX_PERMITS),
        }
    }

    /// Holds every claim back, until [`Self::let_claims_go`].
    pub fn hold_claims(&self) {
        self.claims.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub fn let_claims_go(&self) {
        self.claims.add_permits(1_000);
    }

    /// Makes the store believe that the token became an order.
    pub async fn remember_as_placed(&self, token: TokenRef, fingerprint: Fingerprint) {
        let (attempt, long) = (AttemptId(Uuid::from_u128(1)), Duration::from_hours(1));
        let claim = Claim {
            token,
            fingerprint,
            attempt,
            lease: long,
            product_urls: vec![],
            repeat_window: long,
            repeat: RepeatPolicy::Ask,
            keep: long,
        };
        self.inner.claim(&claim).await.expect("it answers");
        let order = EarlierOrder {
            id: OrderId(Uuid::from_u128(2)),
            placed_at: Timestamp::default(),
        };
        let settle = Settle {
            token,
            attempt,
            order,
            product_urls: vec![],
            repeat_window: long,
            keep: long,
        };
        assert_eq!(self.inner.settle(&settle).await.expect("it answers"), Held::Yes);
    }

    /// The replies to the next claims are lost.
    pub fn lose_replies(&self, many: usize) {
        self.lost.store(many, Ordering::SeqCst);
    }

    fn reach(&self) -> Result<&dyn TokenStore, StoreError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) {
            return Err(StoreError::new(
                "reach the token store",
                StoreErrorKind::Unknown,
                "told to be down",
            ));
        }
        Ok(self.inner.as_ref())
    }
}

#[async_trait]
impl TokenStore for FaultyTokens {
    async fn issue(&self, token: TokenRef, fingerprint: Fingerprint, keep: Duration) -> Result<(), StoreError> {
        self.reach()?.issue(token, fingerprint, keep).await
    }

    async fn claim(&self, claim: &Claim) -> Result<ClaimReply, StoreError> {
        let store = self.reach()?;
        self.claims.acquire().await.expect("it is never closed").forget();
        let reply = store.claim(claim).await;
        let lost = self
            .lost
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match lost {
            Ok(_) => Err(StoreError::new(
                "claim token",
                StoreErrorKind::Unknown,
                "told to lose the reply",
            )),
            Err(_) => reply,
        }
    }

    async fn settle(&self, settle: &Settle) -> Result<Held, StoreError> {
        self.reach()?.settle(settle).await
    }

    async fn release(&self, release: &Release) -> Result<Held, StoreError> {
        self.reach()?.release(release).await
    }

    async fn state(&self, token: TokenRef) -> Result<TokenState, StoreError> {
        self.reach()?.state(token).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.reach()?.ping().await
    }

    fn ended(&self, shopper: ShopperId) -> Ended {
        self.inner.ended(shopper)
    }
}
