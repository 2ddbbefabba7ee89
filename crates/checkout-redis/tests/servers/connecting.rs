//! Addresses at which nobody answers, or not to us.

use std::error::Error as _;

use checkout::ports::{StoreErrorKind, TokenStore as _};
use checkout::settings::Timeouts;
use checkout_redis::{ConnectError, RedisTokens};

use super::common::{Server, chain, claim_of, claimed, connect, free_port, issue, kind, new_token, until_it_answers};

/// Why the address is no good: in the words for whoever starts the server.
async fn refusal(url: &str) -> String {
    let Err(error) = RedisTokens::connect(url, &Timeouts::default()).await else {
        panic!("nobody lets us in at {url}")
    };
    let told = chain(&error);
    assert!(!told.contains("s3cret"), "{told}");
    assert!(error.source().is_none(), "the sentence says it all");
    error.to_string()
}

#[tokio::test]
async fn a_redis_that_is_refused_at_start_is_named_without_its_password() {
    let port = free_port();
    let sentence = refusal(&format!("redis://someone:s3cret@127.0.0.1:{port}/0")).await;
    let begins = format!("Redis at redis://127.0.0.1:{port} does not answer (");
    assert!(sentence.starts_with(&begins), "{sentence}");
    let ends = "): start it, or unset REDIS_URL to use the in-process token store";
    assert!(sentence.ends_with(ends), "{sentence}");
}

#[tokio::test]
async fn sentinels_and_clusters_that_do_not_answer_are_named_without_their_passwords() {
    let port = free_port();
    for (kind, service) in [
        ("redis+sentinel", "/shop"),
        ("redis+cluster", ""),
        ("rediss+cluster", ""),
    ] {
        let sentence = refusal(&format!("{kind}://me:s3cret@127.0.0.1:{port}{service}")).await;
        let begins = format!("Redis at {kind}://127.0.0.1:{port}{service} does not answer (");
        assert!(sentence.starts_with(&begins), "{sentence}");
    }
}

#[tokio::test]
async fn an_address_that_can_not_be_read_is_told_without_its_password() {
    let sentence = refusal("postgres://me:s3cret@localhost").await;
    assert!(sentence.starts_with("REDIS_URL is no address"), "{sentence}");
    let later = RedisTokens::connect_later("postgres://me:s3cret@localhost", &Timeouts::default());
    assert!(matches!(later, Err(ConnectError::Address { .. })));
}

#[tokio::test]
async fn rd_01_a_redis_that_is_down_at_start_is_taken_up_once_it_answers() {
    let mut server = Server::prepare(&[]);
    let store = RedisTokens::connect_later(&server.url(), &super::common::patient()).expect("an address");
    let claim = claim_of(new_token());
    assert_eq!(kind(store.claim(&claim).await), StoreErrorKind::NotDone);
    server.begin().await;
    until_it_answers(&store).await;
    claimed(&store, &claim).await;
}

#[tokio::test]
async fn rd_21_a_wrong_password_is_told_and_not_shown() {
    let server = Server::start(&[]).await;
    let () = server.tell("ACL SETUSER shop on >right ~* &* +@all").await;
    for user in ["shop:s3cret", "nobody:s3cret"] {
        let sentence = refusal(&format!("redis://{user}@127.0.0.1:{}", server.port)).await;
        let begins = format!("Redis at redis://127.0.0.1:{} does not let us in (", server.port);
        assert!(sentence.starts_with(&begins), "{sentence}");
    }
    let () = server.tell("ACL SETUSER default resetpass >right").await;
    let sentence = refusal(&server.url()).await;
    assert!(
        sentence.contains("does not let us in") && sentence.contains("NOAUTH"),
        "{sentence}"
    );
}

#[tokio::test]
async fn rd_21_an_acl_revoked_at_run_time_is_an_error_that_shows_no_secret() {
    let server = Server::start(&[]).await;
    let admin = "ACL SETUSER shop reset on >s3cret ~once:* &once:* +@all";
    let () = server.tell(admin).await;
    let store = connect(&format!("redis://shop:s3cret@127.0.0.1:{}", server.port)).await;
    issue(&store, new_token()).await.expect("issued");
    let () = server.tell("ACL SETUSER shop -@all").await;
    let claim = claim_of(new_token());
    let error = store.claim(&claim).await.expect_err("nothing is allowed");
    assert!(!chain(&error).contains("s3cret"), "{}", chain(&error));
    // The connection of a user who is gone is closed, and the next one is not let in.
    let _: u64 = server.tell("ACL DELUSER shop").await;
    let error = store.claim(&claim).await.expect_err("nobody of this name");
    assert!(!chain(&error).contains("s3cret"), "{}", chain(&error));
    assert_eq!(kind(store.claim(&claim).await), StoreErrorKind::NotDone);
    let () = server.tell(admin).await;
    until_it_answers(&store).await;
    claimed(&store, &claim).await;
}

#[tokio::test]
async fn a_user_who_may_not_publish_sells_all_the_same() {
    let server = Server::start(&[]).await;
    let () = server
        .tell("ACL SETUSER shop on >right ~once:* resetchannels +@all")
        .await;
    let store = connect(&format!("redis://shop:right@127.0.0.1:{}", server.port)).await;
    let claim = claim_of(new_token());
    claimed(&store, &claim).await;
    let settled = store.settle(&super::common::settle_of(&claim)).await;
    assert_eq!(settled.expect("settled"), checkout::ports::Held::Yes);
}

#[tokio::test]
async fn a_socket_is_an_address_too() {
    let mut server = Server::prepare(&["--unixsocket", "redis.sock"]);
    server.begin().await;
    let url = format!("redis+unix://{}", server.folder().join("redis.sock").display());
    claimed(&connect(&url).await, &claim_of(new_token())).await;
}

#[tokio::test]
async fn a_database_of_another_number_is_chosen_by_the_path() {
    let server = Server::start(&[]).await;
    let store = connect(&format!("{}/3", server.url())).await;
    issue(&store, new_token()).await.expect("issued");
    assert!(server.keys().await.is_empty(), "nothing is in the first");
    let () = server.tell("SWAPDB 0 3").await;
    assert_eq!(server.keys().await.len(), 2, "the token, and how many there are");
}
