//! Connections: one that writes, a few that read.

use std::time::Duration;

use checkout::settings::Timeouts;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{Sqlite, Transaction};

use crate::fault::Fault;

/// How many times a write is tried when another process writes too.
const TRIES: u32 = 3;

/// How many connections read at once; they wait for nobody, so a few serve many.
const READERS: u32 = 4;

/// SQLite lets one connection write at a time, so this process has one: its writes queue here, where waiting costs
/// nothing, and not at the file's lock.
#[derive(Clone)]
pub(crate) struct Pools {
    writer: SqlitePool,
    pub(crate) readers: SqlitePool,
}

impl Pools {
    /// Connects both pools to the file of `options`.
    pub(crate) async fn connect(options: SqliteConnectOptions, timeouts: &Timeouts) -> Result<Self, sqlx::Error> {
        let options = options.busy_timeout(busy_timeout(timeouts));
        let pool = |connections: u32| {
            SqlitePoolOptions::new()
                .min_connections(1)
                .max_connections(connections)
                .acquire_timeout(timeouts.pool_acquire)
                // A file does not hang up: nothing is won by connecting again.
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
        };
        let writer = pool(1).connect_with(options.clone()).await?;
        let read_only = options.pragma("query_only", "ON");
        let readers = pool(READERS).connect_with(read_only).await?;
        Ok(Self { writer, readers })
    }

    /// Begins a write. Everything it reads stays true until it ends: nobody else writes meanwhile.
    ///
    /// Always `IMMEDIATE`: a transaction that begins by reading fails when it comes to write after someone else did, at
    /// once and whatever the busy time-out.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, Fault> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        // Last: whoever closes the file last empties its log into it.
        self.writer.close().await;
    }
}

/// All tries together wait no longer than one statement may take.
fn busy_timeout(timeouts: &Timeouts) -> Duration {
    timeouts.statement / TRIES
}

/// Commits; from here on a failure means that nobody knows.
pub(crate) async fn commit(write: Transaction<'static, Sqlite>) -> Result<(), Fault> {
    write.commit().await.map_err(Fault::Commit)
}

/// Runs `attempt`, again when another process was writing.
pub(crate) async fn retrying<T, F>(mut attempt: impl FnMut() -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>>,
{
    for number in 1..TRIES {
        match attempt().await {
            Err(fault) if fault.is_transient() => tracing::debug!(number, "the file is busy"),
            ended => return ended,
        }
    }
    attempt().await
}
