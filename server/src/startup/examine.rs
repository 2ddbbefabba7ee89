//! Looks at the stores, migrates or fills one, without opening a shop in them.

use checkout::schema::{Examined, Standing};
use checkout::settings::Timeouts;
pub(crate) use checkout_redis::Examined as ExaminedTokens;
use checkout_redis::RedisTokens;

use crate::config::Config;
use crate::seed;

/// Which kind of database an address is of.
pub(super) enum Scheme {
    Sqlite,
    Postgres,
}

impl Scheme {
    pub(super) fn of(url: &str) -> anyhow::Result<Self> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            _ => anyhow::bail!("DATABASE_URL must begin with sqlite:// or postgres://"),
        }
    }
}

/// What of a database is not as it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// It can not be reached, or is none.
    Place,
    /// It can lose orders.
    Durability,
    /// This release can not run on its schema.
    Schema,
}

/// Brings the database of `url` to this release's schema. Tells how far it was.
pub(crate) async fn migrate(url: &str) -> anyhow::Result<Standing> {
    match Scheme::of(url)? {
        Scheme::Sqlite => Ok(checkout_sqlite::migrate(url).await?),
        Scheme::Postgres => Ok(checkout_postgres::migrate(url).await?),
    }
}

/// Migrates the database and adds the products that a new shop begins with.
pub(crate) async fn fill(config: &Config) -> anyhow::Result<()> {
    let database = super::Database::open(&config.database_url, &config.settings().timeouts).await?;
    seed::seed(database.ports().0.as_ref()).await
}

/// What the database of `url` tells of itself.
pub(crate) async fn database(url: &str) -> Result<Examined, (Part, anyhow::Error)> {
    match Scheme::of(url).map_err(|error| (Part::Place, error))? {
        Scheme::Sqlite => checkout_sqlite::examine(url).await.map_err(|error| {
            let part = match &error {
                checkout_sqlite::OpenError::Schema(_) => Part::Schema,
                checkout_sqlite::OpenError::Unsafe(_) => Part::Durability,
                _ => Part::Place,
            };
            (part, error.into())
        }),
        Scheme::Postgres => checkout_postgres::examine(url).await.map_err(|error| {
            let part = match &error {
                checkout_postgres::OpenError::Schema(_) => Part::Schema,
                checkout_postgres::OpenError::Unsafe(_) => Part::Durability,
                _ => Part::Place,
            };
            (part, error.into())
        }),
    }
}

/// What the Redis of `url` tells of itself, if it takes what the shop sends it.
pub(crate) async fn tokens(url: &str, timeouts: &Timeouts) -> anyhow::Result<ExaminedTokens> {
    Ok(RedisTokens::examine(url, timeouts).await?)
}

/// Whether mail can be sent by `url` as `sender`, as far as the addresses tell. Makes no folder.
pub(crate) fn mail(url: &str, sender: &str) -> anyhow::Result<()> {
    // The folder that mail is written to is made when the shop opens.
    let url = if url.starts_with("file://") {
        "smtp://localhost"
    } else {
        url
    };
    checkout_mail::ShopMailer::open(url, sender)?;
    Ok(())
}
