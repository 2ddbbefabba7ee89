//! News between two servers of a shop.

use checkout::ports::{Held, TokenStore as _};
use checkout_redis::RedisTokens;

use super::common::{Server, claim_of, claimed, connect, new_token, release_of, settle_of, surely, until};

/// Two servers of one shop. Neither polls: what is heard here was told.
async fn two(server: &Server) -> (RedisTokens, RedisTokens) {
    let here = connect(&server.url()).await;
    let there = connect(&server.url()).await;
    surely("news is heard", here.listens()).await;
    (here, there)
}

#[tokio::test]
async fn another_servers_settle_and_release_are_heard() {
    let server = Server::start(&[]).await;
    let (here, there) = two(&server).await;
    let claim = claim_of(new_token());
    claimed(&there, &claim).await;
    let ended = here.ended(claim.token.shopper);
    assert_eq!(there.release(&release_of(&claim)).await.expect("released"), Held::Yes);
    surely("the release is heard", ended).await;
    claimed(&there, &claim).await;
    let ended = here.ended(claim.token.shopper);
    assert_eq!(there.settle(&settle_of(&claim)).await.expect("settled"), Held::Yes);
    surely("the settle is heard", ended).await;
}

#[tokio::test]
async fn a_subscription_that_is_cut_is_made_again_and_whoever_waited_looks() {
    let server = Server::start(&[]).await;
    let (here, there) = two(&server).await;
    let claim = claim_of(new_token());
    claimed(&there, &claim).await;
    for _ in 0..3 {
        let waiting = here.ended(claim.token.shopper);
        let killed: u64 = server.tell("CLIENT KILL TYPE pubsub").await;
        assert!(killed > 0, "somebody listened");
        // Nothing ended: news may have been lost, so everybody is told to look.
        surely("a new subscription tells everyone", waiting).await;
        surely("news is heard again", here.listens()).await;
        let ended = here.ended(claim.token.shopper);
        assert_eq!(there.release(&release_of(&claim)).await.expect("released"), Held::Yes);
        surely("the release is heard", ended).await;
        claimed(&there, &claim).await;
    }
}

#[tokio::test]
async fn a_redis_that_restarts_is_listened_to_again() {
    let mut server = Server::start(&[]).await;
    let (here, there) = two(&server).await;
    server.kill();
    server.begin().await;
    until("somebody listens", async || {
        let (_, listeners): (String, u64) = server.tell("PUBSUB NUMSUB once:ended").await;
        listeners == 2
    })
    .await;
    surely("news is heard again", here.listens()).await;
    let claim = claim_of(new_token());
    claimed(&there, &claim).await;
    let ended = here.ended(claim.token.shopper);
    assert_eq!(there.release(&release_of(&claim)).await.expect("released"), Held::Yes);
    surely("the release is heard", ended).await;
}

#[tokio::test]
async fn a_store_that_is_dropped_listens_no_more() {
    let server = Server::start(&[]).await;
    let store = connect(&server.url()).await;
    surely("news is heard", store.listens()).await;
    drop(store);
    until("nobody is connected but the test", async || {
        let clients: String = server.tell("CLIENT LIST").await;
        clients.lines().count() == 1
    })
    .await;
}
