//! What a server that stops, or that is told to forget, makes of orders.

mod private;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use checkout::catalogue::Slug;
use checkout::ports::{Insertion, NewOrder, StoreErrorKind};
use checkout::settings::Timeouts;
use checkout::testing::{Fixture, Shop};
use checkout_postgres::PostgresShop;
use private::Server;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection};

async fn connect(server: &Server) -> PgConnection {
    let options: PgConnectOptions = server.url().parse().expect("an address");
    options.connect().await.expect("connected")
}

async fn run(connection: &mut PgConnection, sql: &str) {
    let ran = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
    ran.expect("the statements run");
}

async fn open(server: &Server) -> PostgresShop {
    let shop = checkout_postgres::open(&server.url(), &Timeouts::default()).await;
    shop.expect("a shop opens")
}

fn fixture(shop: &PostgresShop) -> Fixture {
    Fixture::new(Shop {
        products: shop.products.clone(),
        carts: shop.carts.clone(),
        orders: shop.orders.clone(),
        accounts: shop.accounts.clone(),
    })
}

/// Sends the order until it is placed, as a shopper does who is told to try again safely.
async fn insist(fixture: &Fixture, order: NewOrder) -> u32 {
    let mut tries = 1;
    loop {
        match fixture.shop.orders.insert_once(vec![order.clone()]).await.remove(0) {
            Ok(Insertion::Placed(placed)) if placed.id == order.id => return tries,
            Ok(other) => panic!("nobody else has this cart: {other:?}"),
            Err(error) => assert_ne!(error.kind, StoreErrorKind::Corrupt, "{error:?}"),
        }
        tries += 1;
    }
}

/// Carts, each with one piece.
async fn orders(fixture: &Fixture, slug: &Slug, count: usize) -> Vec<NewOrder> {
    let mut orders = Vec::with_capacity(count);
    for _ in 0..count {
        orders.push(fixture.order_of(&fixture.cart_of(slug, 1).await));
    }
    orders
}

/// Places orders until the server was restarted; says how many.
async fn sell_until(restarted: Arc<AtomicBool>, buyer: Fixture, waiting: Vec<NewOrder>) -> u32 {
    let mut placed = 0;
    for order in waiting {
        insist(&buyer, order).await;
        placed += 1;
        if restarted.load(Ordering::Acquire) {
            break;
        }
    }
    placed
}

/// Orders go in while the server is restarted; every one is placed once, and the pool heals by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_13_a_restart_loses_no_order_and_doubles_none() {
    const LANES: usize = 4;
    let server = Arc::new(Server::start());
    let shop = open(&server).await;
    let buyer = fixture(&shop);
    let slug = buyer.product(10_000).await;
    let mut placed = 0;
    for mode in ["fast", "immediate"] {
        let restarted = Arc::new(AtomicBool::new(false));
        let mut lanes = Vec::new();
        for _ in 0..LANES {
            let waiting = orders(&buyer, &slug, 100).await;
            lanes.push(tokio::spawn(sell_until(restarted.clone(), buyer.clone(), waiting)));
        }
        let restarting = server.clone();
        tokio::task::spawn_blocking(move || restarting.restart(mode))
            .await
            .expect("restarted");
        restarted.store(true, Ordering::Release);
        for lane in lanes {
            placed += lane.await.expect("no panic");
        }
        // At the first try: nothing of the pool is broken any more.
        let after = orders(&buyer, &slug, 20).await;
        for order in after {
            assert_eq!(insist(&buyer, order).await, 1, "after {mode}");
            placed += 1;
        }
    }
    assert_eq!(buyer.stock(&slug).await, 10_000 - placed);
}

/// The server committed, and its answer was lost. Here it waits for a standby that is not there, as it may before
/// every answer, and is ended meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_01_a_commit_whose_answer_is_lost_is_unknown_and_stands() {
    let server = Server::start();
    let shop = open(&server).await;
    let buyer = fixture(&shop);
    let slug = buyer.product(5).await;
    let batch = orders(&buyer, &slug, 3).await;
    let mut observer = connect(&server).await;
    run(&mut observer, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'").await;
    reload(&mut observer).await;
    until_commits_wait(&server, &mut observer).await;
    let (orders, sent) = (shop.orders.clone(), batch.clone());
    let writing = tokio::spawn(async move { orders.insert_once(sent).await });
    cut_those_who_wait(&mut observer).await;
    for answer in writing.await.expect("no panic") {
        assert_eq!(answer.expect_err("nobody answered").kind, StoreErrorKind::Unknown);
    }
    run(&mut observer, "ALTER SYSTEM RESET synchronous_standby_names").await;
    reload(&mut observer).await;
    for order in batch {
        assert_eq!(insist(&buyer, order).await, 1, "it stood all the time");
    }
    assert_eq!(buyer.stock(&slug).await, 2);
}

/// The same, and nobody ends it: the wait does when its time is over, and the truth is told to whoever asks again.
#[tokio::test]
async fn db_01_a_commit_that_is_not_answered_is_unknown_when_the_time_is_over() {
    let server = Server::start();
    let impatient = Timeouts {
        attempt: Duration::from_secs(3),
        ..Timeouts::default()
    };
    let shop = checkout_postgres::open(&server.url(), &impatient)
        .await
        .expect("a shop opens");
    let buyer = fixture(&shop);
    let slug = buyer.product(5).await;
    let order = orders(&buyer, &slug, 1).await.remove(0);
    let mut settings = connect(&server).await;
    run(&mut settings, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'").await;
    reload(&mut settings).await;
    until_commits_wait(&server, &mut settings).await;
    let answered = shop.orders.insert_once(vec![order.clone()]);
    let answered = tokio::time::timeout(Duration::from_mins(1), answered).await;
    let answer = answered.expect("nobody waits for ever").remove(0);
    assert_eq!(answer.expect_err("nobody answered").kind, StoreErrorKind::Unknown);
    run(&mut settings, "ALTER SYSTEM RESET synchronous_standby_names").await;
    reload(&mut settings).await;
    insist(&buyer, order).await;
    assert_eq!(buyer.stock(&slug).await, 4);
}

#[tokio::test]
async fn db_22_a_server_that_forgets_what_is_on_its_disk_is_refused() {
    let server = Server::start();
    for setting in ["fsync", "full_page_writes"] {
        let mut settings = connect(&server).await;
        run(&mut settings, &format!("ALTER SYSTEM SET {setting} = off")).await;
        reload(&mut settings).await;
        let refused = checkout_postgres::open(&server.url(), &Timeouts::default()).await;
        assert_eq!(
            refused.map(drop).expect_err("refused").to_string(),
            format!("PostgreSQL would lose orders: {setting} is off; switch it on")
        );
        run(&mut settings, &format!("ALTER SYSTEM RESET {setting}")).await;
        reload(&mut settings).await;
    }
    open(&server).await.ping().await.expect("it answers");
}

/// Has the server read its settings, and waits until it did.
async fn reload(connection: &mut PgConnection) {
    let loaded = async |connection: &mut PgConnection| {
        let asked = sqlx::query_scalar::<_, String>("SELECT pg_conf_load_time()::text").fetch_one(connection);
        asked.await.expect("read")
    };
    let before = loaded(connection).await;
    run(connection, "SELECT pg_reload_conf()").await;
    while loaded(connection).await == before {}
}

/// Waits until commits wait for a standby. It is the checkpointer that tells everyone to (`SyncRepUpdateSyncStandbysDefined`
/// in PostgreSQL's source), and it may come to read its settings later than a session does.
async fn until_commits_wait(server: &Server, observer: &mut PgConnection) {
    let mut probe = connect(server).await;
    let commits = tokio::spawn(async move {
        let write = "SELECT pg_logical_emit_message(true, 'probe', '')";
        while sqlx::raw_sql(write).execute(&mut probe).await.is_ok() {}
    });
    cut_those_who_wait(observer).await;
    commits.await.expect("it ends with its connection");
}

/// Ends the sessions whose commit waits for a standby, once there are any.
async fn cut_those_who_wait(observer: &mut PgConnection) {
    let cut = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    let waited = async {
        while sqlx::query_scalar::<_, i64>(cut)
            .fetch_one(&mut *observer)
            .await
            .expect("asked")
            == 0
        {}
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), waited).await;
    waited.expect("a commit waits");
}
