//! What commands are sent over: a line to one server, which may be a Sentinel's master, or a Cluster.

use std::sync::Arc;
use std::time::Duration;

use checkout::settings::Timeouts;
use futures::FutureExt as _;
use redis::aio::ConnectionLike;
use redis::cluster::ClusterClientBuilder;
use redis::cluster_async::ClusterConnection;
use redis::{Cmd, ConnectionInfo, ErrorKind, Pipeline, RedisError, RedisFuture, RedisResult, TlsCertificates, Value};
use tokio::time::timeout;

use crate::address::{Address, Kind, tcp_settings};
use crate::dial::{Dial, REACH};
use crate::line::Line;
use crate::standing::Standing;

/// The most that finding out about a Cluster takes at start.
const DISCOVERY: Duration = Duration::from_secs(5);

/// How often a Cluster's command is sent again: to the node that a slot moved to, or over a new connection.
const RETRIES: u32 = 3;

/// Clones share the connections.
#[derive(Clone)]
pub(crate) enum Link {
    One(Line),
    Cluster(Arc<Standing<ClusterConnection>>),
}

impl Link {
    /// Begins to connect; also says how a connection of one's own is made.
    pub(crate) fn begin(address: Address, timeouts: &Timeouts) -> RedisResult<(Self, Arc<Dial>)> {
        let limit = timeouts.redis_operation;
        let secure = address.secure();
        let dial = match address.kind {
            Kind::One(info) => Dial::one(info, address.tls)?,
            Kind::Sentinel(service) => Dial::sentinel(service, secure, address.tls)?,
            Kind::Cluster(nodes) => {
                let dial = Dial::any(nodes.clone(), address.tls.as_ref())?;
                let tls = address.tls;
                let cluster = Standing::new(move || cluster(nodes.clone(), tls.clone(), limit).boxed());
                return Ok((Self::Cluster(Arc::new(cluster)), Arc::new(dial)));
            }
        };
        let dial = Arc::new(dial);
        let line = Line::new(Arc::clone(&dial), limit);
        Ok((Self::One(line), dial))
    }

    /// Waits until there is a connection, or none can be made.
    pub(crate) async fn is_up(&self) -> RedisResult<()> {
        match self {
            Self::One(line) => line.is_up().await,
            Self::Cluster(cluster) => cluster.current().await.map(|_| ()),
        }
    }

    /// How many keys reach every master, near enough: so many are spread over a Cluster's slots.
    pub(crate) fn reach(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Cluster(_) => 16,
        }
    }

    /// Gives up a connection that does not answer, so that the next operation gets another.
    pub(crate) fn give_up(&self) {
        match self {
            Self::One(line) => line.give_up(),
            // A Cluster's nodes are looked after by the client.
            Self::Cluster(_) => {}
        }
    }
}

async fn cluster(
    nodes: Vec<ConnectionInfo>,
    tls: Option<TlsCertificates>,
    limit: Duration,
) -> RedisResult<ClusterConnection> {
    let mut builder = ClusterClientBuilder::new(nodes)
        .connection_timeout(REACH)
        .response_timeout(limit)
        .overall_response_timeout(None)
        .retries(RETRIES)
        .min_retry_wait(10)
        .max_retry_wait(50)
        .tcp_settings(tcp_settings());
    if let Some(tls) = tls {
        builder = builder.certs(tls);
    }
    let client = builder.build()?;
    let connected = timeout(DISCOVERY, client.get_async_connection()).await;
    connected.unwrap_or_else(|_| Err(RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut))))
}

impl ConnectionLike for Link {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::One(line) => line.ask(command).boxed(),
            Self::Cluster(cluster) => {
                let dialled = cluster.current();
                async move { dialled.await?.req_packed_command(command).await }.boxed()
            }
        }
    }

    fn req_packed_commands<'a>(&'a mut self, _: &'a Pipeline, _: usize, _: usize) -> RedisFuture<'a, Vec<Value>> {
        // One command per verb: a pipeline could be cut in the middle.
        let refused = RedisError::from((ErrorKind::Client, "pipelines are not used"));
        std::future::ready(Err(refused)).boxed()
    }

    fn get_db(&self) -> i64 {
        // Chosen by the URL when the connection is made; nothing here asks.
        0
    }
}
