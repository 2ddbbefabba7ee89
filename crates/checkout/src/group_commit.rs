//! Group commit: orders that queue while a commit runs are written together by the next one.
//!
//! A commit costs about the same for one order as for fifty. An order that meets an idle store is written at once and
//! alone; nothing is held back in the hope that more will come.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use crate::cart::{CartId, ShopperId};
use crate::order::{Order, OrderId};
use crate::ports::{Insertion, NewOrder, OrderStore, StoreError, StoreErrorKind};
use crate::token::TokenDigest;

/// What [`OrderStore::insert_once`] is called in errors.
const INSERT: &str = "insert order";

/// How a server writes.
#[derive(Clone, Copy, Debug)]
pub struct Writers {
    /// How many transactions run at once. One, where the database lets one write at a time.
    pub lanes: usize,
    /// The most orders in one transaction.
    pub batch: usize,
    /// The most orders that wait; the next one is told that it was not done.
    pub queue: usize,
    /// How long an order waits to be taken before it is told that it was not done.
    pub patience: Duration,
}

type Answer = Result<Insertion, StoreError>;

struct Waiting {
    order: NewOrder,
    /// Set by whoever is first: the writer that takes the order, or the one who waited too long and withdraws it.
    decided: Arc<AtomicBool>,
    patience_ends: Instant,
    answer: oneshot::Sender<Answer>,
}

/// Whether the caller is the first to decide.
fn decide(decided: &AtomicBool) -> bool {
    !decided.swap(true, Ordering::AcqRel)
}

/// An order store that writes in batches. Reads pass through.
pub struct GroupCommit {
    store: Arc<dyn OrderStore>,
    queue: mpsc::Sender<Waiting>,
    patience: Duration,
}

impl GroupCommit {
    /// Starts the writer in front of `store`. It ends when the last handle is dropped and everything queued is written.
    #[must_use]
    pub fn new(store: Arc<dyn OrderStore>, writers: Writers) -> Self {
        let (queue, waiting) = mpsc::channel(writers.queue.max(1));
        tokio::spawn(write(Arc::clone(&store), waiting, writers));
        Self {
            store,
            queue,
            patience: writers.patience,
        }
    }

    fn queue(&self, order: NewOrder) -> Result<Queued, StoreError> {
        let (answer, answered) = oneshot::channel();
        let decided = Arc::new(AtomicBool::new(false));
        let patience_ends = Instant::now() + self.patience;
        let waiting = Waiting {
            order,
            decided: Arc::clone(&decided),
            patience_ends,
            answer,
        };
        self.queue.try_send(waiting).map_err(|refused| match refused {
            TrySendError::Full(_) => not_done("too many orders wait for the database"),
            TrySendError::Closed(_) => not_done("the writer is gone"),
        })?;
        Ok(Queued {
            answered,
            decided,
            patience_ends,
        })
    }
}

/// An order in the queue.
struct Queued {
    answered: oneshot::Receiver<Answer>,
    decided: Arc<AtomicBool>,
    patience_ends: Instant,
}

impl Queued {
    async fn answer(mut self) -> Answer {
        if let Ok(answered) = timeout_at(self.patience_ends, &mut self.answered).await {
            return told(answered);
        }
        if decide(&self.decided) {
            return Err(too_late());
        }
        told(self.answered.await)
    }
}

/// A writer that drops the answer was in the middle of it.
fn told(answered: Result<Answer, oneshot::error::RecvError>) -> Answer {
    answered.unwrap_or_else(|_| Err(lost()))
}

fn not_done(why: &'static str) -> StoreError {
    StoreError::new(INSERT, StoreErrorKind::NotDone, why)
}

fn too_late() -> StoreError {
    not_done("no writer was free in time")
}

fn lost() -> StoreError {
    StoreError::new(INSERT, StoreErrorKind::Unknown, "the writer gave no answer")
}

/// Takes a lane, then everything that waits, and writes it; while all lanes are busy, orders gather.
async fn write(store: Arc<dyn OrderStore>, mut waiting: mpsc::Receiver<Waiting>, writers: Writers) {
    let lanes = Arc::new(Semaphore::new(writers.lanes.max(1)));
    loop {
        // The lanes are never closed.
        let Ok(lane) = Arc::clone(&lanes).acquire_owned().await else {
            return;
        };
        let mut batch = Vec::new();
        if waiting.recv_many(&mut batch, writers.batch.max(1)).await == 0 {
            return;
        }
        let store = Arc::clone(&store);
        let work = async move {
            write_batch(store.as_ref(), batch).await;
            drop(lane);
        };
        tokio::spawn(work.in_current_span());
    }
}

/// What is to be written; the others waited too long, and are told so.
///
/// Whoever waits withdraws in time as a rule. Those that asked together are told one after another, and may be late.
fn take(batch: Vec<Waiting>) -> Vec<Waiting> {
    let now = Instant::now();
    let in_time = |waiting: &Waiting| decide(&waiting.decided) && now < waiting.patience_ends;
    let (taken, late) = batch.into_iter().partition::<Vec<_>, _>(in_time);
    for waiting in late {
        // Nobody hears it who withdrew.
        let _ = waiting.answer.send(Err(too_late()));
    }
    taken
}

/// Writes what still may be, and gives each order its own answer.
async fn write_batch(store: &dyn OrderStore, batch: Vec<Waiting>) {
    let batch = take(batch);
    if batch.is_empty() {
        return;
    }
    let orders = batch.iter().map(|waiting| waiting.order.clone()).collect();
    let mut results = store.insert_once(orders).await.into_iter();
    for waiting in batch {
        let result = results.next().unwrap_or_else(|| Err(lost()));
        // Whoever asked may be gone; then nobody needs the answer.
        let _ = waiting.answer.send(result);
    }
}

#[async_trait]
impl OrderStore for GroupCommit {
    async fn insert_once(&self, orders: Vec<NewOrder>) -> Vec<Answer> {
        // All of them first, so that they can share a commit.
        let queued: Vec<_> = orders.into_iter().map(|order| self.queue(order)).collect();
        let mut answers = Vec::with_capacity(queued.len());
        for queued in queued {
            answers.push(match queued {
                Ok(queued) => queued.answer().await,
                Err(refused) => Err(refused),
            });
        }
        answers
    }

    async fn find_order(&self, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, StoreError> {
        self.store.find_order(shopper, id).await
    }

    async fn find_order_by_token(&self, shopper: ShopperId, token: TokenDigest) -> Result<Option<Order>, StoreError> {
        self.store.find_order_by_token(shopper, token).await
    }

    async fn find_order_by_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Order>, StoreError> {
        self.store.find_order_by_cart(shopper, cart).await
    }

    async fn list_orders(&self, shopper: ShopperId, limit: u32) -> Result<Vec<Order>, StoreError> {
        self.store.list_orders(shopper, limit).await
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
