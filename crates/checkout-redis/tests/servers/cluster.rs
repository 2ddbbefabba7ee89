//! A Cluster of three masters.

use checkout::ports::{Held, StoreErrorKind, TokenStore as _};
use checkout_redis::RedisTokens;

use super::common::{
    Server, ask, claim_of, claimed, connect, connect_hasty, contracted, free_port, kind, new_token, patient,
    release_of, run, surely, until, until_it_answers,
};

struct Cluster {
    nodes: Vec<Server>,
}

impl Cluster {
    async fn start() -> Self {
        let mut cluster = Self::prepare();
        cluster.begin().await;
        cluster
    }

    fn prepare() -> Self {
        let mut nodes = Vec::new();
        for _ in 0..3 {
            let bus = free_port().to_string();
            let options = [
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                &bus,
                "--cluster-node-timeout",
                "2000",
            ];
            nodes.push(Server::prepare(&options));
        }
        Self { nodes }
    }

    async fn begin(&mut self) {
        for node in &mut self.nodes {
            node.begin().await;
        }
        let mut create = vec!["--cluster".to_owned(), "create".to_owned()];
        create.extend(self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)));
        create.push("--cluster-yes".to_owned());
        run("redis-cli", &create);
        self.is_whole().await;
    }

    async fn is_whole(&self) {
        for node in &self.nodes {
            until("the Cluster is whole", async || {
                let info: String = node.tell("CLUSTER INFO").await;
                info.contains("cluster_state:ok") && info.contains("cluster_slots_ok:16384")
            })
            .await;
        }
    }

    /// The address; the first node alone would do.
    fn url(&self) -> String {
        let hosts: Vec<_> = self
            .nodes
            .iter()
            .map(|node| format!("127.0.0.1:{}", node.port))
            .collect();
        format!("redis+cluster://{}", hosts.join(","))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rd_01_a_cluster_that_is_down_at_start_is_taken_up_once_it_answers() {
    let mut cluster = Cluster::prepare();
    let store = RedisTokens::connect_later(&cluster.url(), &patient()).expect("an address");
    let claim = claim_of(new_token());
    store.claim(&claim).await.expect_err("nobody answers");
    cluster.begin().await;
    until_it_answers(&store).await;
    claimed(&store, &claim).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_contract_holds_over_a_cluster() {
    let cluster = Cluster::start().await;
    let url = cluster.url();
    checkout::token_store_contract!(contracted(&url).await, contract_in_one_test);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tk_24_a_node_that_forgot_the_scripts_is_given_them_again() {
    let cluster = Cluster::start().await;
    let store = connect(&cluster.url()).await;
    for node in &cluster.nodes {
        let () = node.tell("SCRIPT FLUSH").await;
        for _ in 0..10 {
            let claim = claim_of(new_token());
            claimed(&store, &claim).await;
            assert_eq!(store.release(&release_of(&claim)).await.expect("released"), Held::Yes);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_spread_over_every_master() {
    let cluster = Cluster::start().await;
    let store = connect(&cluster.url()).await;
    for _ in 0..60 {
        claimed(&store, &claim_of(new_token())).await;
    }
    for node in &cluster.nodes {
        assert!(node.keys().await.len() > 2, "a master without its part");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_of_every_node_is_heard() {
    let cluster = Cluster::start().await;
    let (here, there) = (contracted(&cluster.url()).await, contracted(&cluster.url()).await);
    for _ in 0..20 {
        let claim = claim_of(new_token());
        claimed(there.as_ref(), &claim).await;
        let ended = here.ended(claim.token.shopper);
        assert_eq!(there.release(&release_of(&claim)).await.expect("released"), Held::Yes);
        surely("news is heard", ended).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_master_that_is_gone_is_out_of_reach_until_it_is_back() {
    let mut cluster = Cluster::start().await;
    let store = connect(&cluster.url()).await;
    let claim = claim_of(new_token());
    claimed(&store, &claim).await;
    cluster.nodes[1].kill();
    until("a ping sees it", async || store.ping().await.is_err()).await;
    assert_ne!(kind(store.ping().await), StoreErrorKind::Corrupt);
    cluster.nodes[1].begin().await;
    cluster.is_whole().await;
    until_it_answers(&store).await;
    for _ in 0..20 {
        ask(&store, &claim_of(new_token())).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_master_that_freezes_says_unknown_and_is_used_again_when_it_wakes() {
    let cluster = Cluster::start().await;
    let store = connect_hasty(&cluster.url()).await;
    cluster.nodes[2].freeze();
    until("an operation meets it", async || {
        match store.claim(&claim_of(new_token())).await {
            Ok(_) => false,
            Err(error) => {
                assert_eq!(error.kind, StoreErrorKind::Unknown);
                true
            }
        }
    })
    .await;
    assert!(store.ping().await.is_err(), "a ping asks every master");
    cluster.nodes[2].thaw();
    until_it_answers(&store).await;
}
