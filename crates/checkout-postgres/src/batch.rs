//! `insert_once`: one transaction for many orders, and what each of them is told.

use async_trait::async_trait;
use checkout::adapter::{Answer, Budget, Decision, Trouble, WriteTogether};
use checkout::fail_point::{FailPoint, fail_point};
use checkout::order::Order;
use checkout::ports::{NewOrder, StoreError, StoreErrorKind};
use sqlx::{PgConnection, Postgres, Transaction};

use crate::fault::Fault;
use crate::insert::decide;
use crate::locks::{lock_carts, lock_products, turns};
use crate::orders::read_standing;
use crate::pool::{Database, begin_impatient, commit};
use crate::stock::Taken;

/// How a transaction came to its end.
enum Ended {
    /// As it was asked to: it was committed if anything was written.
    Known(Vec<Decision>),
    /// The commit was sent, and nobody knows what became of it.
    Unknown(Vec<Decision>, StoreError),
}

#[async_trait]
impl WriteTogether for Database {
    async fn write_together(&self, orders: &[NewOrder], budget: Budget) -> Result<Vec<Answer>, Trouble> {
        let ended = transact(self, orders, budget).await;
        match ended.map_err(|fault| fault.trouble("insert order"))? {
            Ended::Known(decisions) => Ok(read_back(self, orders, decisions, budget).await),
            Ended::Unknown(decisions, error) => Ok(decisions.into_iter().map(|one| one.unknown(&error)).collect()),
        }
    }
}

/// One transaction on a connection that is closed rather than handed on when it was left in the middle.
async fn transact(db: &Database, orders: &[NewOrder], budget: Budget) -> Result<Ended, Fault> {
    let mut connection = db.acquire().await?;
    let ended = write(db, &mut connection, orders, budget).await;
    if matches!(ended, Err(Fault::OutOfTime) | Ok(Ended::Unknown(..))) {
        connection.close_on_drop();
    }
    ended
}

/// One transaction, from its beginning to its end.
async fn write(
    db: &Database,
    connection: &mut PgConnection,
    orders: &[NewOrder],
    budget: Budget,
) -> Result<Ended, Fault> {
    let filled = budget.before_commit(fill(db, connection, orders, budget)).await;
    let (write, decisions) = filled.ok_or(Fault::OutOfTime)??;
    if !decisions.iter().any(|one| matches!(one, Decision::Written)) {
        // Nothing was written, whether or not the server hears of this.
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
            Ok(Ended::Known(decisions))
        }
        Some(Err(fault @ Fault::Commit(_))) => Ok(Ended::Unknown(decisions, fault.of("commit orders"))),
        Some(Err(rolled_back)) => Err(rolled_back),
        None => Ok(Ended::Unknown(decisions, silent("commit orders"))),
    }
}

/// Everything between begin and commit.
async fn fill<'c>(
    db: &Database,
    connection: &'c mut PgConnection,
    orders: &[NewOrder],
    budget: Budget,
) -> Result<(Transaction<'c, Postgres>, Vec<Decision>), Fault> {
    let mut write = begin_impatient(connection, db.batch_waits(&budget)).await?;
    fail_point(FailPoint::TransactionBegun).await;
    let open = lock_carts(&mut write, orders).await?;
    lock_products(&mut write, &open).await?;
    let (mut decisions, mut taken) = (Vec::with_capacity(orders.len()), Taken::default());
    for turn in turns(orders) {
        let order = &orders[turn];
        let decision = if open.contains(&order.cart) {
            decide(&mut write, order, &mut taken).await?
        } else {
            Decision::Decided
        };
        decisions.push((turn, decision));
    }
    if !taken.is_empty() {
        taken.take(&mut write).await?;
        fail_point(FailPoint::StockTaken).await;
    }
    fail_point(FailPoint::BeforeCommit).await;
    decisions.sort_by_key(|(turn, _)| *turn);
    Ok((write, decisions.into_iter().map(|(_, decision)| decision).collect()))
}

/// The orders as they stand after the commit. Only this is acknowledged.
async fn read_back(db: &Database, orders: &[NewOrder], decisions: Vec<Decision>, budget: Budget) -> Vec<Answer> {
    let asked = orders.iter().zip(&decisions).filter(|(_, one)| one.is_an_order());
    let asked: Vec<_> = asked.map(|(order, _)| order).collect();
    let together = standing(db, &asked, budget).await;
    let one_is_wrong = asked.len() > 1 && matches!(&together, Err(error) if error.kind == StoreErrorKind::Corrupt);
    let mut answers = Vec::with_capacity(orders.len());
    for (order, decision) in orders.iter().zip(decisions) {
        let alone = if one_is_wrong && decision.is_an_order() {
            Some(standing(db, &[order], budget).await)
        } else {
            None
        };
        answers.push(match alone.as_ref().unwrap_or(&together) {
            Ok(stand) => decision.known(order, stand),
            Err(error) => decision.unknown(error),
        });
    }
    answers
}

/// What stands for these intents, if it can be told in time.
async fn standing(db: &Database, intents: &[&NewOrder], budget: Budget) -> Result<Vec<Order>, StoreError> {
    if intents.is_empty() {
        return Ok(vec![]);
    }
    let read = budget.to_the_end(read_standing(&db.pool, intents)).await;
    let read = read.unwrap_or_else(|| Err(Fault::OutOfTime));
    read.map_err(|fault| fault.of("read order back"))
}

fn silent(operation: &'static str) -> StoreError {
    StoreError::new(operation, StoreErrorKind::Unknown, "the server gave no answer in time")
}

#[cfg(test)]
mod tests {
    use checkout::settings::Timeouts;
    use checkout::testing::{Fixture, Shop};
    use sqlx::AssertSqlSafe;

    use super::*;

    async fn new_database() -> Database {
        let server = std::env::var("TEST_POSTGRES_URL").unwrap_or_else(|_| {
            panic!("this test needs a PostgreSQL: run `make test`, or `scripts/with-services --postgres -- cargo test`")
        });
        let name = format!("once_{}", Fixture::new_uuid().simple());
        let mut connection = <PgConnection as sqlx::Connection>::connect(&server)
            .await
            .expect("connected");
        let create = format!("CREATE DATABASE {name}");
        let created = sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut connection).await;
        created.expect("created");
        let (server, _) = server.rsplit_once('/').expect("the address ends with a database");
        let shop = crate::open(&format!("{server}/{name}"), &Timeouts::default()).await;
        shop.expect("a shop opens").db
    }

    fn shop(db: &Database) -> Shop {
        let db = || db.clone();
        Shop {
            products: std::sync::Arc::new(crate::PostgresProducts { db: db() }),
            carts: std::sync::Arc::new(crate::PostgresCarts { db: db() }),
            orders: std::sync::Arc::new(crate::PostgresOrders { db: db() }),
            accounts: std::sync::Arc::new(crate::PostgresAccounts { db: db() }),
        }
    }

    /// PostgreSQL keeps to the plan of a prepared statement until statistics are gathered, however the table grows.
    #[tokio::test]
    async fn a_plan_that_was_made_while_the_tables_were_empty_reads_none_of_them_from_end_to_end() {
        let db = new_database().await;
        let mut connection = db.acquire().await.expect("a connection");
        let statement = "PREPARE standing (uuid[]) AS SELECT o.id FROM orders o JOIN carts c ON c.id = o.cart_id
                WHERE o.order_token = ANY($1) OR o.cart_id = ANY($1)";
        let prepared = sqlx::raw_sql(statement).execute(&mut *connection).await;
        prepared.expect("prepared");
        let plan = sqlx::query_scalar("EXPLAIN EXECUTE standing ('{}')");
        let plan: Vec<String> = plan.fetch_all(&mut *connection).await.expect("a plan");
        let plan = plan.join("\n");
        assert!(
            plan.contains("orders_cart_id_key") && !plan.contains("Seq Scan"),
            "{plan}"
        );
    }

    /// To a commit after a failed statement the server answers that it rolled back, and the driver says that all is well.
    #[tokio::test]
    async fn db_05_after_a_swallowed_error_nothing_is_acknowledged() {
        let db = new_database().await;
        let fixture = Fixture::new(shop(&db));
        let cart = fixture.cart_of(&fixture.product(5).await, 1).await;
        let orders = [fixture.order_of(&cart)];
        let budget = Budget::starting_now(db.timeouts.attempt);
        let mut connection = db.acquire().await.expect("a connection");
        let filled = fill(&db, &mut connection, &orders, budget).await;
        let (mut write, decisions) = filled.expect("all of it was written");
        let swallowed = sqlx::raw_sql("SELECT 1 / 0").execute(&mut *write).await;
        assert!(swallowed.is_err() && matches!(decisions[..], [Decision::Written]));
        commit(write).await.expect("that is the trap");
        let answers = read_back(&db, &orders, decisions, budget).await;
        let kind = answers[0].as_ref().expect_err("nothing was committed").kind;
        assert_eq!(kind, StoreErrorKind::Unknown);
    }
}
