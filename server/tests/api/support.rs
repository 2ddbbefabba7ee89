//! The whole shop on a port of its own, over a database of its own, in one of three set-ups.

mod database;
mod forms;
mod instruments;
mod program;
mod raw;
mod sessions;

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use clap::Parser as _;
use reqwest::{Client, Response, StatusCode, redirect};
use server::config::Config;
use server::limits::connections;
use server::limits::listener::listen;
pub use server::limits::settings::Patience;
use server::telemetry::{Instruments, metrics_service};
use server::{router, startup};
use tempfile::TempDir;

use database::new_database;
pub use forms::{Fields, form_of, location, value, with};
pub use program::Program;
pub use raw::{read_head, read_to_end};
pub use sessions::{PASSWORD, session_cookie};

/// Which stores a shop runs on.
#[derive(Clone, Copy, Debug)]
pub enum Stores {
    SqliteAndMemory,
    SqliteAndRedis,
    PostgresAndRedis,
}

/// A running shop.
pub struct Shop {
    pub address: SocketAddr,
    stores: Stores,
    database_url: String,
    folder: Arc<TempDir>,
    instruments: Arc<Instruments>,
    metrics: Router,
}

pub fn redis_url() -> String {
    server_url("TEST_REDIS_URL")
}

pub fn server_url(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run `make test`, or scripts/with-services -- cargo test"))
}

impl Shop {
    pub async fn open(stores: Stores) -> Self {
        Self::open_with(stores, &[]).await
    }

    pub async fn open_with(stores: Stores, arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let database_url = match stores {
            Stores::SqliteAndMemory | Stores::SqliteAndRedis => {
                format!("sqlite://{}", folder.path().join("once.db").display())
            }
            Stores::PostgresAndRedis => new_database().await,
        };
        Self::serve(stores, database_url, Arc::new(folder), arguments, Patience::default()).await
    }

    /// One that waits for the twentieth part of the time.
    pub async fn open_hurried(arguments: &[&str]) -> Self {
        Self::open_patient(Patience::default().divided(20), arguments).await
    }

    /// One that waits for so long.
    pub async fn open_patient(patience: Patience, arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let database_url = format!("sqlite://{}", folder.path().join("once.db").display());
        Self::serve(
            Stores::SqliteAndMemory,
            database_url,
            Arc::new(folder),
            arguments,
            patience,
        )
        .await
    }

    /// Another server of the same shop.
    pub async fn beside(&self, arguments: &[&str]) -> Self {
        Self::serve(
            self.stores,
            self.database_url.clone(),
            Arc::clone(&self.folder),
            arguments,
            Patience::default(),
        )
        .await
    }

    async fn serve(
        stores: Stores,
        database_url: String,
        folder: Arc<TempDir>,
        arguments: &[&str],
        patience: Patience,
    ) -> Self {
        let secret_file = folder.path().join("secret").display().to_string();
        let mut line = vec!["once", "--database-url", &database_url, "--secret-file", &secret_file];
        // Nobody here waits for a minute to pass; who tests this limit sets it.
        if !arguments.iter().any(|set| set.starts_with("--changes-per-minute")) {
            line.push("--changes-per-minute=0");
        }
        let redis_url = redis_url();
        if !matches!(stores, Stores::SqliteAndMemory) {
            line.extend(["--redis-url", &redis_url]);
        }
        line.extend(arguments);
        let mut config = Config::try_parse_from(line).expect("a configuration");
        config.limits.patience = patience;
        let (app, _) = startup::open(&config).await.expect("it opens");
        let (instruments, metrics) = (app.instruments.clone(), metrics_service(app.clone()));
        let listener = listen(([127, 0, 0, 1], 0).into()).expect("a port");
        let address = listener.local_addr().expect("an address");
        let limits = config.limits();
        let counts = app.connections.clone();
        tokio::spawn(async move {
            connections::serve(listener, router::service(app), &limits, counts, pending()).await;
        });
        Self {
            address,
            stores,
            database_url,
            folder,
            instruments,
            metrics,
        }
    }

    /// The visitor, with their session, at this server.
    pub fn take_in(&self, visitor: &Visitor) -> Visitor {
        Visitor {
            client: visitor.client.clone(),
            base: format!("http://{}", self.address),
        }
    }

    /// A visitor without a session.
    pub fn visitor(&self) -> Visitor {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(redirect::Policy::none())
            .build();
        Visitor {
            client: client.expect("a client"),
            base: format!("http://{}", self.address),
        }
    }
}

/// A browser without scripts.
#[derive(Clone)]
pub struct Visitor {
    client: Client,
    base: String,
}

impl Visitor {
    pub async fn get(&self, path: &str) -> Response {
        self.asking(path).send().await.expect("an answer")
    }

    pub fn asking(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("{}{path}", self.base))
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.request(path).form(fields).send().await.expect("an answer")
    }

    pub fn by(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().expect("a method");
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub fn request(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.post(format!("{}{path}", self.base))
    }

    pub async fn text(&self, path: &str) -> String {
        self.get(path).await.text().await.expect("a page")
    }

    /// *Buy now*: returns the path of the confirmation page.
    pub async fn buy_now(&self, slug: &str) -> String {
        let answer = self.post("/buy-now", &[("slug", slug), ("quantity", "1")]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        location(&answer)
    }

    /// The filled form of a confirmation page.
    pub async fn form(&self, page: &str) -> Fields {
        let answer = self.get(page).await;
        assert_eq!(answer.status(), StatusCode::OK, "{page}");
        form_of(&answer.text().await.expect("a page"))
    }

    /// Submits the plain form.
    pub async fn submit(&self, page: &str, fields: &Fields) -> Response {
        self.request(page).form(fields).send().await.expect("an answer")
    }

    /// Submits through the server function, as the island does.
    pub async fn call(&self, fields: &Fields) -> Response {
        let nested: Fields = fields
            .iter()
            .map(|(name, value)| (format!("order[{name}]"), value.clone()))
            .collect();
        self.request("/api/submit_order")
            .form(&nested)
            .send()
            .await
            .expect("an answer")
    }
}

/// One test per set-up of stores.
#[macro_export]
macro_rules! on_all_stores {
    ($($name:ident),+ $(,)?) => {
        $(
            mod $name {
                use $crate::support::{Shop, Stores};

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite_and_memory() {
                    super::$name(Shop::open(Stores::SqliteAndMemory).await).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite_and_redis() {
                    super::$name(Shop::open(Stores::SqliteAndRedis).await).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres_and_redis() {
                    super::$name(Shop::open(Stores::PostgresAndRedis).await).await;
                }
            }
        )+
    };
}
