//! A Redis without room, and one that makes room by forgetting.

use std::io::Write;
use std::sync::{Arc, Mutex};

use checkout::breaker::Breaker;
use checkout::ports::{Held, StoreErrorKind, TokenState, TokenStore as _};

use super::common::{Server, claim_of, claimed, connect, issue, kind, new_token, release_of, settle_of, until};

#[tokio::test]
async fn rd_12_a_full_redis_does_nothing_by_halves_and_is_out_of_reach() {
    let server = Server::start(&["--maxmemory-policy", "noeviction"]).await;
    let store = connect(&server.url()).await;
    let (held, refused) = (claim_of(new_token()), claim_of(new_token()));
    claimed(&store, &held).await;
    issue(&store, refused.token).await.expect("issued");
    let before = contents(&server).await;
    let () = server.tell("CONFIG SET maxmemory 1").await;
    assert_eq!(kind(store.ping().await), StoreErrorKind::NotDone, "it takes no writes");
    assert_eq!(kind(issue(&store, new_token()).await), StoreErrorKind::NotDone);
    assert_eq!(kind(store.claim(&refused).await), StoreErrorKind::NotDone);
    assert_eq!(kind(store.claim(&claim_of(new_token())).await), StoreErrorKind::NotDone);
    assert_eq!(kind(store.settle(&settle_of(&held)).await), StoreErrorKind::NotDone);
    assert_eq!(kind(store.release(&release_of(&held)).await), StoreErrorKind::NotDone);
    assert!(matches!(
        store.state(held.token).await.expect("it can be read"),
        TokenState::Claimed(_)
    ));
    assert_eq!(contents(&server).await, before, "nothing was changed");
    let () = server.tell("CONFIG SET maxmemory 0").await;
    assert_eq!(store.release(&release_of(&held)).await.expect("released"), Held::Yes);
    claimed(&store, &refused).await;
}

#[tokio::test]
async fn rd_12_the_breaker_of_a_full_redis_closes_when_there_is_room() {
    let server = Server::start(&[]).await;
    let breaker = Breaker::new(Arc::new(connect(&server.url()).await));
    let () = server.tell("CONFIG SET maxmemory 1").await;
    assert!(issue(&breaker, new_token()).await.is_err());
    assert!(breaker.is_open());
    let () = server.tell("CONFIG SET maxmemory 0").await;
    until("the breaker closes", async || !breaker.is_open()).await;
    issue(&breaker, new_token()).await.expect("issued");
}

/// Every key but a ping's, with what it holds.
async fn contents(server: &Server) -> Vec<(String, String)> {
    let mut keys = server.keys().await;
    keys.retain(|key| !key.starts_with("once:ping"));
    keys.sort();
    let mut contents = Vec::new();
    for key in keys {
        let verb = if key.contains(":token:") { "HGETALL" } else { "GET" };
        let held: redis::Value = server.tell(&format!("{verb} {key}")).await;
        contents.push((key, format!("{held:?}")));
    }
    contents
}

/// What was logged while a store was connected.
async fn log_of_connecting(server: &Server) -> String {
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("nobody panicked").write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let store = connect(&server.url()).await;
    drop((guard, store));
    String::from_utf8(log.0.lock().expect("nobody panicked").clone()).expect("text")
}

#[tokio::test]
async fn rd_13_a_redis_that_evicts_tokens_is_warned_of_at_start() {
    let evicting = Server::start(&["--maxmemory-policy", "volatile-lru"]).await;
    let log = log_of_connecting(&evicting).await;
    assert!(
        log.contains("WARN") && log.contains("maxmemory-policy of Redis is volatile-lru"),
        "{log:?}"
    );
    let keeping = Server::start(&["--maxmemory-policy", "noeviction"]).await;
    assert_eq!(log_of_connecting(&keeping).await, "");
}

#[tokio::test]
async fn rd_13_a_token_that_was_evicted_is_claimed_as_one_nobody_knows() {
    let server = Server::start(&[]).await;
    let store = connect(&server.url()).await;
    let () = server.tell("CONFIG SET maxmemory-policy volatile-lru").await;
    let claim = claim_of(new_token());
    claimed(&store, &claim).await;
    assert_eq!(store.settle(&settle_of(&claim)).await.expect("settled"), Held::Yes);
    let () = server.tell("CONFIG SET maxmemory 1").await;
    // Whatever is written next makes room; then there is room again.
    let _ = store.ping().await;
    let () = server.tell("CONFIG SET maxmemory 0").await;
    assert_eq!(store.state(claim.token).await.expect("an answer"), TokenState::Missing);
    claimed(&store, &claim).await;
}

#[tokio::test]
async fn rd_13_a_redis_that_does_not_tell_its_policy_is_used_all_the_same() {
    let server = Server::start(&[]).await;
    let () = server.tell("ACL SETUSER default -info -config").await;
    let store = connect(&server.url()).await;
    claimed(&store, &claim_of(new_token())).await;
}
