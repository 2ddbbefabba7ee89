//! A service that Sentinels watch.

use std::sync::Arc;

use checkout::breaker::Breaker;
use checkout::ports::{ClaimReply, Held, TokenState, TokenStore as _};

use super::common::{
    Server, again, ask, claim_of, claimed, connect, contracted, new_token, release_of, settle_of, until,
};

/// A Sentinel of `master`, which is down once it was silent for `down_ms`; `quorum` have to agree.
async fn sentinel(master: &Server, quorum: usize, down_ms: u64) -> Server {
    let port = master.port;
    Server::sentinel(&format!(
        "sentinel monitor shop 127.0.0.1 {port} {quorum}\n\
         sentinel down-after-milliseconds shop {down_ms}\n\
         sentinel failover-timeout shop 5000\n"
    ))
    .await
}

fn url(sentinels: &[Server]) -> String {
    let hosts: Vec<_> = sentinels
        .iter()
        .map(|sentinel| format!("127.0.0.1:{}", sentinel.port))
        .collect();
    format!("redis+sentinel://{}/shop", hosts.join(","))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_contract_holds_over_a_sentinel() {
    let master = Server::start(&[]).await;
    let sentinels = [sentinel(&master, 1, 60_000).await];
    let url = url(&sentinels);
    checkout::token_store_contract!(contracted(&url).await, contract_in_one_test);
}

#[tokio::test]
async fn a_service_that_no_sentinel_knows_is_told() {
    let master = Server::start(&[]).await;
    let sentinels = [sentinel(&master, 1, 60_000).await];
    let other = url(&sentinels).replace("/shop", "/another");
    let Err(error) = checkout_redis::RedisTokens::connect(&other, &super::common::patient()).await else {
        panic!("there is no such service")
    };
    assert!(
        error
            .to_string()
            .contains("/another does not answer (Master with given name not found"),
        "{error}"
    );
}

/// A master with a replica that follows it, and three Sentinels that know both.
struct Watched {
    master: Server,
    replica: Server,
    sentinels: Vec<Server>,
}

impl Watched {
    async fn start() -> Self {
        let master = Server::start(&[]).await;
        let replica = Server::start(&["--replicaof", "127.0.0.1", &master.port.to_string()]).await;
        until("the replica follows", async || {
            replica.says("INFO replication", "master_link_status:up").await
        })
        .await;
        let mut sentinels = Vec::new();
        for _ in 0..3 {
            sentinels.push(sentinel(&master, 2, 1_000).await);
        }
        for sentinel in &sentinels {
            until("the Sentinel knows everyone", async || {
                sentinel.says("INFO sentinel", "slaves=1,sentinels=3").await
            })
            .await;
        }
        Self {
            master,
            replica,
            sentinels,
        }
    }

    /// The replica hears nothing of what the master does from now on.
    async fn part(&self) {
        let () = self.master.tell("ACL SETUSER default -psync -sync").await;
        let _: u64 = self.master.tell("CLIENT KILL TYPE replica").await;
        until("the replica is alone", async || {
            self.replica.says("INFO replication", "master_link_status:down").await
        })
        .await;
    }

    async fn fails_over(&mut self) {
        self.master.kill();
        until("the replica is the master", async || {
            self.replica.says("INFO replication", "role:master").await
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rd_10_a_fail_over_is_followed_and_what_it_lost_is_claimed_again() {
    let mut watched = Watched::start().await;
    let breaker = Breaker::new(Arc::new(connect(&url(&watched.sentinels)).await));
    let kept = claim_of(new_token());
    claimed(&breaker, &kept).await;
    let offset = async |server: &Server| {
        let info: String = server.tell("INFO replication").await;
        let line = info.lines().find_map(|line| line.strip_prefix("master_repl_offset:"));
        line.expect("an offset").trim().parse::<u64>().expect("a number")
    };
    let written = offset(&watched.master).await;
    until("the claim is replicated", async || {
        offset(&watched.replica).await >= written
    })
    .await;
    watched.part().await;
    let mut lost = Vec::new();
    for _ in 0..50 {
        let (running, ordered) = (claim_of(new_token()), claim_of(new_token()));
        claimed(&breaker, &running).await;
        claimed(&breaker, &ordered).await;
        assert_eq!(breaker.settle(&settle_of(&ordered)).await.expect("settled"), Held::Yes);
        lost.extend([running, ordered]);
    }
    watched.fails_over().await;
    until("the new master is used", async || {
        // Somebody has to notice; here it is a page that asks.
        let _ = breaker.state(kept.token).await;
        breaker.ping().await.is_ok()
    })
    .await;
    assert!(
        matches!(ask(&breaker, &again(&kept)).await, ClaimReply::Busy(_)),
        "what was replicated is known"
    );
    for claim in &lost {
        assert_eq!(
            breaker.state(claim.token).await.expect("an answer"),
            TokenState::Missing
        );
        let late = breaker.settle(&settle_of(claim)).await;
        assert_eq!(late.expect("an answer"), Held::No, "nobody holds what was lost");
        claimed(&breaker, &again(claim)).await;
    }
    assert_eq!(breaker.release(&release_of(&kept)).await.expect("released"), Held::Yes);
}
