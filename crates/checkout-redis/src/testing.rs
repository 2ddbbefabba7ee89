//! What the verbs make of replies that no Redis gives.

use std::time::Duration;

use checkout::order::OrderId;
use checkout::ports::{AttemptId, Claim, EarlierOrder, Release, RepeatPolicy, Settle, TokenRef};
use checkout::quote::Fingerprint;
use checkout::time::Timestamp;
use futures::FutureExt as _;
use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, Value, parse_redis_value};

use crate::scripts::Scripts;

/// A connection over which everything is answered with the same.
#[derive(Clone)]
struct Parrot(Value);

impl ConnectionLike for Parrot {
    fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
        std::future::ready(self.0.clone().extract_error()).boxed()
    }

    fn req_packed_commands<'a>(&'a mut self, _: &'a Pipeline, _: usize, _: usize) -> RedisFuture<'a, Vec<Value>> {
        std::future::ready(Ok(Vec::new())).boxed()
    }

    fn get_db(&self) -> i64 {
        0
    }
}

/// Gives every verb these bytes as the reply; how many took them for an answer of theirs.
pub async fn understood(reply: &[u8], token: TokenRef) -> usize {
    let Ok(reply) = parse_redis_value(reply) else {
        return 0;
    };
    let (mut line, scripts, second) = (Parrot(reply), Scripts::new(), Duration::from_secs(1));
    let (attempt, urls) = (AttemptId(token.digest.0), vec!["/products/mug".to_owned()]);
    let claim = Claim {
        token,
        fingerprint: Fingerprint([7; 32]),
        attempt,
        lease: second,
        product_urls: urls.clone(),
        repeat_window: second,
        repeat: RepeatPolicy::Ask,
        keep: second,
    };
    let settle = Settle {
        token,
        attempt,
        order: EarlierOrder {
            id: OrderId(token.digest.0),
            placed_at: Timestamp::from_unix_ms(0),
        },
        product_urls: urls.clone(),
        repeat_window: second,
        keep: second,
    };
    let release = Release {
        token,
        attempt,
        product_urls: urls,
    };
    let answers = [
        scripts.issue(&mut line, token, claim.fingerprint, second).await.is_ok(),
        scripts.claim(&mut line, &claim).await.is_ok(),
        scripts.settle(&mut line, &settle).await.is_ok(),
        scripts.release(&mut line, &release).await.is_ok(),
        scripts.state(&mut line, token).await.is_ok(),
    ];
    answers.into_iter().filter(|understood| *understood).count()
}
