//! A Redis that forgets, or remembers what is no longer so.

use std::sync::Arc;

use checkout::breaker::Breaker;
use checkout::ports::{ClaimReply, Held, TokenState, TokenStore as _};
use checkout::testing::Fixture;

use super::common::{
    Server, again, ask, claim_of, claimed, connect, issue, new_token, release_of, settle_of, until_it_answers,
};

#[tokio::test]
async fn rd_07_a_redis_emptied_at_every_step_never_fails_an_operation() {
    let server = Server::start(&[]).await;
    let breaker = Breaker::new(Arc::new(connect(&server.url()).await));
    let empty = async || server.tell::<()>("FLUSHALL").await;
    let claim = claim_of(new_token());
    issue(&breaker, claim.token).await.expect("issued");
    empty().await;
    assert_eq!(
        breaker.state(claim.token).await.expect("an answer"),
        TokenState::Missing
    );
    claimed(&breaker, &claim).await;
    empty().await;
    claimed(&breaker, &again(&claim)).await;
    empty().await;
    assert_eq!(breaker.settle(&settle_of(&claim)).await.expect("an answer"), Held::No);
    claimed(&breaker, &claim).await;
    empty().await;
    assert_eq!(breaker.release(&release_of(&claim)).await.expect("an answer"), Held::No);
    claimed(&breaker, &claim).await;
    assert_eq!(breaker.settle(&settle_of(&claim)).await.expect("settled"), Held::Yes);
    empty().await;
    claimed(&breaker, &claim).await;
    assert!(!breaker.is_open(), "to forget is no failure");
}

#[tokio::test]
async fn rd_08_a_redis_that_restarts_empty_is_claimed_from_again() {
    let mut server = Server::start(&[]).await;
    let store = connect(&server.url()).await;
    let claim = claim_of(new_token());
    issue(&store, claim.token).await.expect("issued");
    claimed(&store, &claim).await;
    server.kill();
    server.begin().await;
    until_it_answers(&store).await;
    assert_eq!(store.settle(&settle_of(&claim)).await.expect("an answer"), Held::No);
    claimed(&store, &again(&claim)).await;
}

#[tokio::test]
async fn a_dump_from_before_the_order_is_claimed_from_again() {
    let mut server = Server::start(&["--dbfilename", "tokens.rdb"]).await;
    let store = connect(&server.url()).await;
    let claim = claim_of(new_token());
    issue(&store, claim.token).await.expect("issued");
    let () = server.tell("SAVE").await;
    claimed(&store, &claim).await;
    assert_eq!(store.settle(&settle_of(&claim)).await.expect("settled"), Held::Yes);
    server.kill();
    server.begin().await;
    until_it_answers(&store).await;
    assert_eq!(store.state(claim.token).await.expect("an answer"), TokenState::Issued);
    let second = again(&claim);
    claimed(&store, &second).await;
    assert_eq!(store.settle(&settle_of(&claim)).await.expect("an answer"), Held::No);
    assert_eq!(store.settle(&settle_of(&second)).await.expect("settled"), Held::Yes);
}

/// The clock itself is the machine's: what a jump does to the times in Redis is done to them here.
#[tokio::test]
async fn rd_19_a_clock_that_jumps_ends_leases_early_or_late_and_nothing_else() {
    let server = Server::start(&[]).await;
    let store = connect(&server.url()).await;
    let claim = claim_of(new_token());
    claimed(&store, &claim).await;
    let key = token_key(&server).await;
    let jump = async |ms: i64| server.tell::<i64>(&format!("HINCRBY {key} lease_ends_ms {ms}")).await;
    // An hour back: the lease seems to last an hour longer.
    jump(3_600_000).await;
    let ClaimReply::Busy(left) = ask(&store, &again(&claim)).await else {
        panic!("not busy")
    };
    assert!(left > Fixture::LONG, "{left:?}");
    // And two hours forth: it is over.
    jump(-7_200_000).await;
    let next = again(&claim);
    claimed(&store, &next).await;
    assert_eq!(store.settle(&settle_of(&claim)).await.expect("an answer"), Held::No);
    assert_eq!(store.release(&release_of(&claim)).await.expect("an answer"), Held::No);
    assert_eq!(store.settle(&settle_of(&next)).await.expect("settled"), Held::Yes);
}

async fn token_key(server: &Server) -> String {
    let mut keys = server.keys().await;
    keys.retain(|key| key.contains(":token:"));
    keys.pop().expect("the claim's token")
}

#[tokio::test]
async fn rd_22_every_key_is_the_shops_own_and_no_other_is_touched() {
    let server = Server::start(&[]).await;
    let () = server.tell("SET another:app 1").await;
    let store = connect(&server.url()).await;
    let (ordered, refused) = (claim_of(new_token()), claim_of(new_token()));
    for claim in [&ordered, &refused] {
        issue(&store, claim.token).await.expect("issued");
        claimed(&store, claim).await;
    }
    store.settle(&settle_of(&ordered)).await.expect("settled");
    store.release(&release_of(&refused)).await.expect("released");
    store.ping().await.expect("it answers");
    let mut keys = server.keys().await;
    keys.retain(|key| key != "another:app");
    assert_eq!(keys.len(), 6, "two tokens and their counts, a guard, a ping: {keys:?}");
    for key in keys {
        assert!(key.starts_with("once:"), "{key}");
        let ttl: i64 = server.tell(&format!("PTTL {key}")).await;
        assert!(ttl > 0, "{key} stays for ever");
    }
    let kept: String = server.tell("GET another:app").await;
    assert_eq!(kept, "1");
}
