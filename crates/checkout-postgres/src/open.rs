//! Opening a shop: the connection, the server's settings, the migrations.
//!
//! What is only asked of a database, or only migrated, begins in the same way.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use checkout::ports::{AccountStore, CartStore, OrderStore, OutboxStore, ProductStore, StoreError};
use checkout::schema::{Examined, SchemaError, Standing};
use checkout::settings::Timeouts;
use checkout::time::Timestamp;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

use crate::fault::Fault;
use crate::migrations::{self, MIGRATIONS};
use crate::pool::Database;
use crate::{PostgresAccounts, PostgresCarts, PostgresOrders, PostgresOutbox, PostgresProducts};

/// How long a start waits for the server to answer at all.
const FIRST_ANSWER: Duration = Duration::from_secs(10);

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
    /// This release can not run on this database.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The user of the shop does not own its tables, as it should be, and a migration is missing.
    #[error(
        "this user may not migrate the database; run `once migrate` with the owner's DATABASE_URL, then start again"
    )]
    NotTheOwner(#[source] MigrateError),
    /// A migration asks for what is not so.
    #[error(
        "the database holds rows that a migration wants to be unique: {rows}; nothing was changed or deleted: decide which of them stays, then start again"
    )]
    Duplicates {
        /// As PostgreSQL names them.
        rows: String,
        /// Why.
        source: MigrateError,
    },
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
    let (options, mut connection) = connect(url).await?;
    migrations::migrate(&mut connection, &MIGRATIONS).await?;
    // Its answer is of no interest: the server drops the connection in any case.
    let _ = connection.close().await;
    let place = place(&options);
    let db = Database::connect(options, timeouts).await;
    let db = db.map_err(|source| not_connected(place, source))?;
    Ok(PostgresShop {
        products: Arc::new(PostgresProducts { db: db.clone() }),
        carts: Arc::new(PostgresCarts { db: db.clone() }),
        orders: Arc::new(PostgresOrders { db: db.clone() }),
        accounts: Arc::new(PostgresAccounts { db: db.clone() }),
        outbox: Arc::new(PostgresOutbox { db: db.clone() }),
        db,
    })
}

/// Brings the database to this release's schema, and no more. Tells how far it was.
pub async fn migrate(url: &str) -> Result<Standing, OpenError> {
    let (_, mut connection) = connect(url).await?;
    migrations::migrate(&mut connection, &MIGRATIONS).await
}

/// Asks the database what it is, and changes nothing.
pub async fn examine(url: &str) -> Result<Examined, OpenError> {
    let (options, mut connection) = connect(url).await?;
    let asked = sqlx::query!(
        r#"SELECT current_setting('server_version') AS "version!",
               (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS "unix_ms!""#
    );
    let failed = |source| not_connected(place(&options), source);
    let told = asked.fetch_one(&mut connection).await.map_err(failed)?;
    Ok(Examined {
        server: format!("PostgreSQL {} at {}", told.version, place(&options)),
        durability: "fsync, full_page_writes and synchronous_commit are on",
        standing: migrations::standing(&mut connection, &MIGRATIONS).await?,
        clock: u64::try_from(told.unix_ms).ok().map(Timestamp::from_unix_ms),
    })
}

/// A first connection, to a server that forgets nothing.
async fn connect(url: &str) -> Result<(PgConnectOptions, PgConnection), OpenError> {
    let options = PgConnectOptions::from_str(url).map_err(OpenError::Address)?;
    let first = tokio::time::timeout(FIRST_ANSWER, options.connect()).await;
    let silent = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    let connected = first.map_err(silent).and_then(|connected| connected);
    let mut connection = connected.map_err(|source| not_connected(place(&options), source))?;
    check_settings(&mut connection).await?;
    Ok((options, connection))
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
