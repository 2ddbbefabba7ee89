//! Tokens and repeat guards in Redis: who may *try*.
//!
//! One Lua script per verb, so that a verb is one step for everybody else; one multiplexed connection that mends itself;
//! one limit on every operation, so that a Redis that is refused, frozen or unreachable costs a shopper a fraction of
//! a second and never the order.
//!
//! | module | what it holds |
//! |---|---|
//! | `address` | `REDIS_URL`: one server, a Sentinel's service or a Cluster; TLS or not |
//! | `dial`, `standing`, `line`, `link` | how a connection is made and made again, what commands are sent over |
//! | `scripts`, `keys` | the verbs, and the names they use |
//! | `listening` | news that a claim ended on another server |
//! | `testing` | feature `testing`: replies that no Redis gives |
//! | `policy` | what Redis tells of itself, and a warning when it may throw tokens away |

mod address;
mod dial;
mod error;
mod keys;
mod line;
mod link;
mod listening;
mod policy;
mod scripts;
mod standing;
#[cfg(feature = "testing")]
pub mod testing;

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use checkout::cart::ShopperId;
use checkout::news::Ended;
use checkout::ports::{Claim, ClaimReply, Held, Release, Settle, StoreError, TokenRef, TokenState, TokenStore};
use checkout::quote::Fingerprint;
use checkout::settings::Timeouts;
use futures::future::try_join_all;
use redis::RedisResult;
use tokio::time::timeout;

use address::Address;
pub use error::ConnectError;
use error::{no_answer, store_error};
use keys::ShopperKeys;
use link::Link;
use listening::Listening;
pub use policy::Examined;
use scripts::Scripts;

/// How long what a ping writes is kept.
const PING_KEPT_MS: u64 = 10_000;

/// Tokens and repeat guards in Redis.
pub struct RedisTokens {
    link: Link,
    scripts: Scripts,
    limit: Duration,
    listening: Listening,
}

impl RedisTokens {
    /// Connects to the Redis at `url`, which may be one server, a Sentinel's service or a Cluster, and loads the
    /// scripts.
    pub async fn connect(url: &str, timeouts: &Timeouts) -> Result<Self, ConnectError> {
        let (mut tokens, server) = Self::loaded(url, timeouts).await?;
        policy::check(&mut tokens.link, &server).await;
        Ok(tokens)
    }

    /// Connects, loads the scripts and asks the Redis at `url` what it is.
    pub async fn examine(url: &str, timeouts: &Timeouts) -> Result<Examined, ConnectError> {
        let (mut tokens, server) = Self::loaded(url, timeouts).await?;
        let written = tokens.write().await;
        written.map_err(|error| ConnectError::NoAnswer {
            server: server.clone(),
            cause: error.source.to_string(),
        })?;
        Ok(policy::examine(&mut tokens.link, &server).await)
    }

    async fn loaded(url: &str, timeouts: &Timeouts) -> Result<(Self, String), ConnectError> {
        let (mut tokens, server) = Self::begin(url, timeouts)?;
        let up = tokens.link.is_up().await;
        up.map_err(|error| ConnectError::no_answer(&server, &error))?;
        let loaded = tokens.scripts.load(&mut tokens.link).await;
        loaded.map_err(|(script, error)| ConnectError::of_script(&server, script, &error))?;
        Ok((tokens, server))
    }

    /// As [`connect`](Self::connect), without waiting for an answer: every operation fails until there is a connection,
    /// which each tries to make. Refuses only what is no address.
    pub fn connect_later(url: &str, timeouts: &Timeouts) -> Result<Self, ConnectError> {
        Self::begin(url, timeouts).map(|(tokens, _)| tokens)
    }

    /// Begins to connect, and names the server, without user and password.
    fn begin(url: &str, timeouts: &Timeouts) -> Result<(Self, String), ConnectError> {
        let address = Address::parse(url)?;
        let server = address.shown.clone();
        if address.secure() {
            // Refused when the process chose one already, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let begun = Link::begin(address, timeouts);
        let (link, dial) = begun.map_err(|error| ConnectError::no_answer(&server, &error))?;
        let tokens = Self {
            link,
            scripts: Scripts::new(),
            limit: timeouts.redis_operation,
            listening: Listening::start(dial),
        };
        Ok((tokens, server))
    }

    /// Completes once news of other servers is heard. Nobody has to wait for it: whoever does not hear asks.
    pub async fn listens(&self) {
        self.listening.begun().await;
    }

    /// Bounds an operation, whatever it waits for: a connection being made anew, a full buffer, the answer.
    async fn within<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        match timeout(self.limit, work).await {
            Ok(answer) => answer,
            Err(_) => Err(no_answer(operation, self.limit)),
        }
    }

    /// Writes something small to every master.
    async fn write(&self) -> Result<(), StoreError> {
        let writes = (0..self.link.reach()).map(async |number| -> RedisResult<()> {
            let mut link = self.link.clone();
            let mut set = redis::cmd("SET");
            set.arg(keys::ping(number)).arg("").arg("PX").arg(PING_KEPT_MS);
            set.query_async(&mut link).await
        });
        let written = try_join_all(writes).await;
        written.map(|_| ()).map_err(|error| store_error("ping", error))
    }
}

#[async_trait]
impl TokenStore for RedisTokens {
    async fn issue(&self, token: TokenRef, fingerprint: Fingerprint, keep: Duration) -> Result<(), StoreError> {
        let mut link = self.link.clone();
        let work = self.scripts.issue(&mut link, token, fingerprint, keep);
        self.within("issue token", work).await.map(|_| ())
    }

    async fn claim(&self, claim: &Claim) -> Result<ClaimReply, StoreError> {
        let mut link = self.link.clone();
        self.within("claim token", self.scripts.claim(&mut link, claim)).await
    }

    async fn settle(&self, settle: &Settle) -> Result<Held, StoreError> {
        let mut link = self.link.clone();
        self.within("settle token", self.scripts.settle(&mut link, settle))
            .await
    }

    async fn release(&self, release: &Release) -> Result<Held, StoreError> {
        let mut link = self.link.clone();
        self.within("release token", self.scripts.release(&mut link, release))
            .await
    }

    async fn state(&self, token: TokenRef) -> Result<TokenState, StoreError> {
        let mut link = self.link.clone();
        self.within("read token state", self.scripts.state(&mut link, token))
            .await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let answer = self.within("ping", self.write()).await;
        if answer.is_err() {
            // Whoever pings asks again: over another connection, should this one be what is broken.
            self.link.give_up();
        }
        answer
    }

    fn ended(&self, shopper: ShopperId) -> Ended {
        self.listening.news.of(ShopperKeys::of(shopper).news())
    }
}
