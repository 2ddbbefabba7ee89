//! Servers and stores that end and come back.

use std::time::Duration;

use crash::books::Dialect;
use crash::crowd::{Bases, Crowd};
use crash::dice::Dice;
use crash::postgres;
use crash::process::Signal;
use crash::server::{Server, Setup};
use crash::shopper::Answer;
use crash::stage::{Services, Stage};
use futures::future::join_all;
use tokio::time::{Instant, sleep};

use crate::support::{LONG, at_checkout, decided, holds, stage, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_17_a_server_that_is_told_to_stop_finishes_two_hundred_attempts() {
    const ATTEMPTS: usize = 200;
    for dialect in Dialect::ALL {
        let (_services, mut stage) = stage(dialect).await;
        let setup = Setup {
            time_scale: 1,
            // So many at once are more than a server takes, unless it is told to.
            environment: vec![("ONCE_ORDERS_AT_ONCE", ATTEMPTS.to_string())],
            ..stage.setup("database")
        };
        let mut server = start(&setup).await;
        let (first, page) = at_checkout(&stage, &server.base).await;
        let mut shoppers = vec![(first.clone(), page)];
        for _ in 1..ATTEMPTS {
            let shopper = first.another();
            let page = shopper
                .page(&server.base, crash::shopper::PRODUCT)
                .await
                .expect("a page");
            shoppers.push((shopper, page));
        }
        let mut submissions: Vec<_> = (shoppers.iter().cloned())
            .map(|(shopper, page)| {
                let base = server.base.clone();
                tokio::spawn(async move { shopper.submit(&base, &page).await })
            })
            .collect();
        // Where the machine stands still for a second, some have waited too long for a connection (`pool_acquire`), and are told
        // "unavailable" first; they come again below.
        let mut is_through = false;
        while !is_through {
            assert!(!submissions.is_empty(), "one is through");
            let (answer, _, others) = futures::future::select_all(submissions).await;
            is_through = answer.expect("no panic").order().is_some();
            submissions = others;
        }
        let running = submissions
            .iter()
            .filter(|submission| !submission.is_finished())
            .count();
        assert!(running > ATTEMPTS / 4, "only {running} were under way");
        assert!(
            server.stop(LONG).await.expect("it ends in its grace"),
            "it says that it failed"
        );
        stage.keep_log(&server);
        let server = start(&setup).await;
        for (shopper, page) in &shoppers {
            decided(shopper, &server.base, page, &setup).await;
        }
        holds(&mut stage, &[&server], ATTEMPTS).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_18_a_server_that_is_killed_in_its_grace_leaves_nothing_half_done() {
    for dialect in Dialect::ALL {
        let (_services, mut stage) = stage(dialect).await;
        let setup = stage.setup("database");
        let armed = Setup {
            fail_point: Some("before-settle".to_owned()),
            ..setup.clone()
        };
        let mut server = start(&armed).await;
        let (shopper, page) = at_checkout(&stage, &server.base).await;
        let submission = {
            let (shopper, base, page) = (shopper.clone(), server.base.clone(), page.clone());
            tokio::spawn(async move { shopper.submit(&base, &page).await })
        };
        assert!(server.reached("before-settle", LONG).await, "an attempt is under way");
        server.signal(Signal::TERM).expect("told to stop");
        let grace = Duration::from_secs(40) / setup.time_scale;
        assert!(server.ended(grace / 2).await.is_err(), "it waits for the attempt");
        server.kill().await.expect("killed");
        assert!(!matches!(submission.await.expect("no panic"), Answer::No(_)));
        stage.keep_log(&server);
        let server = start(&setup).await;
        decided(&shopper, &server.base, &page, &setup).await;
        holds(&mut stage, &[&server], 1).await;
    }
}

async fn crash_loop(dialect: Dialect, time: Duration) {
    let (_services, mut stage) = stage(dialect).await;
    let setup = stage.setup("database");
    let mut servers = [start(&setup).await, start(&setup).await];
    let bases = Bases::new(servers.iter().map(|server| server.base.clone()).collect());
    let crowd = Crowd::open(&stage.history, &bases, 6, 20).expect("shoppers");
    let (begun, mut dice, mut kills) = (Instant::now(), Dice::new(20), 0);
    while begun.elapsed() < time {
        sleep(dice.between(200, 800)).await;
        let place = kills % 2;
        servers[place].kill().await.expect("killed");
        stage.keep_log(&servers[place]);
        servers[place] = start(&setup).await;
        bases.set(place, &servers[place].base);
        kills += 1;
    }
    let known = crowd.orders();
    let violations = crowd.close(LONG).await.expect("shoppers");
    assert!(
        violations.is_empty() && known > 0 && kills > 2,
        "{kills} kills, {known} orders: {violations:#?}"
    );
    let orders = stage.books().await.expect("the database answers").orders.len();
    holds(&mut stage, &[&servers[0], &servers[1]], orders).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_20_servers_that_are_killed_all_the_time_lose_and_double_nothing() {
    crash_loop(Dialect::Postgres, Duration::from_secs(5)).await;
    crash_loop(Dialect::Sqlite, Duration::from_secs(5)).await;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Server,
    Redis,
    Postgres,
}

/// Kills all three at once, and starts them in this order.
async fn kill_all(services: &mut Services, stage: &mut Stage, mut server: Server, order: [Part; 3]) -> Server {
    let postgres = services.postgres.as_mut().expect("one of its own");
    server.kill().await.expect("killed");
    postgres.kill().await.expect("killed");
    stage.redis.kill().await.expect("killed");
    stage.keep_log(&server);
    let setup = stage.setup("database");
    let mut supervisor = None;
    for part in order {
        match part {
            Part::Server => {
                let setup = setup.clone();
                supervisor = Some(tokio::spawn(async move { start(&setup).await }));
                sleep(Duration::from_millis(300)).await;
            }
            Part::Redis => stage.redis.restart().await.expect("started"),
            Part::Postgres => postgres.restart().await.expect("recovered"),
        }
    }
    supervisor.expect("it is one of the three").await.expect("no panic")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_21_everything_is_killed_at_once_and_comes_back_in_every_order() {
    use Part::{Postgres, Redis, Server};
    let mut services = Services::start().await.expect("a PostgreSQL");
    let mut stage = services.stage(Dialect::Postgres).await.expect("stores");
    let mut server = start(&stage.setup("database")).await;
    let bases = Bases::new(vec![server.base.clone()]);
    let crowd = Crowd::open(&stage.history, &bases, 4, 21).expect("shoppers");
    for order in [
        [Server, Redis, Postgres],
        [Server, Postgres, Redis],
        [Redis, Server, Postgres],
        [Redis, Postgres, Server],
        [Postgres, Server, Redis],
        [Postgres, Redis, Server],
    ] {
        let before = crowd.orders();
        sleep(Duration::from_millis(700)).await;
        assert!(crowd.orders() > before, "nobody bought anything before {order:?}");
        server = kill_all(&mut services, &mut stage, server, order).await;
        bases.set(0, &server.base);
    }
    let violations = crowd.close(LONG).await.expect("shoppers");
    assert!(violations.is_empty(), "{violations:#?}");
    let orders = stage.books().await.expect("the database answers").orders.len();
    holds(&mut stage, &[&server], orders).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_22_a_server_that_is_killed_while_it_migrates_can_be_started_again() {
    let (services, stage) = stage(Dialect::Sqlite).await;
    let folder = tempfile::tempdir().expect("a folder");
    let fresh = async |dialect, number: usize| match dialect {
        Dialect::Sqlite => format!("sqlite://{}", folder.path().join(format!("{number}.db")).display()),
        Dialect::Postgres => {
            let name = format!("crash_fresh_{}_{number}", std::process::id());
            let root = postgres::root(services.port().expect("a port"));
            postgres::create(&root, &name, None).await.expect("a database")
        }
    };
    let mut dice = Dice::new(22);
    let deaths = join_all(
        (0..8)
            .map(|number| (number, Dialect::ALL[number % 2], dice.between(1, 120)))
            .map(async |(number, dialect, delay)| {
                let setup = Setup {
                    database_url: fresh(dialect, number).await,
                    ..stage.setup("database")
                };
                let mut dying = Server::launch(&setup).expect("launched");
                sleep(delay).await;
                dying.kill().await.expect("killed");
                let server = start(&setup).await;
                let (shopper, page) = at_checkout(&stage, &server.base).await;
                decided(&shopper, &server.base, &page, &setup).await;
                dying.log.text().contains("Once is open")
            }),
    )
    .await;
    assert!(deaths.contains(&false), "one of them was killed before it was open");
}
