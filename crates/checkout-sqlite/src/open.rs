//! Opening a shop: the file, its settings, its migrations.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use checkout::adapter::Budget;
use checkout::ports::{AccountStore, CartStore, OrderStore, OutboxStore, ProductStore, StoreError};
use checkout::schema::{Examined, SchemaError, Standing};
use checkout::settings::Timeouts;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::fault::{Fault, is_busy};
use crate::migrations::{self, MIGRATIONS};
use crate::place::network;
use crate::pools::{LONGEST_LOG_BYTES, Pools};
use crate::{SqliteAccounts, SqliteCarts, SqliteOrders, SqliteOutbox, SqliteProducts};

/// How long a start waits for another process that is just migrating the file.
const OTHERS_MIGRATE: Duration = Duration::from_secs(30);

/// The first release of SQLite whose write-ahead log loses nothing when it starts anew under load.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// Why a shop can not be opened. The text tells a person what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is none of SQLite.
    #[error("DATABASE_URL is no address of an SQLite file; write it as sqlite:data/once.db")]
    Address(#[source] sqlx::Error),
    /// The file can not be opened for writing.
    #[error("the database file {} can not be opened; check that it is an SQLite database and can be written", path.display())]
    CannotOpen {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: sqlx::Error,
    },
    /// This release can not run on this database.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// A migration asks for what is not so.
    #[error(
        "the database holds rows that a migration wants to be unique; nothing was changed or deleted: decide which of them stays, then start again"
    )]
    Duplicates(#[source] MigrateError),
    /// A migration failed; the database is as it was before.
    #[error("the database could not be migrated and is as it was; the cause says why")]
    Migration(#[source] MigrateError),
    /// With this setting, acknowledged orders can be lost.
    #[error("the database would lose orders: {0}")]
    Unsafe(String),
}

/// An open shop.
#[derive(Clone)]
pub struct SqliteShop {
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
    pub(crate) pools: Pools,
}

impl SqliteShop {
    /// Whether the file is still in its place and can be read.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.pools.file.check().map_err(|gone| Fault::from(gone).of("ping"))?;
        let asked = sqlx::query_scalar!("SELECT COUNT(*) FROM products WHERE slug = ''")
            .fetch_one(&self.pools.readers)
            .await;
        asked.map(drop).map_err(|error| Fault::from(error).of("ping"))
    }

    /// Waits for what runs and closes the file.
    pub async fn close(&self) {
        self.pools.close().await;
    }
}

/// Opens the shop in the file of `url`, making and migrating it where needed. Several processes may do so at once.
pub async fn open(url: &str, timeouts: &Timeouts) -> Result<SqliteShop, OpenError> {
    let (options, mut connection) = first(url).await?;
    migrations::migrate(&mut connection, &MIGRATIONS).await?;
    let path = options.get_filename().to_owned();
    let cannot_open = |source| OpenError::CannotOpen {
        path: path.clone(),
        source,
    };
    let pools = Pools::connect(options, timeouts).await.map_err(cannot_open)?;
    connection.close().await.map_err(cannot_open)?;
    Ok(SqliteShop {
        products: Arc::new(SqliteProducts { pools: pools.clone() }),
        carts: Arc::new(SqliteCarts { pools: pools.clone() }),
        orders: Arc::new(SqliteOrders { pools: pools.clone() }),
        accounts: Arc::new(SqliteAccounts { pools: pools.clone() }),
        outbox: Arc::new(SqliteOutbox { pools: pools.clone() }),
        pools,
    })
}

/// Brings the file to this release's schema, making it where needed, and no more. Tells how far it was.
pub async fn migrate(url: &str) -> Result<Standing, OpenError> {
    let (_, mut connection) = first(url).await?;
    let standing = migrations::migrate(&mut connection, &MIGRATIONS).await;
    // Closed in good order, so that no log is left beside the file.
    let _ = connection.close().await;
    standing
}

/// Asks the file what it is, and makes none.
pub async fn examine(url: &str) -> Result<Examined, OpenError> {
    let options = options(url)?;
    let path = options.get_filename().to_owned();
    refuse_network(&path, network)?;
    if !path.exists() {
        let server = format!("SQLite; the first start makes {}", path.display());
        return Ok(examined(server, migrations::none()));
    }
    let connected = connect(&options.create_if_missing(false)).await;
    let server = format!("SQLite in {}", path.display());
    let mut connection = connected.map_err(|source| OpenError::CannotOpen { path, source })?;
    check_settings(&mut connection).await?;
    let standing = migrations::standing(&mut connection, &MIGRATIONS).await;
    let _ = connection.close().await;
    Ok(examined(server, standing?))
}

fn examined(server: String, standing: Standing) -> Examined {
    Examined {
        server,
        durability: "every commit is synced to the disk",
        standing,
        clock: None,
    }
}

/// A first connection, to a file that forgets nothing; makes it where needed.
async fn first(url: &str) -> Result<(SqliteConnectOptions, SqliteConnection), OpenError> {
    let options = options(url)?;
    let path = options.get_filename().to_owned();
    let cannot_open = |source| OpenError::CannotOpen {
        path: path.clone(),
        source,
    };
    make_folder(&path).map_err(|error| cannot_open(sqlx::Error::Io(error)))?;
    refuse_network(&path, network)?;
    let mut connection = connect(&options).await.map_err(cannot_open)?;
    check_settings(&mut connection).await?;
    Ok((options, connection))
}

/// The first connection, which waits for whoever else is just making the file.
///
/// Two that switch a new file to its log at once are told so at once, whatever the busy time-out: each has what the other
/// waits for.
async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    let patient = options.clone().busy_timeout(OTHERS_MIGRATE);
    let budget = Budget::starting_now(OTHERS_MIGRATE);
    budget.retrying(is_busy, || patient.connect()).await
}

/// The file of `url`, with the settings under which a commit that was answered survives a loss of power. They win over
/// those in the address.
fn options(url: &str) -> Result<SqliteConnectOptions, OpenError> {
    // To sqlx, anything else is the name of a file, and a mistyped address would make a new, empty shop.
    if !url.starts_with("sqlite:") {
        return Err(OpenError::Address(sqlx::Error::Configuration(
            "no sqlite: in front".into(),
        )));
    }
    if url.contains(":memory:") || url.contains("mode=memory") {
        let reason = "a database in memory ends with the process; name a file, as in sqlite:data/once.db";
        return Err(OpenError::Unsafe(reason.into()));
    }
    Ok(SqliteConnectOptions::from_str(url)
        .map_err(OpenError::Address)?
        .create_if_missing(true)
        .read_only(false)
        .immutable(false)
        .shared_cache(false)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // A log that grew long while someone read is cut again once it begins anew.
        .pragma("journal_size_limit", LONGEST_LOG_BYTES.to_string())
        // On macOS, a plain fsync stops at the disk's own cache.
        .pragma("fullfsync", "ON"))
}

/// Refuses a file on another machine, as `network` tells of its folder: its locks do not hold here.
fn refuse_network(path: &Path, network: impl FnOnce(&Path) -> Option<&'static str>) -> Result<(), OpenError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match network(folder) {
        Some(kind) => {
            let reason = format!(
                "{} lies on {kind}; move the file to a disk of this machine",
                path.display()
            );
            Err(OpenError::Unsafe(reason))
        }
        None => Ok(()),
    }
}

fn make_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder),
        _ => Ok(()),
    }
}

/// Looks whether the settings took hold: SQLite ignores a pragma that it can not follow.
async fn check_settings(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    // Not checked while building: the macros can not describe a pragma.
    let asked = sqlx::query_as::<_, (String, i64, i64, String)>(
        "SELECT journal_mode, synchronous, foreign_keys, sqlite_version()
         FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys",
    );
    let failed = |error| OpenError::Unsafe(format!("its settings can not be read ({error})"));
    let (journal, synchronous, foreign_keys, version) = asked.fetch_one(connection).await.map_err(failed)?;
    if journal != "wal" {
        let reason = format!("its journal is {journal:?} and not \"wal\"; move the file to a local disk");
        return Err(OpenError::Unsafe(reason));
    }
    if (synchronous, foreign_keys) != (2, 1) {
        let reason = format!("synchronous is {synchronous}, foreign_keys {foreign_keys}; they must be 2 and 1");
        return Err(OpenError::Unsafe(reason));
    }
    if is_too_old(&version) {
        let reason = format!("SQLite {version} is too old; build with the one that comes with Once");
        return Err(OpenError::Unsafe(reason));
    }
    Ok(())
}

fn is_too_old(version: &str) -> bool {
    let numbers: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    numbers.as_slice() < OLDEST_SQLITE.as_slice()
}

#[cfg(test)]
mod tests;
