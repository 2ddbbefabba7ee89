//! One shopper with one token, and what Redis holds of them.

use checkout::ports::AttemptId;
use checkout::testing::Fixture;
use checkout::token::TokenDigest;
use redis::AsyncTypedCommands as _;
use redis::aio::MultiplexedConnection;

use super::*;

const FINGERPRINT: Fingerprint = Fingerprint([7; 32]);
pub(super) const MUG: &str = "/products/mug";

pub(super) struct Desk {
    pub(super) redis: MultiplexedConnection,
    pub(super) scripts: Scripts,
    pub(super) token: TokenRef,
}

impl Desk {
    pub(super) async fn open() -> Self {
        let url = std::env::var("TEST_REDIS_URL")
            .expect("TEST_REDIS_URL names the Redis to test with: run `make test`, which starts one");
        let client = redis::Client::open(url).expect("TEST_REDIS_URL is an address");
        let redis = client.get_multiplexed_async_connection().await;
        Self {
            redis: redis.expect("the Redis of TEST_REDIS_URL answers"),
            scripts: Scripts::new(),
            token: TokenRef {
                shopper: Fixture::new_shopper(),
                digest: TokenDigest(Fixture::new_uuid()),
            },
        }
    }

    pub(super) fn claim(&self) -> Claim {
        Claim {
            token: self.token,
            fingerprint: FINGERPRINT,
            attempt: AttemptId(Fixture::new_uuid()),
            lease: Duration::from_mins(1),
            product_urls: vec![MUG.into()],
            repeat_window: Duration::from_mins(2),
            repeat: RepeatPolicy::Ask,
            keep: Duration::from_mins(10),
        }
    }

    /// A claim of another token of the same shopper.
    pub(super) fn rival(&self) -> Claim {
        let digest = TokenDigest(Fixture::new_uuid());
        Claim {
            token: TokenRef { digest, ..self.token },
            ..self.claim()
        }
    }

    pub(super) async fn issue(&mut self) -> IssueReply {
        let keep = Duration::from_mins(5);
        let reply = self.scripts.issue(&mut self.redis, self.token, FINGERPRINT, keep).await;
        reply.expect("the script answers")
    }

    pub(super) async fn ask(&mut self, claim: &Claim) -> ClaimReply {
        let reply = self.scripts.claim(&mut self.redis, claim).await;
        reply.expect("the script answers")
    }

    pub(super) async fn settle(&mut self, claim: &Claim) -> (Held, EarlierOrder) {
        let order = EarlierOrder {
            id: OrderId(Fixture::new_uuid()),
            placed_at: Timestamp::from_unix_ms(1_700_000_000_000),
        };
        let settle = Settle {
            token: claim.token,
            attempt: claim.attempt,
            order,
            product_urls: claim.product_urls.clone(),
            repeat_window: claim.repeat_window,
            keep: claim.keep,
        };
        let reply = self.scripts.settle(&mut self.redis, &settle).await;
        (reply.expect("the script answers"), order)
    }

    pub(super) async fn release(&mut self, claim: &Claim) -> Held {
        let release = Release {
            token: claim.token,
            attempt: claim.attempt,
            product_urls: claim.product_urls.clone(),
        };
        let reply = self.scripts.release(&mut self.redis, &release).await;
        reply.expect("the script answers")
    }

    pub(super) async fn state(&mut self) -> TokenState {
        let reply = self.scripts.state(&mut self.redis, self.token).await;
        reply.expect("the script answers")
    }

    /// Every key of the shopper with its time to live in milliseconds.
    pub(super) async fn keys(&mut self) -> Vec<(String, i64)> {
        let pattern = ShopperKeys::of(self.token.shopper).pattern();
        let names: Vec<String> = self.redis.keys(pattern).await.expect("the keys");
        let mut keys = Vec::new();
        for name in names {
            let ttl = redis::cmd("PTTL").arg(&name).query_async(&mut self.redis).await;
            keys.push((name, ttl.expect("a time to live")));
        }
        keys
    }

    /// The token's fields and the guard.
    pub(super) async fn contents(&mut self) -> (Vec<String>, Option<String>) {
        let keys = ShopperKeys::of(self.token.shopper);
        let token = redis::cmd("HGETALL").arg(keys.token(self.token.digest)).to_owned();
        let token = token.query_async(&mut self.redis).await.expect("a hash");
        let guard = self.redis.get(keys.guard(MUG)).await.expect("a guard");
        (token, guard)
    }

    pub(super) async fn every_key_has_a_ttl(&mut self, count: usize) {
        let keys = self.keys().await;
        assert_eq!(keys.len(), count, "{keys:?}");
        for (name, ttl_ms) in keys {
            let longest = Duration::from_mins(10).as_millis();
            assert!(ttl_ms > 0, "{name} stays for ever");
            assert!(
                u128::try_from(ttl_ms).expect("positive") <= longest,
                "{name}: {ttl_ms} ms"
            );
        }
    }
}
