//! Many orders in one transaction, and what each of them is told.

use std::slice;
use std::time::Duration;

use async_trait::async_trait;

use super::{Budget, run_to_end};
use crate::order::Order;
use crate::ports::{Insertion, NewOrder, Refusal, StoreError, StoreErrorKind};

/// What writing an order is called in errors.
const INSERT: &str = "insert order";

/// What one order is told.
pub type Answer = Result<Insertion, StoreError>;

/// What was found of one order inside the transaction of its batch.
#[derive(Debug)]
pub enum Decision {
    /// All of it was written; it stands once the batch is committed.
    Written,
    /// The cart was closed before, or a unique constraint spoke: an order of this intent was there first, perhaps one
    /// of the same batch.
    Decided,
    /// The cart can not become this order. Nothing of it was written.
    Refused(Refusal),
    /// The order is trouble of its own kind. Nothing of it was written.
    Failed(StoreError),
}

impl Decision {
    /// Whether the answer is an order that is to be read.
    #[must_use]
    pub fn is_an_order(&self) -> bool {
        matches!(self, Self::Written | Self::Decided)
    }

    /// What `order` is told after the transaction ended as it was asked to, of the orders that `stand` now. Only what
    /// was read is acknowledged.
    pub fn known(self, order: &NewOrder, stand: &[Order]) -> Answer {
        match self {
            Self::Written => of_written(order, stand),
            Self::Decided => Ok(of_decided(order, stand)),
            Self::Refused(refusal) => Ok(Insertion::Refused(refusal)),
            Self::Failed(error) => Err(error),
        }
    }

    /// What is told when nobody knows, by `error`, whether the commit took hold, or what stands after it.
    ///
    /// What was rolled back to its savepoint was certainly not done, but some reasons for that came from the
    /// neighbours: a product that they took may be there again, and a cart that they closed may be open. What was found
    /// of the cart and its prices alone is a fact in any case: they were locked, and nobody in the batch changes them.
    pub fn unknown(self, error: &StoreError) -> Answer {
        match self {
            Self::Written | Self::Decided => Err(StoreError {
                kind: match error.kind {
                    StoreErrorKind::NotDone | StoreErrorKind::Unknown => StoreErrorKind::Unknown,
                    StoreErrorKind::Corrupt => StoreErrorKind::Corrupt,
                },
                ..error.clone()
            }),
            Self::Refused(Refusal::OutOfStock(_)) => Err(StoreError {
                kind: StoreErrorKind::NotDone,
                ..error.clone()
            }),
            Self::Refused(refusal @ Refusal::CartChanged(_)) => Ok(Insertion::Refused(refusal)),
            Self::Failed(error) => Err(error),
        }
    }
}

/// A transaction failed as a whole before its commit: nothing of its orders was done.
#[derive(Debug)]
pub struct Trouble {
    /// What went wrong.
    pub error: StoreError,
    /// What can be done about it.
    pub remedy: Remedy,
}

/// What helps after a transaction failed as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The same again: two transactions met, or the connection was lost.
    Again,
    /// Each order in a transaction of its own: one of them may be the trouble of all.
    Apart,
    /// Nothing now: there is no connection, or no time.
    Nothing,
}

/// An adapter's transaction.
#[async_trait]
pub trait WriteTogether: Sync {
    /// Writes the orders in one transaction, each under a savepoint of its own, and answers each in the order asked.
    async fn write_together(&self, orders: &[NewOrder], budget: Budget) -> Result<Vec<Answer>, Trouble>;
}

/// [`OrderStore::insert_once`](crate::ports::OrderStore::insert_once) of an adapter: the whole batch in one
/// transaction; where that fails for something that may be one order's doing, each in a transaction of its own. All of
/// it takes no longer than `attempt`, and runs to its end though the caller goes away.
pub async fn insert_batch(
    store: impl WriteTogether + Send + 'static,
    orders: Vec<NewOrder>,
    attempt: Duration,
) -> Vec<Answer> {
    let (count, budget) = (orders.len(), Budget::starting_now(attempt));
    let work = async move { Ok(insert(&store, &orders, budget).await) };
    let written = run_to_end(INSERT, work).await;
    written.unwrap_or_else(|broken| vec![Err(broken); count])
}

async fn insert(store: &impl WriteTogether, orders: &[NewOrder], budget: Budget) -> Vec<Answer> {
    match patiently(store, orders, budget).await {
        Ok(answers) => answers,
        Err(trouble) if trouble.remedy == Remedy::Apart && orders.len() > 1 => {
            note(&trouble.error, orders.len());
            apart(store, orders, budget).await
        }
        Err(trouble) => vec![Err(trouble.error); orders.len()],
    }
}

fn note(error: &StoreError, orders: usize) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(error, orders, "a batch failed; its orders are written apart");
}

async fn patiently(store: &impl WriteTogether, orders: &[NewOrder], budget: Budget) -> Result<Vec<Answer>, Trouble> {
    let passes = |trouble: &Trouble| trouble.remedy == Remedy::Again;
    budget.retrying(passes, || store.write_together(orders, budget)).await
}

/// Each order gets a fair part of the time that is left, so that those who wait in vain leave enough for the others.
async fn apart(store: &impl WriteTogether, orders: &[NewOrder], budget: Budget) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(orders.len());
    for (index, order) in orders.iter().enumerate() {
        let share = budget.share(orders.len() - index);
        answers.push(match patiently(store, slice::from_ref(order), share).await {
            Ok(mut alone) => alone.pop().unwrap_or_else(|| Err(not_there(order))),
            Err(trouble) => Err(trouble.error),
        });
    }
    answers
}

fn of_written(order: &NewOrder, stand: &[Order]) -> Answer {
    let mine = stand.iter().find(|stands| is_this(order, stands));
    mine.cloned().map(Insertion::Placed).ok_or_else(|| not_there(order))
}

/// The order of the same token, or else of the same cart. None: the cart was no cart of this shopper's, or void.
fn of_decided(order: &NewOrder, stand: &[Order]) -> Insertion {
    let of_shopper = || stand.iter().filter(|stands| stands.shopper == order.shopper);
    let of_token = of_shopper().find(|stands| stands.token == order.token);
    match of_token.or_else(|| of_shopper().find(|stands| stands.cart == order.cart)) {
        Some(stands) if is_this(order, stands) => Insertion::Placed(stands.clone()),
        Some(stands) => Insertion::Replayed(stands.clone()),
        None => Insertion::Refused(Refusal::CartChanged(None)),
    }
}

fn is_this(order: &NewOrder, stands: &Order) -> bool {
    (stands.id, stands.shopper) == (order.id, order.shopper)
}

fn not_there(order: &NewOrder) -> StoreError {
    let missing = format!("the order {} is not there after its commit", order.id);
    StoreError::new("read order back", StoreErrorKind::Unknown, missing)
}

#[cfg(all(test, feature = "testing"))]
mod tests;
