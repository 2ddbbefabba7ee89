//! Tokens and repeat guards in Redis: who may *try*.
//!
//! One Lua script per verb, so that a verb is one step for everybody else; one multiplexed connection that mends itself;
//! one limit on every operation, so that a Redis that is refused, frozen or unreachable costs a shopper a fraction of
//! a second and never the order.

mod error;
mod keys;
mod scripts;

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use checkout::cart::ShopperId;
use checkout::news::Ended;
use checkout::ports::{Claim, ClaimReply, Held, Release, Settle, StoreError, TokenRef, TokenState, TokenStore};
use checkout::quote::Fingerprint;
use checkout::settings::Timeouts;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::io::tcp::TcpSettings;
use redis::{Client, ConnectionInfo, IntoConnectionInfo as _};
use tokio::time::timeout;

pub use error::ConnectError;
use error::{no_answer, store_error};
use scripts::Scripts;

/// A connection that nobody acknowledges for this long is given up and made anew: the other end vanished silently.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(2);

/// Tokens and repeat guards in Redis.
pub struct RedisTokens {
    connection: ConnectionManager,
    scripts: Scripts,
    limit: Duration,
}

impl RedisTokens {
    /// Connects to the Redis at `url` and loads the scripts.
    pub async fn connect(url: &str, timeouts: &Timeouts) -> Result<Self, ConnectError> {
        let info = url.into_connection_info().map_err(|error| ConnectError::Address {
            cause: error.to_string(),
        })?;
        let server = format!("redis://{}", info.addr());
        let no_answer = |cause: String| ConnectError::NoAnswer {
            server: server.clone(),
            cause,
        };
        let mut connection = manager(info, timeouts)
            .await
            .map_err(|error| no_answer(error.to_string()))?;
        let scripts = Scripts::new();
        match scripts.load(&mut connection).await {
            Ok(()) => {}
            Err((_, error)) if error.is_io_error() => return Err(no_answer(error.to_string())),
            Err((script, error)) => {
                return Err(ConnectError::Script {
                    server,
                    script,
                    cause: error.to_string(),
                });
            }
        }
        Ok(Self {
            connection,
            scripts,
            limit: timeouts.redis_operation,
        })
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
}

/// One connection for all, made anew in the background when it breaks: two quick tries, so that those who wait for it
/// hear of a refusal at once; the next operation tries again.
async fn manager(info: ConnectionInfo, timeouts: &Timeouts) -> redis::RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_response_timeout(Some(timeouts.redis_operation))
        .set_connection_timeout(Some(timeouts.redis_operation))
        .set_number_of_retries(1)
        .set_min_delay(Duration::from_millis(10))
        .set_max_delay(Duration::from_millis(20));
    let client = Client::open(info.set_tcp_settings(tcp_settings()))?;
    ConnectionManager::new_with_config(client, config).await
}

fn tcp_settings() -> TcpSettings {
    let settings = TcpSettings::default().set_nodelay(true);
    #[cfg(target_os = "linux")]
    let settings = settings.set_user_timeout(UNACKNOWLEDGED);
    settings
}

#[async_trait]
impl TokenStore for RedisTokens {
    async fn issue(&self, token: TokenRef, fingerprint: Fingerprint, keep: Duration) -> Result<(), StoreError> {
        let mut connection = self.connection.clone();
        let work = self.scripts.issue(&mut connection, token, fingerprint, keep);
        self.within("issue token", work).await.map(|_| ())
    }

    async fn claim(&self, claim: &Claim) -> Result<ClaimReply, StoreError> {
        let mut connection = self.connection.clone();
        self.within("claim token", self.scripts.claim(&mut connection, claim))
            .await
    }

    async fn settle(&self, settle: &Settle) -> Result<Held, StoreError> {
        let mut connection = self.connection.clone();
        self.within("settle token", self.scripts.settle(&mut connection, settle))
            .await
    }

    async fn release(&self, release: &Release) -> Result<Held, StoreError> {
        let mut connection = self.connection.clone();
        self.within("release token", self.scripts.release(&mut connection, release))
            .await
    }

    async fn state(&self, token: TokenRef) -> Result<TokenState, StoreError> {
        let mut connection = self.connection.clone();
        self.within("read token state", self.scripts.state(&mut connection, token))
            .await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let mut connection = self.connection.clone();
        let ping = async {
            let answer: redis::RedisResult<()> = redis::cmd("PING").query_async(&mut connection).await;
            answer.map_err(|error| store_error("ping", error))
        };
        self.within("ping", ping).await
    }

    fn ended(&self, _shopper: ShopperId) -> Ended {
        Box::pin(std::future::pending())
    }
}
