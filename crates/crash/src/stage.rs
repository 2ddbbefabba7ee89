//! The stores of one run, apart from those of every other run, and what the checker needs to know of them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::books::{self, Books, Dialect};
use crate::checker::{self, Evidence};
use crate::history::{self, History};
use crate::postgres::{self, Postgres};
use crate::redis::Redis;
use crate::server::{SECRET, Server, Setup};
use crate::shopper::{CANARY, PRODUCT};

/// What the times of most runs are divided by: the lease is 3.3 s.
pub const SCALE: u32 = 3;

/// More than any run buys.
const PLENTY: i64 = 1_000_000;

/// How long a session may take to end its transaction when nothing is asked any more.
const SETTLING: Duration = Duration::from_secs(5);

/// What runs share: one PostgreSQL with a migrated database to copy, and a migrated SQLite file to copy.
pub struct Services {
    root: String,
    /// The PostgreSQL, if it was started here.
    pub postgres: Option<Postgres>,
    template: String,
    folder: TempDir,
}

impl Services {
    /// Starts a PostgreSQL.
    pub async fn start() -> anyhow::Result<Self> {
        let postgres = Postgres::start().await?;
        let services = Self::prepare(postgres.root(), Some(postgres)).await?;
        Ok(services)
    }

    /// Uses the PostgreSQL of the tests.
    pub async fn given() -> anyhow::Result<Self> {
        let url = std::env::var("TEST_POSTGRES_URL");
        let url =
            url.context("TEST_POSTGRES_URL is not set: run `make test`, or scripts/with-services -- cargo test")?;
        let (root, _) = url.rsplit_once('/').context("a database in the address")?;
        Self::prepare(root.to_owned(), None).await
    }

    async fn prepare(root: String, postgres: Option<Postgres>) -> anyhow::Result<Self> {
        let template = format!("crash_template_{}_{}", std::process::id(), number());
        let services = Self {
            root,
            postgres,
            template,
            folder: TempDir::new()?,
        };
        let made = postgres::create(&services.root, &services.template, None).await?;
        for url in [made, sqlite_url(&services.sqlite_template())] {
            migrate(&url).await?;
        }
        Ok(services)
    }

    /// Where the PostgreSQL listens.
    pub fn port(&self) -> anyhow::Result<u16> {
        let port = self.root.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        port.context("the address of the PostgreSQL names its port")
    }

    fn sqlite_template(&self) -> PathBuf {
        self.folder.path().join("template.db")
    }

    /// New stores.
    pub async fn stage(&self, dialect: Dialect) -> anyhow::Result<Stage> {
        let folder = TempDir::new()?;
        let url = match dialect {
            Dialect::Sqlite => {
                let file = folder.path().join("once.db");
                std::fs::copy(self.sqlite_template(), &file)?;
                sqlite_url(&file)
            }
            Dialect::Postgres => {
                let name = format!("crash_{}_{}", std::process::id(), number());
                postgres::create(&self.root, &name, Some(&self.template)).await?
            }
        };
        Ok(Stage {
            redis: Redis::start().await?,
            before: Books::read(&url).await?,
            url,
            history: History::default(),
            logs: Vec::new(),
            secrets: vec![SECRET.to_owned(), CANARY.to_owned()],
            sent_again: false,
            folder,
        })
    }
}

/// A number that no other call in this process gets.
fn number() -> u32 {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

fn sqlite_url(file: &std::path::Path) -> String {
    format!("sqlite://{}", file.display())
}

/// Lets a server make the tables, and fills the shelf.
async fn migrate(url: &str) -> anyhow::Result<()> {
    let setup = Setup {
        redis_url: None,
        ..setup(url, "", "database")
    };
    let mut server = Server::start(&setup).await?;
    server.stop(Duration::from_secs(20)).await?;
    books::run(
        url,
        &format!("UPDATE products SET stock = {PLENTY} WHERE slug = '{PRODUCT}'"),
    )
    .await
}

fn setup(database_url: &str, redis_url: &str, on_redis_outage: &'static str) -> Setup {
    Setup {
        database_url: database_url.to_owned(),
        redis_url: Some(redis_url.to_owned()),
        on_redis_outage,
        time_scale: SCALE,
        fail_point: None,
        secret: SECRET.to_owned(),
        mail: None,
        clock_ahead_s: 0,
        environment: Vec::new(),
    }
}

/// The stores of one run.
pub struct Stage {
    /// The token store.
    pub redis: Redis,
    /// The database.
    pub url: String,
    /// What is asked and answered.
    pub history: History,
    before: Books,
    logs: Vec<String>,
    secrets: Vec<String>,
    /// Whether something between shoppers and servers sends a submission twice.
    pub sent_again: bool,
    folder: TempDir,
}

impl Stage {
    /// A server on these stores.
    pub fn setup(&self, on_redis_outage: &'static str) -> Setup {
        setup(&self.url, &self.redis.url(), on_redis_outage)
    }

    /// The file of an SQLite database.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("once.db")
    }

    /// A folder for whatever else a run needs.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The name of the database, without where it is.
    pub fn database(&self) -> &str {
        self.url.rsplit_once('/').map_or("", |(_, name)| name)
    }

    /// No log may hold this.
    pub fn is_secret(&mut self, text: &str) {
        self.secrets.push(text.to_owned());
    }

    /// The log of a server that is done.
    pub fn keep_log(&mut self, server: &Server) {
        self.logs.push(server.log());
    }

    /// What the database says now.
    pub async fn books(&self) -> anyhow::Result<Books> {
        Books::read(&self.url).await
    }

    /// Counts what the price or the stock is now as the state before the run.
    pub async fn begin_now(&mut self) -> anyhow::Result<()> {
        self.before = self.books().await?;
        Ok(())
    }

    /// Everything that does not hold, now that everything was done. The servers must still run.
    pub async fn violations(&self) -> anyhow::Result<Vec<String>> {
        let written = self.folder.path().join("history.jsonl");
        self.history.write(&written)?;
        let seen = Evidence {
            history: history::read(&written)?,
            before: self.before.clone(),
            after: self.books().await?,
            keys: self.redis.keys().await?,
            idle_in_transaction: self.settled_transactions().await?,
            logs: self.logs.clone(),
            secrets: self.secrets.clone(),
            sent_again: self.sent_again,
        };
        Ok(checker::violations(&seen))
    }

    async fn settled_transactions(&self) -> anyhow::Result<i64> {
        let begun = Instant::now();
        loop {
            let idle = books::idle_in_transaction(&self.url).await?;
            if idle == 0 || begun.elapsed() > SETTLING {
                return Ok(idle);
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}
