//! A user who may do what the shop needs, and nothing more.

use checkout::settings::Timeouts;
use checkout_redis::RedisTokens;
use redis::Client;

use crate::common::{Server, contracted};

/// What is recommended.
const USERS: &str = include_str!("../../../../packaging/redis-users.acl");

const PASSWORD: &str = "CHANGE-THIS-PASSWORD";

async fn server() -> (Server, String) {
    let server = Server::start(&[]).await;
    let line = USERS.trim().strip_prefix("user ").expect("one user");
    let () = server.tell(&format!("ACL SETUSER {line}")).await;
    let url = format!("redis://once:{PASSWORD}@127.0.0.1:{}", server.port);
    (server, url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shops_user_may_do_all_that_the_contract_asks() {
    let (_server, url) = server().await;
    checkout::token_store_contract!(contracted(&url).await, contract_in_one_test);
}

#[tokio::test]
async fn se_36_the_shops_user_can_not_look_around_empty_or_change_anything_else() {
    let (_server, url) = server().await;
    let examined = RedisTokens::examine(&url, &Timeouts::default())
        .await
        .expect("all that it asks is allowed");
    assert_eq!(examined.policy.as_deref(), Some("noeviction"));
    let client = Client::open(url).expect("an address");
    let mut connection = client.get_multiplexed_async_connection().await.expect("connected");
    for forbidden in [
        "FLUSHALL",
        "FLUSHDB",
        "CONFIG GET *",
        "KEYS *",
        "SCAN 0",
        "ACL LIST",
        "DEBUG SLEEP 0",
        "SCRIPT FLUSH",
        "SHUTDOWN",
        "GET another-shop:1",
        "SET another-shop:1 x",
        "PUBLISH another-channel x",
        "EVAL return(redis.call('GET','another-shop:1')) 0",
    ] {
        let mut words = forbidden.split(' ');
        let mut command = redis::cmd(words.next().expect("a verb"));
        words.for_each(|word| {
            command.arg(word);
        });
        let refused = command
            .query_async::<redis::Value>(&mut connection)
            .await
            .expect_err(forbidden);
        let text = refused.to_string();
        assert!(
            ["NOPERM", "permission", "can't access"]
                .iter()
                .any(|word| text.contains(word)),
            "{forbidden}: {text}"
        );
    }
}
