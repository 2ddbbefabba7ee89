//! Several servers, one of which is worse off than the others.

use crash::books::Dialect;
use crash::crowd::{Bases, Crowd};
use crash::proxy::Road;
use crash::proxy::redis::RedisProxy;
use crash::server::Setup;
use crash::shopper::{Answer, PRODUCT};

use crate::database::behind_proxy;
use crate::support::{LONG, at_checkout, decided, holds, stage, start, submitting, until};

async fn cut_off_from_redis(on_redis_outage: &'static str) {
    let (_services, mut stage) = stage(Dialect::Postgres).await;
    let proxy = RedisProxy::open(stage.redis.port()).await.expect("a proxy");
    let healthy = stage.setup(on_redis_outage);
    let setup = Setup {
        redis_url: Some(proxy.url()),
        ..healthy.clone()
    };
    let (alone, other) = (start(&setup).await, start(&healthy).await);
    let (shopper, page) = at_checkout(&stage, &alone.base).await;
    let (second, second_page) = at_checkout(&stage, &alone.base).await;
    proxy.set(Road::Blocked);
    let answer = shopper.submit(&alone.base, &page).await;
    match on_redis_outage {
        "database" => assert!(answer.order().is_some(), "{answer:?}"),
        _ => assert_eq!(answer, Answer::Unknown("unavailable".to_owned())),
    }
    decided(&shopper, &other.base, &page, &healthy).await;
    let (here, there) = tokio::join!(
        second.submit(&alone.base, &second_page),
        second.submit(&other.base, &second_page)
    );
    assert!(
        there.order().is_some() && !matches!(here, Answer::No(_)),
        "{here:?}, {there:?}"
    );
    decided(&second, &alone.base, &second_page, &setup).await;
    proxy.set(Road::Open);
    decided(&shopper, &alone.base, &page, &setup).await;
    holds(&mut stage, &[&alone, &other], 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mu_02_a_server_without_redis_does_as_it_was_told() {
    cut_off_from_redis("database").await;
    cut_off_from_redis("refuse").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mu_03_a_server_without_a_database_refuses_and_the_others_do_not() {
    let (services, mut stage) = stage(Dialect::Postgres).await;
    let (proxy, setup, alone) = behind_proxy(&services, &stage).await;
    let other = start(&stage.setup("database")).await;
    let (shopper, page) = at_checkout(&stage, &alone.base).await;
    proxy.set(Road::Blocked);
    let answer = shopper.submit(&alone.base, &page).await;
    assert_eq!(answer, Answer::Unknown("unavailable".to_owned()));
    for (base, status) in [(&alone.base, 503), (&other.base, 200)] {
        let ready = reqwest::get(format!("{base}/readyz")).await.expect("an answer");
        assert_eq!(ready.status().as_u16(), status);
    }
    decided(&shopper, &other.base, &page, &setup).await;
    proxy.set(Road::Open);
    decided(&shopper, &alone.base, &page, &setup).await;
    holds(&mut stage, &[&alone, &other], 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mu_07_a_server_with_another_secret_refuses_and_loses_nothing() {
    let (_services, mut stage) = stage(Dialect::Sqlite).await;
    let setup = stage.setup("database");
    let odd = Setup {
        secret: "another-secret-another-secret-another".to_owned(),
        ..setup.clone()
    };
    let (server, odd) = (start(&setup).await, start(&odd).await);
    let (shopper, page) = at_checkout(&stage, &server.base).await;
    let answer = shopper.submit(&odd.base, &page).await;
    assert_eq!(answer, Answer::No("token_refused".to_owned()));
    let stranger = shopper.another();
    let foreign = stranger.page(&odd.base, PRODUCT).await.expect("a page");
    let answer = stranger.submit(&server.base, &foreign).await;
    assert_eq!(answer, Answer::No("token_refused".to_owned()));
    decided(&shopper, &server.base, &page, &setup).await;
    decided(&stranger, &odd.base, &foreign, &setup).await;
    holds(&mut stage, &[&server, &odd], 2).await;
}

/// Servers whose clocks are five minutes ahead and five minutes behind, and a page of each at the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mu_06_clocks_that_are_ten_minutes_apart_change_nothing() {
    let (_services, mut stage) = stage(Dialect::Postgres).await;
    // Twice the length of other runs: half of half an hour is more than both are apart.
    let setup = Setup {
        time_scale: 2,
        ..stage.setup("database")
    };
    let clock = |seconds, fail_point: Option<&str>| Setup {
        clock_ahead_s: seconds,
        fail_point: fail_point.map(str::to_owned),
        ..setup.clone()
    };
    let (mut ahead, behind) = (
        start(&clock(300, Some("after-claim"))).await,
        start(&clock(-300, None)).await,
    );
    // The one that is ahead claims and dies. The other takes over when the lease is over, by the clock of Redis.
    let (shopper, page) = at_checkout(&stage, &behind.base).await;
    let submission = submitting(&shopper, &ahead.base, &page);
    assert!(ahead.reached("after-claim", LONG).await, "it claims");
    ahead.kill().await.expect("killed");
    assert!(!submission.await.expect("no panic").is_decided());
    stage.keep_log(&ahead);
    decided(&shopper, &behind.base, &page, &setup).await;
    let ahead = start(&clock(300, None)).await;
    for (here, there) in [(&ahead, &behind), (&behind, &ahead)] {
        let (shopper, page) = at_checkout(&stage, &here.base).await;
        let copies = [here, there, here, there].map(|server| shopper.submit(&server.base, &page));
        for answer in futures::future::join_all(copies).await {
            assert!(!matches!(answer, Answer::No(_)), "{answer:?}");
        }
        decided(&shopper, &there.base, &page, &setup).await;
    }
    holds(&mut stage, &[&ahead, &behind], 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mu_10_two_servers_on_one_sqlite_file_lose_and_double_nothing() {
    let (_services, mut stage) = stage(Dialect::Sqlite).await;
    let setup = stage.setup("database");
    let servers = [start(&setup).await, start(&setup).await];
    let bases = Bases::new(servers.iter().map(|server| server.base.clone()).collect());
    let crowd = Crowd::open(&stage.history, &bases, 6, 10).expect("shoppers");
    until("orders", async || crowd.orders() > 40).await;
    let violations = crowd.close(LONG).await.expect("shoppers");
    assert!(violations.is_empty(), "{violations:#?}");
    let orders = stage.books().await.expect("the database answers").orders.len();
    holds(&mut stage, &[&servers[0], &servers[1]], orders).await;
}
