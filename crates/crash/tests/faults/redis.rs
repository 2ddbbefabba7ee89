//! Redis whose replies are cut, late, slow or gone.

use std::time::Duration;

use crash::books::Dialect;
use crash::proxy::redis::{OnClaim, RedisProxy};
use crash::server::Setup;
use crash::shopper::{Answer, PRODUCT, Shopper};

use crate::support::{at_checkout, decided, holds, stage, start};

/// Longer than a claim is waited for, shorter than the lease.
const PARTITION: Duration = Duration::from_secs(1);

async fn claim_is_struck(strike: OnClaim, on_redis_outage: &'static str) {
    let (_services, mut stage) = stage(Dialect::Sqlite).await;
    let proxy = RedisProxy::open(stage.redis.port()).await.expect("a proxy");
    let setup = Setup {
        redis_url: Some(proxy.url()),
        ..stage.setup(on_redis_outage)
    };
    let server = start(&setup).await;
    let (shopper, page) = at_checkout(&stage, &server.base).await;
    proxy.strike_once(strike);
    let answer = shopper.submit(&server.base, &page).await;
    assert_eq!(proxy.struck(), 1, "{strike:?}");
    match on_redis_outage {
        "database" => assert!(answer.order().is_some(), "{strike:?}: {answer:?}"),
        // It may be undecided, and the adapter may have asked again and been told.
        _ => assert!(!matches!(answer, Answer::No(_)), "{strike:?}: {answer:?}"),
    }
    decided(&shopper, &server.base, &page, &setup).await;
    holds(&mut stage, &[&server], 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rd_03_a_page_that_is_rendered_without_redis_has_a_token_that_counts() {
    for on_redis_outage in ["database", "refuse"] {
        let (_services, mut stage) = stage(Dialect::Sqlite).await;
        let setup = stage.setup(on_redis_outage);
        let server = start(&setup).await;
        stage.redis.kill().await.expect("killed");
        // The page is rendered, with 200: nothing else is a page to the shopper.
        let shopper = Shopper::new(&stage.history).expect("a shopper");
        let page = shopper.page(&server.base, PRODUCT).await.expect("a page");
        let answer = shopper.submit(&server.base, &page).await;
        match on_redis_outage {
            "database" => assert!(matches!(answer, Answer::Order { replayed: false, .. }), "{answer:?}"),
            _ => assert_eq!(answer, Answer::Unknown("unavailable".to_owned())),
        }
        stage.redis.restart().await.expect("back");
        decided(&shopper, &server.base, &page, &setup).await;
        holds(&mut stage, &[&server], 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rd_04_a_claim_whose_reply_is_cut_is_decided_within_the_lease() {
    claim_is_struck(OnClaim::CutReply, "database").await;
    claim_is_struck(OnClaim::CutReply, "refuse").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mu_04_a_claim_that_is_lost_or_not_answered_is_decided_within_the_lease() {
    for strike in [OnClaim::Silence(PARTITION), OnClaim::Swallow(PARTITION)] {
        claim_is_struck(strike, "database").await;
        claim_is_struck(strike, "refuse").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rd_14_a_claim_that_comes_too_late_is_not_waited_for() {
    claim_is_struck(OnClaim::Delay(Duration::from_secs(2)), "database").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rd_15_replies_that_come_byte_by_byte_are_understood() {
    let (_services, mut stage) = stage(Dialect::Sqlite).await;
    let proxy = RedisProxy::open(stage.redis.port()).await.expect("a proxy");
    let setup = Setup {
        redis_url: Some(proxy.url()),
        time_scale: 1,
        ..stage.setup("refuse")
    };
    let server = start(&setup).await;
    proxy.slice(Duration::from_millis(1));
    let (shopper, page) = at_checkout(&stage, &server.base).await;
    decided(&shopper, &server.base, &page, &setup).await;
    holds(&mut stage, &[&server], 1).await;
}
