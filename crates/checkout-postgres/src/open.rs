//! Opening a shop: the connection, the server's settings, the migrations.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use checkout::ports::{
    AccountStore, CartStore, LedgerStore, OrderDesk, OrderStore, OutboxStore, ProductStore, StoreError,
};
use checkout::settings::Timeouts;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

use crate::fault::Fault;
use crate::pool::Database;
use crate::{
    PostgresAccounts, PostgresCarts, PostgresDesk, PostgresLedger, PostgresOrders, PostgresOutbox, PostgresProducts,
};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How long a start waits for the server to answer at all.
const FIRST_ANSWER: Duration = Duration::from_secs(10);

/// How long a start waits for another one that is just migrating.
const OTHERS_MIGRATE: &str = "30s";

/// Why a shop can not be opened. The text tells a person what to do, and holds no password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is none of PostgreSQL.
    #[error("DATABASE_URL is no address of PostgreSQL; write it as postgres://user@host:5432/database")]
    Address(#[source] sqlx::Error),
    /// Nobody answers there.
    #[error("PostgreSQL can not be reached at {place}; start it, or unset DATABASE_URL to use the built-in database")]
    Unreachable {
        /// Host and port, or socket.
        place: String,
        /// Why.
        source: sqlx::Error,
    },
    /// The server is there and does not let us in.
    #[error("PostgreSQL at {place} refuses; check the user, the password and the database's name in DATABASE_URL")]
    Refused {
        /// Host and port, or socket.
        place: String,
        /// Why.
        source: sqlx::Error,
    },
    /// The database has migrations that this release does not know.
    #[error("this database was made by a newer Once; run that one, or point DATABASE_URL elsewhere")]
    NewerRelease,
    /// A migration is not what it was when this database ran it.
    #[error("migration {0:04} was edited after this database ran it; restore it, or start with a new database")]
    EditedMigration(i64),
    /// A migration failed.
    #[error("the database could not be migrated; the cause says why")]
    Migration(#[source] MigrateError),
    /// With this setting, acknowledged orders can be lost.
    #[error("PostgreSQL would lose orders: {0} is off; switch it on")]
    Unsafe(&'static str),
}

/// An open shop.
#[derive(Clone)]
pub struct PostgresShop {
    /// Products and stock.
    pub products: Arc<dyn ProductStore>,
    /// Carts.
    pub carts: Arc<dyn CartStore>,
    /// Orders.
    pub orders: Arc<dyn OrderStore>,
    /// Accounts.
    pub accounts: Arc<dyn AccountStore>,
    /// What is to be told of orders.
    pub outbox: Arc<dyn OutboxStore>,
    /// The orders of all shoppers.
    pub desk: Arc<dyn OrderDesk>,
    /// The prevented duplicates.
    pub ledger: Arc<dyn LedgerStore>,
    pub(crate) db: Database,
}

impl PostgresShop {
    /// Whether the database can be read.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let asked = sqlx::query_scalar!("SELECT COUNT(*) FROM products WHERE slug = ''")
            .fetch_one(&self.db.pool)
            .await;
        asked.map(drop).map_err(|error| Fault::from(error).of("ping"))
    }

    /// Waits for what runs and closes the connections.
    pub async fn close(&self) {
        self.db.pool.close().await;
    }
}

/// Opens the shop in the database of `url`, migrating it where needed. Several servers may do so at once.
pub async fn open(url: &str, timeouts: &Timeouts) -> Result<PostgresShop, OpenError> {
    let options = PgConnectOptions::from_str(url).map_err(OpenError::Address)?;
    let place = place(&options);
    let first = tokio::time::timeout(FIRST_ANSWER, options.connect()).await;
    let silent = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    let connected = first.map_err(silent).and_then(|connected| connected);
    let mut connection = connected.map_err(|source| not_connected(place.clone(), source))?;
    check_settings(&mut connection).await?;
    migrate(&mut connection).await?;
    // Its answer is of no interest: the server drops the connection in any case.
    let _ = connection.close().await;
    let db = Database::connect(options, timeouts).await;
    let db = db.map_err(|source| not_connected(place, source))?;
    Ok(PostgresShop {
        products: Arc::new(PostgresProducts { db: db.clone() }),
        carts: Arc::new(PostgresCarts { db: db.clone() }),
        orders: Arc::new(PostgresOrders { db: db.clone() }),
        accounts: Arc::new(PostgresAccounts { db: db.clone() }),
        outbox: Arc::new(PostgresOutbox { db: db.clone() }),
        desk: Arc::new(PostgresDesk { db: db.clone() }),
        ledger: Arc::new(PostgresLedger { db: db.clone() }),
        db,
    })
}

/// Where the server is to be found, without user and password.
fn place(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

fn not_connected(place: String, source: sqlx::Error) -> OpenError {
    match source {
        source @ sqlx::Error::Database(_) => OpenError::Refused { place, source },
        source => OpenError::Unreachable { place, source },
    }
}

/// Refuses a server that acknowledges a commit before it is on the disk.
async fn check_settings(connection: &mut PgConnection) -> Result<(), OpenError> {
    let asked = sqlx::query!(
        r#"SELECT current_setting('synchronous_commit') = 'off' AS "forgetful!", current_setting('fsync') = 'off' AS "unsynced!",
               current_setting('full_page_writes') = 'off' AS "torn!""#
    );
    let failed = |error: sqlx::Error| OpenError::Migration(error.into());
    let off = asked.fetch_one(connection).await.map_err(failed)?;
    let settings = [
        (off.forgetful, "synchronous_commit"),
        (off.unsynced, "fsync"),
        (off.torn, "full_page_writes"),
    ];
    match settings.into_iter().find(|(is_off, _)| *is_off) {
        Some((_, setting)) => Err(OpenError::Unsafe(setting)),
        None => Ok(()),
    }
}

/// Brings the database to this release's schema, under a lock that other servers wait for.
///
/// On a connection of its own: a migration may take longer than a statement of the shop.
async fn migrate(connection: &mut PgConnection) -> Result<(), OpenError> {
    let patient = sqlx::query!("SELECT set_config('lock_timeout', $1, false)", OTHERS_MIGRATE);
    let failed = |error: sqlx::Error| OpenError::Migration(error.into());
    patient.fetch_one(&mut *connection).await.map_err(failed)?;
    // `Migrator::run` would make this future impossible to spawn: its bound on the connection names one lifetime.
    let ran = MIGRATIONS.run_direct(None, connection, false).await;
    ran.map_err(|error| match error {
        MigrateError::VersionMissing(_) => OpenError::NewerRelease,
        MigrateError::VersionMismatch(version) => OpenError::EditedMigration(version),
        other => OpenError::Migration(other),
    })
}
