//! Connections that are never handed on inside someone's transaction.

use std::time::Duration;

use checkout::adapter::Budget;
use checkout::group_commit::Writers;
use checkout::settings::Timeouts;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool, Postgres, Transaction};

use crate::fault::Fault;

/// How many connections one server uses. More do not sell faster: orders of one product wait for its row.
const CONNECTIONS: u32 = 10;

/// How many batches of orders are written at once. More than one, so that a commit that waits for the disk holds up
/// nobody who buys other products; no more than leave connections for those who fill carts and read.
const LANES: usize = 4;

/// The server remembers so many savepoints of a transaction where everyone can see them cheaply.
const BATCH: usize = 64;

/// Longer than this queue, nobody is served before they are out of patience.
const QUEUE: usize = 1024;

/// How the database wants to be written to.
#[must_use]
pub fn writers(timeouts: &Timeouts) -> Writers {
    Writers {
        lanes: LANES,
        batch: BATCH,
        queue: QUEUE,
        patience: timeouts.pool_acquire,
    }
}

/// The connections of one shop, and how long they may take for what.
#[derive(Clone)]
pub(crate) struct Database {
    pub(crate) pool: PgPool,
    pub(crate) timeouts: Timeouts,
}

impl Database {
    /// Connects to the database of `options`.
    pub(crate) async fn connect(options: PgConnectOptions, timeouts: &Timeouts) -> Result<Self, sqlx::Error> {
        let pool = healing(timeouts)
            .min_connections(1)
            .max_connections(CONNECTIONS)
            .connect_with(options);
        Ok(Self {
            pool: pool.await?,
            timeouts: *timeouts,
        })
    }

    /// A connection; or, when none is free in time, the certainty that nothing was done.
    pub(crate) async fn acquire(&self) -> Result<PoolConnection<Postgres>, Fault> {
        self.pool.acquire().await.map_err(Fault::NoConnection)
    }

    /// Begins a write, whatever isolation the server defaults to: the statements of this crate are made for this one.
    ///
    /// Only in a task that nobody cancels.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Postgres>, Fault> {
        Ok(self
            .pool
            .begin_with("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
            .await?)
    }

    /// Runs `attempt`, again while the server rolls it back because of another transaction and there is time.
    pub(crate) async fn retrying<T, F>(&self, attempt: impl FnMut() -> F) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let budget = Budget::starting_now(self.timeouts.attempt);
        budget.retrying(Fault::is_transient, attempt).await
    }

    /// The longest that a batch waits for a row that someone else has. Short, because everyone in the batch waits with
    /// it.
    pub(crate) fn batch_waits(&self, budget: &Budget) -> Duration {
        (self.timeouts.statement / 4).min(budget.left() / 2)
    }
}

/// Begins a write on this connection that waits no longer than this for a row that someone else has.
pub(crate) async fn begin_impatient(
    connection: &mut PgConnection,
    wait: Duration,
) -> Result<Transaction<'_, Postgres>, Fault> {
    // Zero would be for ever.
    let ms = wait.as_millis().max(1);
    let begin = format!("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = {ms}");
    Ok(connection.begin_with(AssertSqlSafe(begin)).await?)
}

/// A pool that limits every connection, and hands it on only outside a transaction.
fn healing(timeouts: &Timeouts) -> PgPoolOptions {
    let limits = Limits::of(timeouts);
    PgPoolOptions::new()
        .acquire_timeout(timeouts.pool_acquire)
        // `before_acquire` asks the server something in any case.
        .test_before_acquire(false)
        .after_connect(move |connection, _| Box::pin(limits.set(connection)))
        .before_acquire(|connection, _| Box::pin(end_foreign_transaction(connection)))
}

/// When the server gives up: it waits for ever unless told. And that it forgets nothing, though someone may have switched
/// that off since the start.
#[derive(Clone, Copy)]
struct Limits {
    statement: Duration,
    lock: Duration,
    idle_in_transaction: Duration,
}

impl Limits {
    fn of(timeouts: &Timeouts) -> Self {
        Self {
            statement: timeouts.statement,
            // Shorter than the statement, so that the log tells waiting from working.
            lock: timeouts.statement * 3 / 4,
            idle_in_transaction: timeouts.attempt,
        }
    }

    /// Also has every statement go by an index, as all that matter can. Otherwise a shop that has just opened plans to read
    /// its tables from end to end, for they are empty, and keeps to those plans until statistics are gathered: a minute, in
    /// which thousands may order. So a statement needs one plan, whatever it asks for, and is not planned again each time; and
    /// it is short, so that compiling it takes longer than running it.
    async fn set(self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let ms = |limit: Duration| limit.as_millis().to_string();
        sqlx::query!(
            "SELECT set_config('statement_timeout', $1, false) AS statement, set_config('lock_timeout', $2, false) AS lock,
                 set_config('idle_in_transaction_session_timeout', $3, false) AS idle,
                 set_config('enable_seqscan', 'off', false) AS by_index, set_config('jit', 'off', false) AS uncompiled,
                 set_config('plan_cache_mode', 'force_generic_plan', false) AS planned_once,
                 set_config('synchronous_commit', CASE synchronous WHEN 'off' THEN 'on' ELSE synchronous END, false) AS durable
             FROM current_setting('synchronous_commit') AS synchronous",
            ms(self.statement),
            ms(self.lock),
            ms(self.idle_in_transaction)
        )
        .fetch_one(connection)
        .await?;
        Ok(())
    }
}

/// Ends what a cancelled caller may have left open; `false` when the connection is of no use any more.
///
/// Without it, a `begin` that was dropped while it was sent leaves a transaction that nobody knows of: the next user's
/// writes are acknowledged and never committed. `BEGIN` stands in front because a `ROLLBACK` without a transaction makes
/// the server log a warning each time.
async fn end_foreign_transaction(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    // Not checked while building: the macros take one statement.
    match sqlx::raw_sql("BEGIN; ROLLBACK").execute(connection).await {
        Ok(_) => Ok(true),
        Err(error) => {
            tracing::info!(%error, "a pooled connection is replaced");
            Ok(false)
        }
    }
}

/// Commits; from here on a failure usually means that nobody knows.
pub(crate) async fn commit(write: Transaction<'_, Postgres>) -> Result<(), Fault> {
    write.commit().await.map_err(Fault::of_commit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_transaction_that_was_left_open_is_not_handed_on() {
        let url = std::env::var("TEST_POSTGRES_URL").unwrap_or_else(|_| {
            panic!("this test needs a PostgreSQL: run `make test`, or `scripts/with-services --postgres -- cargo test`")
        });
        // One connection, so that the second caller gets the first one's.
        let pool = healing(&Timeouts::default()).max_connections(1).connect(&url);
        let pool = pool.await.expect("connected");
        let mut first = pool.acquire().await.expect("a connection");
        let left = "BEGIN; CREATE TEMPORARY TABLE left_open (id int)";
        sqlx::raw_sql(left).execute(&mut *first).await.expect("begun");
        let backend: i32 = pid(&mut first).await;
        drop(first);
        let mut second = pool.acquire().await.expect("a connection");
        assert_eq!(pid(&mut second).await, backend, "the test needs the same connection");
        let table: Option<String> = sqlx::query_scalar("SELECT to_regclass('left_open')::text")
            .fetch_one(&mut *second)
            .await
            .expect("read");
        assert_eq!(table, None, "the transaction still runs");
    }

    async fn pid(connection: &mut PgConnection) -> i32 {
        let asked = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(connection);
        asked.await.expect("read")
    }
}
