//! A wire that is slow, narrow or cut.

use std::sync::Arc;
use std::time::Duration;

use checkout::breaker::Breaker;
use checkout::ports::{ClaimReply, Held, StoreErrorKind, TokenStore as _};

use super::common::{
    Fault, Proxy, Server, again, ask, claim_of, claimed, connect, connect_hasty, issue, kind, new_token, release_of,
    settle_of, until, until_claimed, until_it_answers,
};

#[tokio::test]
async fn rd_04_a_claim_whose_answer_was_cut_off_is_asked_again_and_known() {
    let server = Server::start(&[]).await;
    let proxy = Proxy::to(server.port).await;
    let store = connect(&proxy.url()).await;
    let claim = claim_of(new_token());
    proxy.cut_answers(1);
    claimed(&store, &claim).await;
    assert!(matches!(ask(&store, &again(&claim)).await, ClaimReply::Busy(_)));
    let other = claim_of(new_token());
    // Now the second answer is lost as well: nobody knows, and the same attempt finds out.
    proxy.cut_answers(2);
    assert_eq!(kind(store.claim(&other).await), StoreErrorKind::Unknown);
    until_it_answers(&store).await;
    claimed(&store, &other).await;
    assert_eq!(store.release(&release_of(&other)).await.expect("released"), Held::Yes);
}

#[tokio::test]
async fn rd_14_latency_below_the_limit_is_borne_and_above_it_opens_the_breaker() {
    let server = Server::start(&[]).await;
    let proxy = Proxy::to(server.port).await;
    let store = connect(&proxy.url()).await;
    for latency in [50, 200] {
        proxy.suffer(Fault::Latency(Duration::from_millis(latency)));
        claimed(&store, &claim_of(new_token())).await;
    }
    proxy.suffer(Fault::None);
    // With the limit of a shop, 250 ms.
    let breaker = Breaker::new(Arc::new(connect_hasty(&proxy.url()).await));
    for latency in [600, 2_000] {
        proxy.suffer(Fault::Latency(Duration::from_millis(latency)));
        assert_eq!(kind(issue(&breaker, new_token()).await), StoreErrorKind::Unknown);
        assert_eq!(kind(issue(&breaker, new_token()).await), StoreErrorKind::NotDone);
        proxy.suffer(Fault::None);
        until("the breaker closes", async || !breaker.is_open()).await;
        until_claimed(&breaker).await;
    }
}

#[tokio::test]
async fn rd_15_a_wire_that_carries_byte_by_byte_works() {
    let server = Server::start(&[]).await;
    let proxy = Proxy::to(server.port).await;
    let store = connect(&proxy.url()).await;
    proxy.suffer(Fault::Slices(Duration::from_millis(1)));
    let claim = claim_of(new_token());
    issue(&store, claim.token).await.expect("issued");
    claimed(&store, &claim).await;
    assert!(matches!(ask(&store, &again(&claim)).await, ClaimReply::Busy(_)));
    assert_eq!(store.settle(&settle_of(&claim)).await.expect("settled"), Held::Yes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rd_18_a_storm_of_lost_connections_is_over_when_it_is_over() {
    let server = Server::start(&[]).await;
    let proxy = Proxy::to(server.port).await;
    let store = Arc::new(connect(&proxy.url()).await);
    store.listens().await;
    let clients = async || {
        let list: String = server.tell("CLIENT LIST").await;
        list.lines().count()
    };
    let before = clients().await;
    let load = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            loop {
                if let Err(error) = issue(store.as_ref(), new_token()).await {
                    assert_ne!(error.kind, StoreErrorKind::Corrupt, "{error:?}");
                }
            }
        }
    });
    for _ in 0..30 {
        proxy.cut();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    load.abort();
    assert!(load.await.expect_err("it was ended").is_cancelled(), "it did not panic");
    // The last cut is past: what is asked now finds or makes a connection.
    let answers = [store.ping().await.is_ok(), store.ping().await.is_ok()];
    assert!(answers.contains(&true), "used again at once");
    store.listens().await;
    until("every other connection is closed", async || clients().await == before).await;
}

#[tokio::test]
async fn a_connection_that_swallows_everything_is_given_up_at_the_first_ping() {
    let server = Server::start(&[]).await;
    let proxy = Proxy::to(server.port).await;
    let breaker = Breaker::new(Arc::new(connect_hasty(&proxy.url()).await));
    proxy.swallow();
    assert_eq!(kind(issue(&breaker, new_token()).await), StoreErrorKind::Unknown);
    until("the breaker closes", async || !breaker.is_open()).await;
    until_claimed(&breaker).await;
}
