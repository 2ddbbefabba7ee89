//! A Redis that stops, freezes, comes back, or may not be written to; also behind the breaker.

use std::sync::Arc;

use checkout::breaker::Breaker;
use checkout::ports::{ClaimReply, StoreErrorKind, TokenState, TokenStore as _};

use super::common::{
    Server, again, ask, claim_of, claimed, connect, connect_hasty, issue, kind, new_token, surely, until,
    until_claimed, until_it_answers,
};

#[tokio::test]
async fn a_redis_that_stopped_says_not_done_once_it_refuses() {
    let mut server = Server::start(&[]).await;
    let store = connect(&server.url()).await;
    server.kill();
    let first = kind(issue(&store, new_token()).await);
    assert_ne!(first, StoreErrorKind::Corrupt);
    assert_eq!(kind(issue(&store, new_token()).await), StoreErrorKind::NotDone);
}

#[tokio::test]
async fn a_redis_that_comes_back_is_used_again() {
    let mut server = Server::start(&[]).await;
    let store = connect(&server.url()).await;
    server.kill();
    assert!(store.ping().await.is_err());
    server.begin().await;
    until_it_answers(&store).await;
    claimed(&store, &claim_of(new_token())).await;
}

#[tokio::test]
async fn a_redis_that_freezes_says_unknown_and_does_it_when_it_wakes() {
    let server = Server::start(&[]).await;
    let store = connect(&server.url()).await;
    let hasty = connect_hasty(&server.url()).await;
    let claim = claim_of(new_token());
    server.freeze();
    assert_eq!(kind(hasty.claim(&claim).await), StoreErrorKind::Unknown);
    server.thaw();
    until("the claim is executed", async || {
        matches!(store.state(claim.token).await, Ok(TokenState::Claimed(_)))
    })
    .await;
    assert_eq!(ask(&store, &claim).await, ClaimReply::Claimed, "by the same attempt");
    assert!(matches!(ask(&store, &again(&claim)).await, ClaimReply::Busy(_)));
}

#[tokio::test]
async fn an_idle_connection_that_redis_closed_costs_no_operation() {
    let server = Server::start(&[]).await;
    let store = connect(&server.url()).await;
    for _ in 0..20 {
        let _: u64 = server.tell("CLIENT KILL TYPE normal SKIPME yes").await;
        issue(&store, new_token()).await.expect("issued over a new connection");
    }
}

#[tokio::test]
async fn a_frozen_redis_costs_twenty_operations_one_wait() {
    let server = Server::start(&[]).await;
    let breaker = Breaker::new(Arc::new(connect_hasty(&server.url()).await));
    server.freeze();
    let mut kinds = Vec::new();
    for _ in 0..20 {
        kinds.push(kind(issue(&breaker, new_token()).await));
    }
    assert_eq!(kinds[0], StoreErrorKind::Unknown, "it waited");
    assert_eq!(kinds[1..], [StoreErrorKind::NotDone; 19], "nobody else was sent");
    server.thaw();
    until("the breaker closes by itself", async || !breaker.is_open()).await;
    until_claimed(&breaker).await;
}

#[tokio::test]
async fn the_breaker_closes_when_a_redis_is_back() {
    let mut server = Server::start(&[]).await;
    let breaker = Breaker::new(Arc::new(connect(&server.url()).await));
    server.kill();
    assert!(issue(&breaker, new_token()).await.is_err());
    assert!(breaker.is_open());
    server.begin().await;
    until("the breaker closes by itself", async || !breaker.is_open()).await;
    claimed(&breaker, &claim_of(new_token())).await;
}

#[tokio::test]
async fn a_read_only_replica_is_out_of_reach_until_it_is_a_master() {
    let master = Server::start(&[]).await;
    let replica = Server::start(&["--replicaof", "127.0.0.1", &master.port.to_string()]).await;
    until("the replica follows", async || {
        replica.says("INFO replication", "master_link_status:up").await
    })
    .await;
    let store = connect(&replica.url()).await;
    let claim = claim_of(new_token());
    assert_eq!(kind(store.ping().await), StoreErrorKind::NotDone);
    assert_eq!(kind(issue(&store, claim.token).await), StoreErrorKind::NotDone);
    assert_eq!(kind(store.claim(&claim).await), StoreErrorKind::NotDone);
    assert_eq!(
        store.state(claim.token).await.expect("it can be read"),
        TokenState::Missing
    );
    let () = replica.tell("REPLICAOF NO ONE").await;
    store.ping().await.expect("it takes writes");
    claimed(&store, &claim).await;
}

#[tokio::test]
async fn rd_20_a_redis_that_sleeps_or_runs_another_script_opens_the_breaker_and_closes_it() {
    let server = Server::start(&["--lua-time-limit", "100"]).await;
    let breaker = Breaker::new(Arc::new(connect_hasty(&server.url()).await));
    let slow = "local t = redis.call('TIME') local e = t[1]*1000000 + t[2] + 1000000 \
                repeat t = redis.call('TIME') until t[1]*1000000 + t[2] > e";
    let mut sleep = redis::cmd("DEBUG");
    sleep.arg("SLEEP").arg(1);
    let mut script = redis::cmd("EVAL");
    script.arg(slow).arg(0);
    for busy in [sleep, script] {
        let mut admin = server.admin().await;
        let asleep = tokio::spawn(async move { busy.query_async::<redis::Value>(&mut admin).await });
        until("an operation is held up", async || {
            assert!(!asleep.is_finished(), "it slept, and nobody noticed");
            issue(&breaker, new_token()).await.is_err()
        })
        .await;
        assert_eq!(kind(issue(&breaker, new_token()).await), StoreErrorKind::NotDone);
        surely("it wakes", asleep)
            .await
            .expect("no panic")
            .expect("it was allowed to");
        until("the breaker closes", async || !breaker.is_open()).await;
        until_claimed(&breaker).await;
    }
}
