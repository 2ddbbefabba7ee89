//! The server is killed at one step and started again. The same page is then answered as the step says.

use crash::books::Dialect;
use crash::history::Kind;
use crash::proxy::postgres::{OnCommit, PostgresProxy};
use crash::proxy::redis::{OnClaim, RedisProxy};
use crash::redis::{Redis, Reply};
use crash::server::{Server, Setup};
use crash::shopper::{Answer, Page, Shopper};
use crash::stage::{Services, Stage};
use crash::suites::matrix::{Case, Fault, RedisFault};
use tokio::task::JoinHandle;

use crate::support::{LONG, at_checkout, decided, holds, stage, start, submitting, until};

/// What the page is answered once the server is back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// The retry places the order.
    Placed,
    /// The order was placed before the kill.
    Replayed,
}

/// A purchase whose server dies.
struct Scene {
    _services: Services,
    stage: Stage,
    setup: Setup,
    server: Server,
    shopper: Shopper,
    page: Page,
}

impl Scene {
    async fn open(dialect: Dialect, change: impl AsyncFnOnce(&Services, &Stage, Setup) -> Setup) -> Self {
        let (services, stage) = stage(dialect).await;
        let setup = stage.setup("database");
        let changed = change(&services, &stage, setup.clone()).await;
        let server = start(&changed).await;
        let (shopper, page) = at_checkout(&stage, &server.base).await;
        Self {
            _services: services,
            stage,
            setup,
            server,
            shopper,
            page,
        }
    }

    fn submit(&self) -> JoinHandle<Answer> {
        submitting(&self.shopper, &self.server.base, &self.page)
    }

    /// The server is gone, or about to be; it is started again without faults, and the page is sent again.
    async fn sends_again(mut self, submission: JoinHandle<Answer>, then: Then) {
        self.server.kill().await.expect("killed");
        let lost = submission.await.expect("no panic");
        assert!(!lost.is_decided(), "nobody could answer: {lost:?}");
        self.stage.keep_log(&self.server);
        let server = start(&self.setup).await;
        let answer = decided(&self.shopper, &server.base, &self.page, &self.setup).await;
        let replayed = matches!(answer, Answer::Order { replayed: true, .. });
        assert_eq!(replayed, then == Then::Replayed, "{answer:?}");
        // Until then the dead attempt's claim is respected, and nothing else is in the way.
        let undecided = self
            .stage
            .history
            .events()
            .into_iter()
            .filter(|event| event.kind == Kind::Info);
        for (status, code) in undecided.filter_map(|event| event.status) {
            assert_eq!((status, code.as_str()), (409, "in_progress"));
        }
        holds(&mut self.stage, &[&server], 1).await;
    }
}

/// On both databases at once.
async fn killed_at(point: &'static str, then: Then) {
    let on = async |dialect| {
        let scene = Scene::open(dialect, async |_, _, setup| Setup {
            fail_point: Some(point.to_owned()),
            ..setup
        });
        let scene = scene.await;
        let submission = scene.submit();
        assert!(scene.server.reached(point, LONG).await, "{point} is passed");
        scene.sends_again(submission, then).await;
    };
    tokio::join!(on(Dialect::Sqlite), on(Dialect::Postgres));
}

/// Whether a token is claimed.
async fn is_claimed(redis: &Redis) -> bool {
    for (key, _) in redis.keys().await.expect("Redis answers") {
        let state = redis.command(&["HGET", &key, "state"]).await.expect("Redis answers");
        if state == Reply::Text("claimed".to_owned()) {
            return true;
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_01_killed_with_the_form_read_and_nothing_claimed() {
    killed_at("before-claim", Then::Placed).await;
}

/// Behind a proxy before Redis.
async fn with_redis_proxy() -> (RedisProxy, Scene) {
    let mut opened = None;
    let scene = Scene::open(Dialect::Sqlite, async |_, stage, setup| {
        let proxy = RedisProxy::open(stage.redis.port()).await.expect("a proxy");
        let redis_url = Some(proxy.url());
        opened = Some(proxy);
        Setup { redis_url, ..setup }
    })
    .await;
    (opened.expect("it was opened"), scene)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_02_killed_with_the_claim_sent_and_its_reply_unread() {
    let (proxy, scene) = with_redis_proxy().await;
    let killer = scene.server.killer().expect("it runs");
    // Dead before Redis hears of the claim.
    proxy.plan(move || {
        killer.kill();
        OnClaim::Silence(LONG)
    });
    let submission = scene.submit();
    until("the claim arrived", async || is_claimed(&scene.stage.redis).await).await;
    scene.sends_again(submission, Then::Placed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_03_killed_with_the_token_claimed_and_nothing_begun() {
    killed_at("after-claim", Then::Placed).await;
}

/// Behind a proxy before PostgreSQL.
async fn with_postgres_proxy() -> (PostgresProxy, Scene) {
    let mut opened = None;
    let scene = Scene::open(Dialect::Postgres, async |services, stage, setup| {
        let port = services.port().expect("a port");
        let proxy = PostgresProxy::open(port).await.expect("a proxy");
        let database_url = format!("{}/{}", proxy.root(), stage.database());
        opened = Some(proxy);
        Setup { database_url, ..setup }
    })
    .await;
    (opened.expect("it was opened"), scene)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_04_killed_while_the_transaction_is_begun() {
    let (proxy, scene) = with_postgres_proxy().await;
    let killer = scene.server.killer().expect("it runs");
    proxy.at_begin(move || killer.kill());
    let submission = scene.submit();
    until("a transaction is begun", async || proxy.has_begun()).await;
    scene.sends_again(submission, Then::Placed).await;
    killed_at("transaction-begun", Then::Placed).await;
}

/// A server that lives on, after the task that began: the next borrower of the connection is not inside its transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_04_an_attempt_that_dies_in_its_transaction_leaves_it_to_nobody() {
    let services = Services::given().await.expect("a PostgreSQL");
    for dialect in Dialect::ALL {
        let case = Case {
            point: "transaction-begun".to_owned(),
            fault: Fault::Panic,
            dialect,
            redis: RedisFault::None,
            on_redis_outage: "database",
        };
        let outcome = case.run(&services).await.expect("it runs");
        assert!(outcome.reached && outcome.violations.is_empty(), "{case}: {outcome:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_05_killed_with_the_order_inserted() {
    killed_at("order-inserted", Then::Placed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_07_killed_with_everything_written_and_not_committed() {
    killed_at("before-commit", Then::Placed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_08_killed_with_the_commit_sent_and_its_answer_unread() {
    let (proxy, scene) = with_postgres_proxy().await;
    let killer = scene.server.killer().expect("it runs");
    // Dead before PostgreSQL hears of the commit.
    let mut strike = Some(killer);
    proxy.plan(move || match strike.take() {
        Some(killer) => {
            killer.kill();
            OnCommit::CutAfter(LONG)
        }
        None => OnCommit::Pass,
    });
    let submission = scene.submit();
    until("the commit was executed", async || proxy.counts().executed == 1).await;
    scene.sends_again(submission, Then::Replayed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_09_killed_after_the_commit_and_before_it_is_read_back() {
    killed_at("after-commit", Then::Replayed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_11_killed_with_the_claim_settled_and_its_reply_unread() {
    let (proxy, scene) = with_redis_proxy().await;
    let killer = scene.server.killer().expect("it runs");
    proxy.at_end(move || killer.kill());
    let submission = scene.submit();
    until("it is settled", async || {
        let orders = scene.stage.books().await.expect("the database answers").orders.len();
        orders == 1 && !is_claimed(&scene.stage.redis).await
    })
    .await;
    scene.sends_again(submission, Then::Replayed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_12_killed_with_the_outcome_known_and_nobody_told() {
    killed_at("before-answer", Then::Replayed).await;
}
