//! `insert_once`: one transaction for many orders, and what each of them is told.

use async_trait::async_trait;
use checkout::adapter::{Answer, Budget, Decision, Trouble, WriteTogether};
use checkout::fail_point::{FailPoint, fail_point};
use checkout::order::Order;
use checkout::ports::{NewOrder, StoreError, StoreErrorKind};
use sqlx::{Sqlite, SqliteConnection, Transaction};

use crate::fault::Fault;
use crate::file::OpenFile;
use crate::insert::decide;
use crate::orders::read_standing;
use crate::pools::{Pools, begin, commit};

/// How a transaction came to its end.
enum Ended {
    /// As it was asked to: it was committed if anything was written.
    Known(Vec<Decision>),
    /// The commit was sent, and nobody knows whether a restart would find it.
    Unknown(Vec<Decision>, StoreError),
}

#[async_trait]
impl WriteTogether for Pools {
    async fn write_together(&self, orders: &[NewOrder], budget: Budget) -> Result<Vec<Answer>, Trouble> {
        let ended = transact(self, orders, budget).await;
        match ended.map_err(|fault| fault.trouble("insert order"))? {
            Ended::Known(decisions) => Ok(read_back(self, orders, decisions, budget).await),
            Ended::Unknown(decisions, error) => Ok(decisions.into_iter().map(|one| one.unknown(&error)).collect()),
        }
    }
}

async fn transact(pools: &Pools, orders: &[NewOrder], budget: Budget) -> Result<Ended, Fault> {
    let mut connection = pools.writer().await?;
    write(&pools.file, &mut connection, orders, budget).await
}

/// One transaction, from its beginning to its end. The connection's own thread rolls back what is dropped here.
async fn write(
    file: &OpenFile,
    connection: &mut SqliteConnection,
    orders: &[NewOrder],
    budget: Budget,
) -> Result<Ended, Fault> {
    let filled = budget.before_commit(fill(connection, orders)).await;
    let (write, decisions) = filled.ok_or(Fault::OutOfTime)??;
    if !decisions.iter().any(|one| matches!(one, Decision::Written)) {
        // Nothing was written, however that ends.
        let _ = budget.to_the_end(write.rollback()).await;
        return Ok(Ended::Known(decisions));
    }
    // A process that stood still meanwhile comes here too late.
    if budget.left().is_zero() {
        return Err(Fault::OutOfTime);
    }
    match budget.to_the_end(commit(write)).await {
        Some(Ok(())) => {
            fail_point(FailPoint::AfterCommit).await;
            Ok(match file.check_commit() {
                Ok(()) => Ended::Known(decisions),
                Err(lost) => Ended::Unknown(decisions, Fault::from(lost).of("commit orders")),
            })
        }
        Some(Err(fault)) => Ok(Ended::Unknown(decisions, fault.of("commit orders"))),
        None => Ok(Ended::Unknown(decisions, silent("commit orders"))),
    }
}

/// Everything between begin and commit.
async fn fill<'c>(
    connection: &'c mut SqliteConnection,
    orders: &[NewOrder],
) -> Result<(Transaction<'c, Sqlite>, Vec<Decision>), Fault> {
    let mut write = begin(connection).await?;
    fail_point(FailPoint::TransactionBegun).await;
    let mut decisions = Vec::with_capacity(orders.len());
    for order in orders {
        decisions.push(decide(&mut write, order).await?);
    }
    fail_point(FailPoint::BeforeCommit).await;
    Ok((write, decisions))
}

/// The orders as they stand after the commit. Only this is acknowledged.
///
/// One by one: to a file in this process, many small reads cost what a large one does.
async fn read_back(pools: &Pools, orders: &[NewOrder], decisions: Vec<Decision>, budget: Budget) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(orders.len());
    for (order, decision) in orders.iter().zip(decisions) {
        let stands = if decision.is_an_order() {
            standing(pools, order, budget).await
        } else {
            Ok(None)
        };
        answers.push(match stands {
            Ok(stands) => decision.known(order, stands.as_slice()),
            Err(error) => decision.unknown(&error),
        });
    }
    answers
}

/// What stands for this intent, if it can be told in time.
async fn standing(pools: &Pools, order: &NewOrder, budget: Budget) -> Result<Option<Order>, StoreError> {
    let read = budget.to_the_end(read_standing(&pools.readers, order)).await;
    let read = read.unwrap_or_else(|| Err(Fault::OutOfTime));
    read.map_err(|fault| fault.of("read order back"))
}

fn silent(operation: &'static str) -> StoreError {
    StoreError::new(operation, StoreErrorKind::Unknown, "the disk gave no answer in time")
}
