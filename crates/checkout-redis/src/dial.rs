//! How a connection is made: each time anew by name, so that a fail-over is followed.

use std::time::Duration;

use redis::aio::{MultiplexedConnection, PubSub};
use redis::sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, ConnectionInfo, ErrorKind, RedisError, RedisResult, TlsCertificates, TlsMode,
};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::address::{Service, tcp_settings};

/// The most that making a connection takes, with everything that has to be asked before.
const DIAL: Duration = Duration::from_secs(3);

/// The most that reaching one server takes.
pub(crate) const REACH: Duration = Duration::from_secs(1);

/// Where connections lead.
pub(crate) enum Dial {
    /// To this server.
    One(Client),
    /// To the master that the Sentinels name.
    Sentinel(Mutex<SentinelClient>),
    /// To any of these: what one node of a Cluster publishes, all tell.
    Any(Vec<Client>),
}

impl Dial {
    pub(crate) fn one(info: ConnectionInfo, tls: Option<TlsCertificates>) -> RedisResult<Self> {
        Ok(Self::One(client(info, tls.as_ref())?))
    }

    pub(crate) fn any(nodes: Vec<ConnectionInfo>, tls: Option<&TlsCertificates>) -> RedisResult<Self> {
        let clients = nodes.into_iter().map(|info| client(info, tls));
        Ok(Self::Any(clients.collect::<RedisResult<_>>()?))
    }

    pub(crate) fn sentinel(service: Service, secure: bool, tls: Option<TlsCertificates>) -> RedisResult<Self> {
        let sentinels = service.sentinels.into_iter().map(|info| info.addr().clone());
        let mut builder = SentinelClientBuilder::new(sentinels, service.name, SentinelServerType::Master)?
            .set_client_to_redis_db(service.node.db())
            .set_client_to_redis_tcp_settings(tcp_settings())
            .set_client_to_sentinel_tcp_settings(tcp_settings());
        if secure {
            builder = builder
                .set_client_to_redis_tls_mode(TlsMode::Secure)
                .set_client_to_sentinel_tls_mode(TlsMode::Secure);
        }
        if let Some(tls) = tls {
            builder = builder
                .set_client_to_redis_certificates(tls.clone())
                .set_client_to_sentinel_certificates(tls);
        }
        if let Some(user) = service.node.username() {
            builder = builder.set_client_to_redis_username(user);
        }
        if let Some(password) = service.node.password() {
            builder = builder.set_client_to_redis_password(password);
        }
        if let Some(user) = service.sentinel_user {
            builder = builder.set_client_to_sentinel_username(user);
        }
        if let Some(password) = service.sentinel_password {
            builder = builder.set_client_to_sentinel_password(password);
        }
        Ok(Self::Sentinel(Mutex::new(builder.build()?)))
    }

    /// A connection for commands, whose answers are waited for at most `limit`.
    pub(crate) async fn connect(&self, limit: Duration) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(REACH))
            .set_response_timeout(Some(limit));
        let work = async {
            let mut last = nobody();
            for client in self.clients().await? {
                match client.get_multiplexed_async_connection_with_config(&config).await {
                    Ok(connection) => return Ok(connection),
                    Err(error) => last = error,
                }
            }
            Err(last)
        };
        timeout(DIAL, work).await.unwrap_or_else(|_| Err(too_late()))
    }

    /// A connection that listens to `channel`.
    pub(crate) async fn subscribe(&self, channel: &str) -> RedisResult<PubSub> {
        let work = async {
            let mut last = nobody();
            for client in self.clients().await? {
                match subscribe(&client, channel).await {
                    Ok(subscription) => return Ok(subscription),
                    Err(error) => last = error,
                }
            }
            Err(last)
        };
        timeout(DIAL, work).await.unwrap_or_else(|_| Err(too_late()))
    }

    /// What can be tried, in this order.
    async fn clients(&self) -> RedisResult<Vec<Client>> {
        Ok(match self {
            Self::One(client) => vec![client.clone()],
            Self::Sentinel(sentinels) => vec![sentinels.lock().await.async_get_client().await?],
            Self::Any(clients) => clients.clone(),
        })
    }
}

async fn subscribe(client: &Client, channel: &str) -> RedisResult<PubSub> {
    let work = async {
        let mut subscription = client.get_async_pubsub().await?;
        subscription.subscribe(channel).await?;
        Ok(subscription)
    };
    timeout(REACH, work).await.unwrap_or_else(|_| Err(too_late()))
}

fn client(info: ConnectionInfo, tls: Option<&TlsCertificates>) -> RedisResult<Client> {
    match tls {
        Some(tls) => Client::build_with_tls(info, tls.clone()),
        None => Client::open(info),
    }
}

fn nobody() -> RedisError {
    RedisError::from((ErrorKind::InvalidClientConfig, "no server is named"))
}

fn too_late() -> RedisError {
    RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut))
}
