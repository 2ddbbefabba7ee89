//! Connections: one that writes, a few that read.

use std::time::Duration;

use checkout::adapter::Budget;
use checkout::group_commit::Writers;
use checkout::settings::Timeouts;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{Connection as _, Sqlite, SqliteConnection, Transaction};

use crate::fault::Fault;
use crate::file::OpenFile;

/// How many connections read at once; they wait for nobody, so a few serve many.
const READERS: u32 = 4;

/// How long the log may become before someone is told. It begins anew by itself, at about a sixteenth of this, unless a
/// reader never ends or the disk can not keep up.
pub(crate) const LONGEST_LOG_BYTES: u64 = 64 << 20;

/// How the file wants to be written to: one transaction at a time, and many orders in each.
#[must_use]
pub fn writers(timeouts: &Timeouts) -> Writers {
    Writers {
        lanes: 1,
        batch: 64,
        queue: 1024,
        patience: timeouts.pool_acquire,
    }
}

/// SQLite lets one connection write at a time, so this process has one: its writes queue here, where waiting costs
/// nothing, and not at the file's lock.
#[derive(Clone)]
pub(crate) struct Pools {
    writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    pub(crate) file: OpenFile,
    pub(crate) timeouts: Timeouts,
}

impl Pools {
    /// Connects both pools to the file of `options`.
    pub(crate) async fn connect(options: SqliteConnectOptions, timeouts: &Timeouts) -> Result<Self, sqlx::Error> {
        let path = options.get_filename().to_owned();
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
                .before_acquire(|connection, _| Box::pin(std::future::ready(Ok(is_outside_a_transaction(connection)))))
        };
        let writer = pool(1).connect_with(options.clone()).await?;
        let read_only = options.pragma("query_only", "ON");
        let readers = pool(READERS).connect_with(read_only).await?;
        Ok(Self {
            file: OpenFile::of(&readers, path).await?,
            writer,
            readers,
            timeouts: *timeouts,
        })
    }

    /// The connection that writes; or, when it is not free in time, the certainty that nothing was done.
    pub(crate) async fn writer(&self) -> Result<PoolConnection<Sqlite>, Fault> {
        self.file.check()?;
        self.writer.acquire().await.map_err(Fault::NoConnection)
    }

    /// Begins a write that holds the connection until it ends.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, Fault> {
        self.file.check()?;
        Ok(self.writer.begin_with(BEGIN).await?)
    }

    /// Runs `attempt`, again while another process is writing and there is time.
    pub(crate) async fn retrying<T, F>(&self, attempt: impl FnMut() -> F) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let budget = Budget::starting_now(self.timeouts.attempt);
        budget.retrying(Fault::is_transient, attempt).await
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        // Last: whoever closes the file last empties its log into it.
        self.writer.close().await;
    }
}

/// Always `IMMEDIATE`: a transaction that begins by reading fails when it comes to write after someone else did, at once
/// and whatever the busy time-out. And everything it reads stays true until it ends: nobody else writes meanwhile.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// Begins a write on this connection.
pub(crate) async fn begin(connection: &mut SqliteConnection) -> Result<Transaction<'_, Sqlite>, Fault> {
    Ok(connection.begin_with(BEGIN).await?)
}

/// Commits; from here on a failure means that nobody knows.
pub(crate) async fn commit(write: Transaction<'_, Sqlite>) -> Result<(), Fault> {
    write.commit().await.map_err(Fault::Commit)
}

/// Whether a connection can be handed on; the others are replaced.
///
/// When the disk fails, SQLite rolls back by itself. The `ROLLBACK` that follows is then an error, after which sqlx
/// counts the connection as inside a transaction for ever, and no write could begin on it any more.
fn is_outside_a_transaction(connection: &SqliteConnection) -> bool {
    !connection.is_in_transaction()
}

/// One wait for another process's write. Several fit into the time of one write.
fn busy_timeout(timeouts: &Timeouts) -> Duration {
    timeouts.statement / 4
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sqlx::ConnectOptions as _;

    use super::*;
    use crate::test_file::TestFile;

    /// A transaction that had only read so far would let another one write, and then fail when it came to write itself.
    #[tokio::test]
    async fn db_18_a_write_has_the_lock_before_it_reads() {
        let file = TestFile::new();
        let shop = crate::open(&file.url(), &Timeouts::default())
            .await
            .expect("a shop opens");
        let other: SqliteConnectOptions = file.url().parse().expect("an address");
        let mut other = other.busy_timeout(Duration::ZERO).connect().await.expect("connected");
        let mut taken = async || other.begin_with("BEGIN IMMEDIATE").await.map(drop).map_err(Fault::from);

        let write = shop.pools.write().await.expect("begun");
        assert!(taken().await.expect_err("the lock is taken").is_transient());
        write.rollback().await.expect("rolled back");
        let mut connection = shop.pools.writer().await.expect("a connection");
        let write = begin(&mut connection).await.expect("begun");
        assert!(taken().await.expect_err("the lock is taken").is_transient());
        write.rollback().await.expect("rolled back");
        taken().await.expect("the lock is free");
    }
}
