//! What Redis tells of itself; above all whether it may throw tokens away to make room.

use std::collections::HashMap;

use checkout::time::Timestamp;
use redis::aio::ConnectionLike;
use redis::{Value, from_redis_value};

/// The policy that throws nothing away.
pub(crate) const KEEPS: &str = "noeviction";

/// Warns when Redis evicts what it should keep. That costs protection, never an order: the shop runs all the same, and
/// a Redis that does not tell is not asked twice.
pub(crate) async fn check<C: ConnectionLike>(connection: &mut C, server: &str) {
    for policy in info(connection, "memory")
        .await
        .iter()
        .filter_map(|text| field(text, "maxmemory_policy:"))
    {
        if policy != KEEPS {
            tracing::warn!(
                server,
                "maxmemory-policy of Redis is {policy}: a full Redis forgets tokens and repeat guards; set it to \
                 noeviction, or give the shop a Redis of its own"
            );
            return;
        }
    }
}

/// What Redis tells of itself to whoever only asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// Where it is, without user and password.
    pub server: String,
    /// Its release, if it tells.
    pub version: Option<String>,
    /// What it does when it is full, if it tells; of a Cluster the first answer that is not `noeviction`.
    pub policy: Option<String>,
    /// Its clock, which leases run by; one server's.
    pub clock: Option<Timestamp>,
}

/// Asks for all of it. Whoever may not ask is told nothing.
pub(crate) async fn examine<C: ConnectionLike>(connection: &mut C, server: &str) -> Examined {
    let memory = info(connection, "memory").await;
    let policies: Vec<_> = memory
        .iter()
        .filter_map(|text| field(text, "maxmemory_policy:"))
        .collect();
    let worst = policies.iter().find(|policy| **policy != KEEPS).or(policies.first());
    let about = info(connection, "server").await;
    let time: Option<(u64, u64)> = redis::cmd("TIME").query_async(connection).await.ok();
    Examined {
        server: server.to_owned(),
        version: about
            .iter()
            .find_map(|text| field(text, "redis_version:"))
            .map(str::to_owned),
        policy: worst.map(|policy| (*policy).to_owned()),
        clock: time.map(|(seconds, micros)| Timestamp::from_unix_ms(seconds * 1000 + micros / 1000)),
    }
}

async fn info<C: ConnectionLike>(connection: &mut C, section: &str) -> Vec<String> {
    let told = redis::cmd("INFO").arg(section).query_async::<Value>(connection).await;
    told.map(texts).unwrap_or_default()
}

/// One text of a server, or one of each node of a Cluster.
fn texts(info: Value) -> Vec<String> {
    match info {
        Value::Map(_) => {
            let nodes: HashMap<String, String> = from_redis_value(info).unwrap_or_default();
            nodes.into_values().collect()
        }
        info => from_redis_value(info).into_iter().collect(),
    }
}

fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}
