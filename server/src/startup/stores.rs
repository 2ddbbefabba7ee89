//! The stores that can be chosen.

use std::sync::Arc;

use async_trait::async_trait;
use checkout::breaker::Breaker;
use checkout::group_commit::Writers;
use checkout::ports::{
    AccountStore, CartStore, LedgerStore, OrderDesk, OrderStore, OutboxStore, ProductStore, TokenStore,
};
use checkout::settings::Timeouts;
use checkout_memory::MemoryTokens;
use checkout_postgres::PostgresShop;
use checkout_redis::{ConnectError, RedisTokens};
use checkout_sqlite::SqliteShop;

use super::examine::Scheme;
use crate::health::Stores;
use crate::system::SystemClock;

/// The database of the shop.
pub(super) enum Database {
    Sqlite(SqliteShop),
    Postgres(PostgresShop),
}

impl Database {
    pub(super) async fn open(url: &str, timeouts: &Timeouts) -> anyhow::Result<Self> {
        Ok(match Scheme::of(url)? {
            Scheme::Sqlite => Self::Sqlite(checkout_sqlite::open(url, timeouts).await?),
            Scheme::Postgres => Self::Postgres(checkout_postgres::open(url, timeouts).await?),
        })
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    pub(super) fn writers(&self, timeouts: &Timeouts) -> Writers {
        match self {
            Self::Sqlite(_) => checkout_sqlite::writers(timeouts),
            Self::Postgres(_) => checkout_postgres::writers(timeouts),
        }
    }

    pub(super) fn outbox(&self) -> Arc<dyn OutboxStore> {
        match self {
            Self::Sqlite(shop) => shop.outbox.clone(),
            Self::Postgres(shop) => shop.outbox.clone(),
        }
    }

    /// The orders of all shoppers, and the prevented duplicates.
    pub(super) fn administration(&self) -> (Arc<dyn OrderDesk>, Arc<dyn LedgerStore>) {
        match self {
            Self::Sqlite(shop) => (shop.desk.clone(), shop.ledger.clone()),
            Self::Postgres(shop) => (shop.desk.clone(), shop.ledger.clone()),
        }
    }

    pub(super) fn ports(&self) -> (Arc<dyn ProductStore>, Arc<dyn CartStore>, Arc<dyn OrderStore>) {
        match self {
            Self::Sqlite(shop) => (shop.products.clone(), shop.carts.clone(), shop.orders.clone()),
            Self::Postgres(shop) => (shop.products.clone(), shop.carts.clone(), shop.orders.clone()),
        }
    }

    pub(super) fn accounts(&self) -> Arc<dyn AccountStore> {
        match self {
            Self::Sqlite(shop) => shop.accounts.clone(),
            Self::Postgres(shop) => shop.accounts.clone(),
        }
    }
}

/// The token store of the shop.
pub(super) struct Tokens {
    pub(super) store: Arc<dyn TokenStore>,
    pub(super) name: &'static str,
}

impl Tokens {
    pub(super) async fn open(url: Option<&str>, timeouts: &Timeouts) -> anyhow::Result<Self> {
        Ok(match url {
            Some(url) => match RedisTokens::connect(url, timeouts).await {
                // It may be down when the shop starts, as at any other time.
                Err(error @ ConnectError::NoAnswer { .. }) => {
                    tracing::warn!("{error}. The shop opens without it, and takes it up once it answers");
                    Self {
                        store: Arc::new(RedisTokens::connect_later(url, timeouts)?),
                        name: "Redis, which does not answer",
                    }
                }
                connected => Self {
                    store: Arc::new(connected?),
                    name: "Redis",
                },
            },
            None => Self {
                store: Arc::new(MemoryTokens::new(Arc::new(SystemClock::default()))),
                name: "this process, which must be the only one (set REDIS_URL for more)",
            },
        })
    }
}

/// What health asks.
pub(super) struct Opened {
    pub(super) database: Database,
    pub(super) tokens: Arc<Breaker>,
}

#[async_trait]
impl Stores for Opened {
    async fn database(&self) -> bool {
        match &self.database {
            Database::Sqlite(shop) => shop.ping().await.is_ok(),
            Database::Postgres(shop) => shop.ping().await.is_ok(),
        }
    }

    async fn tokens(&self) -> bool {
        self.tokens.ping().await.is_ok()
    }

    async fn untold(&self) -> Option<u64> {
        self.database.outbox().count_untold().await.ok()
    }

    fn breaker_is_open(&self) -> bool {
        self.tokens.is_open()
    }
}
