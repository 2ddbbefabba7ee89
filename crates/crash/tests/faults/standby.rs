//! A PostgreSQL that fails over to its standby.

use crash::books::{self, Dialect};
use crash::postgres::Postgres;
use crash::proxy::Road;
use crash::proxy::postgres::PostgresProxy;
use crash::server::Server;
use crash::shopper::{Answer, Page, Shopper};
use crash::stage::{Services, Stage};

use crate::support::{at_checkout, decided, holds, start, until};

/// A primary and its standby, and the road between them.
struct Pair {
    services: Services,
    road: PostgresProxy,
    standby: Postgres,
    stage: Stage,
    server: Server,
}

impl Pair {
    async fn open() -> Self {
        let services = Services::start().await.expect("a PostgreSQL");
        let stage = services.stage(Dialect::Postgres).await.expect("stores");
        let road = PostgresProxy::open(services.port().expect("a port"))
            .await
            .expect("a proxy");
        let standby = Postgres::standby_of(road.port()).await.expect("a standby");
        let server = start(&stage.setup("database")).await;
        Self {
            services,
            road,
            standby,
            stage,
            server,
        }
    }

    fn primary(&self) -> &Postgres {
        self.services.postgres.as_ref().expect("one of its own")
    }

    async fn number(&self, of: &Postgres, query: &str) -> i64 {
        let number = books::number(&format!("{}/postgres", of.root()), query).await;
        number.expect("it answers")
    }

    /// Waits until the standby has everything.
    async fn caught_up(&self) {
        let written = "SELECT CAST(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS bigint)";
        let written = self.number(self.primary(), written).await;
        let replayed = "SELECT CAST(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') AS bigint)";
        until("the standby has everything", async || {
            self.number(&self.standby, replayed).await >= written
        })
        .await;
    }

    async fn order(&self) {
        let (shopper, page) = at_checkout(&self.stage, &self.server.base).await;
        let answer = shopper.submit(&self.server.base, &page).await;
        assert!(answer.order().is_some(), "{answer:?}");
    }

    /// A page that the standby knows, from which on it hears nothing more.
    async fn cut_off(&self) -> (Shopper, Page) {
        let asked = at_checkout(&self.stage, &self.server.base).await;
        self.caught_up().await;
        self.road.set(Road::Blocked);
        asked
    }

    /// Waits until the primary's commits wait for the standby, which hears nothing. It is the checkpointer that tells
    /// everyone to, and it may come to read its settings later than a session does.
    async fn until_commits_wait(&self) {
        let url = format!("{}/postgres", self.primary().root());
        let commits = tokio::spawn(async move {
            let write = "SELECT pg_logical_emit_message(true, 'probe', '')";
            while books::run(&url, write).await.is_ok() {}
        });
        let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        until("a commit waits", async || self.number(self.primary(), cut).await > 0).await;
        commits.await.expect("it ends with its connection");
    }

    /// The primary dies, and the standby takes over with what it has.
    async fn fail_over(&mut self) {
        self.server.kill().await.expect("killed");
        self.stage.keep_log(&self.server);
        let primary = self.services.postgres.as_mut().expect("one of its own");
        primary.kill().await.expect("killed");
        self.standby.promote().await.expect("promoted");
        self.stage.url = format!("{}/{}", self.standby.root(), self.stage.database());
        self.server = start(&self.stage.setup("database")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_14_a_failover_to_an_asynchronous_standby_loses_what_it_did_not_hear_and_the_checker_says_so() {
    let mut pair = Pair::open().await;
    pair.order().await;
    let (shopper, page) = pair.cut_off().await;
    let lost = shopper.submit(&pair.server.base, &page).await;
    assert!(
        lost.order().is_some(),
        "it is acknowledged, and only the primary has it: {lost:?}"
    );
    pair.fail_over().await;
    let violations = pair.stage.violations().await.expect("the stores answer");
    let [violation] = violations.as_slice() else {
        panic!("one order is lost: {violations:#?}")
    };
    assert!(
        violation.starts_with("I2") && violation.contains(&page.intent),
        "{violation}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_14_a_failover_to_a_synchronous_standby_loses_nothing() {
    let mut pair = Pair::open().await;
    for statement in [
        "ALTER SYSTEM SET synchronous_standby_names = '*'",
        "SELECT pg_reload_conf()",
    ] {
        pair.primary().run(statement).await.expect("set");
    }
    let synchronous = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
    until("the standby is synchronous", async || {
        pair.number(pair.primary(), synchronous).await == 1
    })
    .await;
    pair.order().await;
    let (shopper, page) = pair.cut_off().await;
    pair.until_commits_wait().await;
    let unheard = shopper.submit(&pair.server.base, &page).await;
    assert!(
        matches!(unheard, Answer::Unknown(_)),
        "the standby has not heard of it: {unheard:?}"
    );
    pair.fail_over().await;
    let setup = pair.stage.setup("database");
    decided(&shopper, &pair.server.base, &page, &setup).await;
    holds(&mut pair.stage, &[&pair.server], 2).await;
}
