//! Every return that a script documents, against a real Redis.

use checkout::ports::AttemptId;
use checkout::testing::Fixture;
use checkout::token::TokenDigest;
use redis::AsyncTypedCommands as _;
use redis::aio::MultiplexedConnection;

use super::*;

const FINGERPRINT: Fingerprint = Fingerprint([7; 32]);
const MUG: &str = "/products/mug";

struct Desk {
    redis: MultiplexedConnection,
    scripts: Scripts,
    token: TokenRef,
}

impl Desk {
    async fn open() -> Self {
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

    fn claim(&self) -> Claim {
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
    fn rival(&self) -> Claim {
        let digest = TokenDigest(Fixture::new_uuid());
        Claim {
            token: TokenRef { digest, ..self.token },
            ..self.claim()
        }
    }

    async fn issue(&mut self) -> IssueReply {
        let keep = Duration::from_mins(5);
        let reply = self.scripts.issue(&mut self.redis, self.token, FINGERPRINT, keep).await;
        reply.expect("the script answers")
    }

    async fn ask(&mut self, claim: &Claim) -> ClaimReply {
        let reply = self.scripts.claim(&mut self.redis, claim).await;
        reply.expect("the script answers")
    }

    async fn settle(&mut self, claim: &Claim) -> (Held, EarlierOrder) {
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

    async fn release(&mut self, claim: &Claim) -> Held {
        let release = Release {
            token: claim.token,
            attempt: claim.attempt,
            product_urls: claim.product_urls.clone(),
        };
        let reply = self.scripts.release(&mut self.redis, &release).await;
        reply.expect("the script answers")
    }

    async fn state(&mut self) -> TokenState {
        let reply = self.scripts.state(&mut self.redis, self.token).await;
        reply.expect("the script answers")
    }

    /// Every key of the shopper with its time to live in milliseconds.
    async fn keys(&mut self) -> Vec<(String, i64)> {
        let pattern = ShopperKeys::of(self.token.shopper).pattern();
        let names: Vec<String> = self.redis.keys(pattern).await.expect("the keys");
        let mut keys = Vec::new();
        for name in names {
            let ttl = redis::cmd("PTTL").arg(&name).query_async(&mut self.redis).await;
            keys.push((name, ttl.expect("a time to live")));
        }
        keys
    }

    async fn every_key_has_a_ttl(&mut self, count: usize) {
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

#[tokio::test]
async fn issue_answers_issued_then_known() {
    let mut desk = Desk::open().await;
    assert_eq!(desk.issue().await, IssueReply::Issued);
    assert_eq!(desk.issue().await, IssueReply::Known);
}

#[tokio::test]
async fn claim_answers_claimed_busy_and_mismatch() {
    let mut desk = Desk::open().await;
    let claim = desk.claim();
    assert_eq!(desk.ask(&claim).await, ClaimReply::Claimed);
    let other_attempt = desk.claim();
    let ClaimReply::Busy(left) = desk.ask(&other_attempt).await else {
        panic!("not busy")
    };
    assert!(left > Duration::ZERO && left <= claim.lease, "{left:?}");
    let edited = Claim {
        fingerprint: Fingerprint([8; 32]),
        ..claim
    };
    assert_eq!(
        desk.ask(&edited).await,
        ClaimReply::Mismatch,
        "even for the attempt that holds it"
    );
}

#[tokio::test]
async fn claim_answers_placed_and_repeat() {
    let mut desk = Desk::open().await;
    let (claim, rival) = (desk.claim(), desk.rival());
    desk.ask(&claim).await;
    assert_eq!(desk.ask(&rival).await, ClaimReply::Repeat(None));
    let (held, order) = desk.settle(&claim).await;
    assert_eq!(held, Held::Yes);
    assert_eq!(desk.ask(&claim).await, ClaimReply::Placed(order.id));
    assert_eq!(desk.ask(&rival).await, ClaimReply::Repeat(Some(order)));
}

#[tokio::test]
async fn a_running_guard_is_told_before_an_order_that_can_be_confirmed() {
    let mut desk = Desk::open().await;
    let (ordered, running) = (desk.claim(), desk.rival());
    desk.ask(&ordered).await;
    desk.settle(&ordered).await;
    let running = Claim {
        product_urls: vec!["/products/tea".into()],
        ..running
    };
    assert_eq!(desk.ask(&running).await, ClaimReply::Claimed);
    let third = Claim {
        product_urls: vec![MUG.into(), "/products/tea".into()],
        ..desk.rival()
    };
    assert_eq!(desk.ask(&third).await, ClaimReply::Repeat(None));
}

#[tokio::test]
async fn settle_and_release_answer_lost_to_whoever_does_not_hold_the_claim() {
    let mut desk = Desk::open().await;
    let claim = desk.claim();
    assert_eq!(desk.settle(&claim).await.0, Held::No, "a token nobody knows");
    assert_eq!(desk.release(&claim).await, Held::No, "a token nobody knows");
    desk.issue().await;
    assert_eq!(desk.settle(&claim).await.0, Held::No, "an issued token");
    desk.ask(&claim).await;
    let loser = desk.claim();
    assert_eq!(desk.settle(&loser).await.0, Held::No);
    assert_eq!(desk.release(&loser).await, Held::No);
    assert_eq!(desk.release(&claim).await, Held::Yes);
    assert_eq!(desk.release(&claim).await, Held::No, "released already");
}

#[tokio::test]
async fn state_answers_missing_issued_claimed_placed() {
    let mut desk = Desk::open().await;
    assert_eq!(desk.state().await, TokenState::Missing);
    desk.issue().await;
    assert_eq!(desk.state().await, TokenState::Issued);
    let claim = desk.claim();
    desk.ask(&claim).await;
    assert!(matches!(desk.state().await, TokenState::Claimed(left) if left > Duration::ZERO));
    let (_, order) = desk.settle(&claim).await;
    assert_eq!(desk.state().await, TokenState::Placed(order.id));
}

#[tokio::test]
async fn state_answers_zero_once_the_lease_is_over() {
    let mut desk = Desk::open().await;
    let claim = Claim {
        lease: Duration::ZERO,
        ..desk.claim()
    };
    desk.ask(&claim).await;
    assert_eq!(desk.state().await, TokenState::Claimed(Duration::ZERO));
}

#[tokio::test]
async fn every_key_has_a_ttl_after_every_verb() {
    let mut desk = Desk::open().await;
    desk.issue().await;
    desk.every_key_has_a_ttl(1).await;
    let claim = desk.claim();
    desk.ask(&claim).await;
    desk.every_key_has_a_ttl(2).await;
    desk.release(&claim).await;
    desk.every_key_has_a_ttl(1).await;
    desk.ask(&claim).await;
    desk.settle(&claim).await;
    desk.every_key_has_a_ttl(2).await;
}

#[tokio::test]
async fn a_settled_guard_holds_for_its_window() {
    let mut desk = Desk::open().await;
    let claim = desk.claim();
    desk.ask(&claim).await;
    desk.settle(&claim).await;
    let window = i64::try_from(claim.repeat_window.as_millis()).expect("it fits");
    let guard = ShopperKeys::of(claim.token.shopper).guard(MUG);
    let keys = desk.keys().await;
    let (_, ttl_ms) = keys
        .iter()
        .find(|(name, _)| *name == guard)
        .expect("the guard is there");
    assert!((1..=window).contains(ttl_ms), "{ttl_ms} ms");
}

#[tokio::test]
async fn nothing_of_shopper_or_token_reaches_a_key() {
    let mut desk = Desk::open().await;
    let claim = desk.claim();
    desk.ask(&claim).await;
    let id = *desk.token.shopper.as_uuid();
    for (name, _) in desk.keys().await {
        assert!(name.starts_with("once:{"), "{name}");
        assert!(!name.contains(&id.to_string()), "{name}");
        assert!(!name.contains(&id.simple().to_string()), "{name}");
    }
}

#[tokio::test]
async fn a_value_of_another_kind_is_an_error_and_not_a_claim() {
    let mut desk = Desk::open().await;
    let name = ShopperKeys::of(desk.token.shopper).token(desk.token.digest);
    desk.redis.set_ex(name, "not a hash", 60).await.expect("set");
    let claim = desk.claim();
    assert!(desk.scripts.claim(&mut desk.redis, &claim).await.is_err());
}

#[tokio::test]
async fn an_order_that_is_no_id_is_corrupt() {
    let mut desk = Desk::open().await;
    let name = ShopperKeys::of(desk.token.shopper).token(desk.token.digest);
    let fields = [("state", "placed"), ("order", "no id")];
    desk.redis.hset_multiple(&name, &fields).await.expect("set");
    desk.redis.expire(&name, 60).await.expect("set");
    let error = desk.scripts.state(&mut desk.redis, desk.token).await;
    let error = error.expect_err("no order has this id");
    assert_eq!(error.kind, checkout::ports::StoreErrorKind::Corrupt);
}

#[tokio::test]
async fn a_script_with_a_syntax_error_is_named_when_it_is_loaded() {
    let mut desk = Desk::open().await;
    desk.scripts.settle = Lua::new("settle.lua", "return {");
    let (name, _) = desk
        .scripts
        .load(&mut desk.redis)
        .await
        .expect_err("it can not be loaded");
    assert_eq!(name, "settle.lua");
}
