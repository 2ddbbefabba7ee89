//! PostgreSQL cut off, silent, killed and restarted.

use std::time::Duration;

use crash::books::Dialect;
use crash::crowd::{Bases, Crowd};
use crash::postgres::StopMode;
use crash::proxy::Road;
use crash::proxy::postgres::{OnCommit, PostgresProxy};
use crash::server::{Server, Setup};
use crash::shopper::Answer;
use crash::stage::{Services, Stage};
use tokio::time::sleep;

use crate::support::{LONG, at_checkout, decided, holds, stage, start};

/// A server whose way to PostgreSQL leads through a proxy.
pub async fn behind_proxy(services: &Services, stage: &Stage) -> (PostgresProxy, Setup, Server) {
    let port = services.port().expect("a port");
    let proxy = PostgresProxy::open(port).await.expect("a proxy");
    let setup = Setup {
        database_url: format!("{}/{}", proxy.root(), stage.database()),
        ..stage.setup("database")
    };
    let server = start(&setup).await;
    (proxy, setup, server)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_01_a_commit_whose_answer_is_lost_is_found_out() {
    let (services, mut stage) = stage(Dialect::Postgres).await;
    let (proxy, _, server) = behind_proxy(&services, &stage).await;
    let (shopper, page) = at_checkout(&stage, &server.base).await;
    proxy.strike_once(OnCommit::CutAfter(LONG));
    let answer = shopper.submit(&server.base, &page).await;
    assert!(answer.order().is_some(), "{answer:?}");
    assert_eq!(proxy.counts().executed, 1, "the cut fell behind the execution");
    holds(&mut stage, &[&server], 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_02_a_commit_that_never_arrives_is_sent_again() {
    let (services, mut stage) = stage(Dialect::Postgres).await;
    let (proxy, _, server) = behind_proxy(&services, &stage).await;
    for (number, strike) in [OnCommit::CutBefore, OnCommit::CutInside].into_iter().enumerate() {
        let (shopper, page) = at_checkout(&stage, &server.base).await;
        proxy.strike_once(strike);
        let answer = shopper.submit(&server.base, &page).await;
        assert!(
            matches!(answer, Answer::Order { replayed: false, .. }),
            "{strike:?}: {answer:?}"
        );
        assert_eq!(proxy.counts().never_arrived, number + 1, "{strike:?}");
    }
    holds(&mut stage, &[&server], 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_04_without_a_database_to_ask_the_outcome_stays_unknown() {
    let (services, mut stage) = stage(Dialect::Postgres).await;
    let (proxy, setup, server) = behind_proxy(&services, &stage).await;
    let (shopper, page) = at_checkout(&stage, &server.base).await;
    proxy.strike_once(OnCommit::CutAndBlock);
    let answer = shopper.submit(&server.base, &page).await;
    assert_eq!(answer, Answer::Unknown("outcome_unknown".to_owned()));
    assert_eq!(proxy.counts().executed, 1, "it was executed all the same");
    let (answer, _) = shopper.retry(&server.base, &page, setup.lease() * 2).await;
    assert!(!answer.is_decided(), "the database is still out of reach: {answer:?}");
    proxy.set(Road::Open);
    let answer = decided(&shopper, &server.base, &page, &setup).await;
    assert!(matches!(answer, Answer::Order { replayed: true, .. }), "{answer:?}");
    holds(&mut stage, &[&server], 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mu_04_a_server_that_hears_no_replies_holds_up_no_other() {
    let (services, mut stage) = stage(Dialect::Postgres).await;
    let (proxy, setup, server) = behind_proxy(&services, &stage).await;
    let other = start(&stage.setup("database")).await;
    let (shopper, page) = at_checkout(&stage, &server.base).await;
    proxy.strike_once(OnCommit::Silence(setup.lease()));
    let submission = {
        let (shopper, base, page) = (shopper.clone(), server.base.clone(), page.clone());
        tokio::spawn(async move { shopper.submit(&base, &page).await })
    };
    while stage.books().await.expect("the database answers").orders.is_empty() {
        sleep(Duration::from_millis(20)).await;
    }
    decided(&shopper, &other.base, &page, &setup).await;
    let here = submission.await.expect("no panic");
    assert!(!matches!(here, Answer::No(_)), "{here:?}");
    decided(&shopper, &server.base, &page, &setup).await;
    holds(&mut stage, &[&server, &other], 1).await;
}

/// Shoppers buy while something happens to PostgreSQL; in the end everybody knows.
async fn through(mut services: Services, strike: impl AsyncFn(&mut Services)) {
    let mut stage = services.stage(Dialect::Postgres).await.expect("stores");
    let server = start(&stage.setup("database")).await;
    let crowd = Crowd::open(&stage.history, &Bases::new(vec![server.base.clone()]), 6, 12).expect("shoppers");
    for _ in 0..3 {
        let before = crowd.orders();
        sleep(Duration::from_millis(500)).await;
        strike(&mut services).await;
        sleep(Duration::from_millis(500)).await;
        assert!(crowd.orders() > before, "nobody bought anything");
    }
    let known = crowd.orders();
    let violations = crowd.close(LONG).await.expect("shoppers");
    assert!(violations.is_empty() && known > 0, "{known} orders: {violations:#?}");
    let orders = stage.books().await.expect("the database answers").orders.len();
    holds(&mut stage, &[&server], orders).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_12_a_database_that_is_killed_in_a_storm_of_commits_loses_no_order() {
    through(Services::start().await.expect("a PostgreSQL"), async |services| {
        let postgres = services.postgres.as_mut().expect("one of its own");
        postgres.kill().await.expect("killed");
        postgres.restart().await.expect("recovered");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_13_a_database_that_is_restarted_is_found_again() {
    through(Services::start().await.expect("a PostgreSQL"), async |services| {
        let postgres = services.postgres.as_mut().expect("one of its own");
        for mode in [StopMode::Fast, StopMode::Immediate] {
            postgres.stop(mode).await.expect("stopped");
            postgres.restart().await.expect("started");
        }
    })
    .await;
}
