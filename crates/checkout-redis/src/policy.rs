//! Whether Redis may throw tokens away to make room.

use std::collections::HashMap;

use redis::aio::ConnectionLike;
use redis::{Value, from_redis_value};

/// Warns when Redis evicts what it should keep. That costs protection, never an order: the shop runs all the same, and
/// a Redis that does not tell is not asked twice.
pub(crate) async fn check<C: ConnectionLike>(connection: &mut C, server: &str) {
    let Ok(info) = redis::cmd("INFO").arg("memory").query_async::<Value>(connection).await else {
        return;
    };
    for policy in texts(info).iter().filter_map(|text| policy(text)) {
        if policy != "noeviction" {
            tracing::warn!(
                server,
                "maxmemory-policy of Redis is {policy}: a full Redis forgets tokens and repeat guards; set it to \
                 noeviction, or give the shop a Redis of its own"
            );
            return;
        }
    }
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

fn policy(info: &str) -> Option<&str> {
    let line = info.lines().find_map(|line| line.strip_prefix("maxmemory_policy:"));
    line.map(str::trim)
}
