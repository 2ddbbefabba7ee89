//! Releases that follow each other, beside each other and back again.
//!
//! There is no older release to build: both sides are the same program. They differ in what releases differ in for each
//! other: the key that signs, and a schema that has more than the older one knows.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crash::books::{self, Books, Dialect};
use crash::checker::{self, Evidence};
use crash::crowd::{Bases, Crowd};
use crash::history::Kind;
use crash::postgres;
use crash::server::{Server, Setup};
use crash::stage::Stage;
use tokio::process::Command;

use crate::support::{LONG, at_checkout, decided, holds, stage, start, until};

/// The keys of two releases; each accepts the other's.
fn release(stage: &Stage, signing: u8, other: u8) -> Setup {
    let key = |id| format!("{id}:key-{id}-key-{id}-key-{id}-key-{id}-key-{id}-key-{id}");
    Setup {
        environment: vec![("ONCE_TOKEN_KEYS", format!("{},{}", key(signing), key(other)))],
        ..stage.setup("database")
    }
}

/// The newer release adds a column, and the database notes it.
async fn expand(url: &str) {
    for statement in [
        "ALTER TABLE orders ADD COLUMN gift_note text",
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9000, 'gift notes', TRUE, '', 0)",
    ] {
        books::run(url, statement).await.expect("migrated");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_01_servers_are_replaced_one_by_one_under_load_in_both_directions() {
    let (_services, mut stage) = stage(Dialect::Postgres).await;
    let (older, newer) = (release(&stage, 1, 2), release(&stage, 2, 1));
    let mut servers = [start(&older).await, start(&older).await];
    let bases = Bases::new(servers.iter().map(|server| server.base.clone()).collect());
    let (shopper, page_of_older) = at_checkout(&stage, &servers[0].base).await;
    let crowd = Crowd::open(&stage.history, &bases, 6, 1).expect("shoppers");
    expand(&stage.url).await;
    let mut page_of_newer = None;
    for (place, setup) in [(0, &newer), (1, &newer), (1, &older), (0, &older)] {
        let before = crowd.orders();
        // A page of the newer release is sent to the older one later.
        if place == 1 && page_of_newer.is_none() {
            page_of_newer = Some(at_checkout(&stage, &servers[0].base).await);
        }
        let mut replaced = std::mem::replace(&mut servers[place], start(setup).await);
        bases.set(place, &servers[place].base);
        assert!(
            replaced.stop(LONG).await.expect("it ends in its grace"),
            "it says that it failed"
        );
        stage.keep_log(&replaced);
        until("orders of these two", async || crowd.orders() > before + 10).await;
        if place == 0 && page_of_newer.is_none() {
            decided(&shopper, &servers[0].base, &page_of_older, &newer).await;
        }
    }
    let (shopper, page) = page_of_newer.expect("it was opened on the way");
    decided(&shopper, &servers[1].base, &page, &older).await;
    let violations = crowd.close(LONG).await.expect("shoppers");
    assert!(violations.is_empty(), "{violations:#?}");
    let orders = stage.books().await.expect("the database answers").orders.len();
    holds(&mut stage, &[&servers[0], &servers[1]], orders).await;
}

/// Holds every migration that begins when so many are done, after its first change, until the row is gone.
fn holding(done: usize) -> String {
    format!(
        "CREATE TABLE held AS SELECT 1 AS id;
         CREATE FUNCTION hold() RETURNS event_trigger LANGUAGE plpgsql AS $$
         BEGIN
             IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity NOT LIKE '%sqlx_migrations%')
                AND (SELECT count(*) FROM _sqlx_migrations) = {done} THEN
                 WHILE EXISTS (SELECT FROM held) LOOP PERFORM pg_sleep(0.02); END LOOP;
             END IF;
         END $$;
         CREATE EVENT TRIGGER hold ON ddl_command_end EXECUTE FUNCTION hold()"
    )
}

async fn number(url: &str, query: &str) -> i64 {
    books::number(url, query).await.expect("the database answers")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_06_a_server_that_is_killed_in_the_middle_of_each_migration_leaves_nothing_of_it() {
    let (services, stage) = stage(Dialect::Postgres).await;
    let root = postgres::root(services.port().expect("a port"));
    let all = number(&stage.url, "SELECT count(*) FROM _sqlx_migrations").await;
    for done in 0..usize::try_from(all).expect("a few") {
        let name = format!("crash_migrating_{}_{done}", std::process::id());
        let url = postgres::create(&root, &name, None).await.expect("a database");
        books::run(&url, &holding(done)).await.expect("held");
        let setup = Setup {
            database_url: url.clone(),
            ..stage.setup("database")
        };
        let mut dying = Server::launch(&setup).expect("launched");
        let sleeping =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
        until("it stands in the migration", async || number(&url, sleeping).await > 0).await;
        dying.kill().await.expect("killed");
        books::run(&url, "DELETE FROM held").await.expect("let go");
        let others =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        until("its session is gone", async || number(&url, others).await == 0).await;
        let ran = number(&url, "SELECT count(*) FROM _sqlx_migrations").await;
        assert_eq!(
            usize::try_from(ran).expect("a few"),
            done,
            "nothing of the migration is left"
        );
        let server = start(&setup).await;
        assert_eq!(number(&url, "SELECT count(*) FROM _sqlx_migrations").await, all);
        let (shopper, page) = at_checkout(&stage, &server.base).await;
        decided(&shopper, &server.base, &page, &setup).await;
    }
}

/// Copies the database of the stage while it is used, and puts the copy where nothing was; its address.
async fn backup(stage: &Stage, dialect: Dialect) -> (String, String) {
    match dialect {
        Dialect::Sqlite => {
            let copy = stage.folder().join("backup.db").display().to_string();
            books::run(&stage.url, &format!("VACUUM INTO '{copy}'"))
                .await
                .expect("copied");
            (copy.clone(), format!("sqlite://{copy}"))
        }
        Dialect::Postgres => {
            let file = stage.folder().join("backup.sql").display().to_string();
            run("pg_dump", &["--no-owner", "--file", &file, &stage.url]).await;
            let (root, name) = stage.url.rsplit_once('/').expect("an address");
            let url = postgres::create(root, &format!("{name}_restored"), None)
                .await
                .expect("a database");
            (file, url)
        }
    }
}

async fn restore(dialect: Dialect, file: &str, url: &str) {
    if dialect == Dialect::Postgres {
        run(
            "psql",
            &[
                "--quiet",
                "--no-psqlrc",
                "--set",
                "ON_ERROR_STOP=1",
                "--file",
                file,
                url,
            ],
        )
        .await;
    }
}

async fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().await;
    let output = output.unwrap_or_else(|error| panic!("{program} can not be run: {error}"));
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The intents whose order was acknowledged so far.
fn acknowledged(stage: &Stage) -> BTreeSet<String> {
    let events = stage.history.events().into_iter();
    events
        .filter(|event| event.kind == Kind::Ok)
        .map(|event| event.intent)
        .collect()
}

async fn drill(dialect: Dialect) {
    let (_services, mut stage) = stage(dialect).await;
    let before = stage.books().await.expect("the database answers");
    let setup = stage.setup("database");
    let mut server = start(&setup).await;
    let bases = Bases::new(vec![server.base.clone()]);
    let crowd = Crowd::open(&stage.history, &bases, 4, 12).expect("shoppers");
    until("orders before the backup", async || crowd.orders() > 20).await;
    let safe = acknowledged(&stage);
    let (file, restored) = backup(&stage, dialect).await;
    let so_far = crowd.orders();
    until("orders after the backup", async || crowd.orders() > so_far + 20).await;
    let violations = crowd.close(LONG).await.expect("shoppers");
    assert!(violations.is_empty(), "{violations:#?}");
    server.kill().await.expect("the machine is lost");
    stage.keep_log(&server);
    let begun = Instant::now();
    restore(dialect, &file, &restored).await;
    let setup = Setup {
        database_url: restored.clone(),
        ..setup
    };
    let server = start(&setup).await;
    let took = begun.elapsed();
    assert!(took < Duration::from_mins(1), "{took:?}");
    let after = Books::read(&restored).await.expect("the copy answers");
    let there: BTreeSet<_> = after.orders.iter().map(|order| order.cart.clone()).collect();
    assert!(
        safe.is_subset(&there),
        "what was acknowledged before the backup is in it"
    );
    let lost: BTreeSet<_> = acknowledged(&stage).difference(&there).cloned().collect();
    assert!(!lost.is_empty(), "the drill loses nothing, and shows nothing");
    let reported = checker::violations(&Evidence {
        history: stage.history.events(),
        before,
        after,
        ..Evidence::default()
    });
    // The checker names each order that was told and is lost, once for each answer, and finds nothing else.
    let named: BTreeSet<_> = reported
        .iter()
        .map(|violation| {
            violation
                .strip_prefix("I2: intent ")
                .and_then(|rest| rest.split(' ').next())
        })
        .map(|intent| intent.map(str::to_owned))
        .collect();
    assert_eq!(named, lost.into_iter().map(Some).collect(), "{reported:#?}");
    let (shopper, page) = at_checkout(&stage, &server.base).await;
    decided(&shopper, &server.base, &page, &setup).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_12_a_restored_backup_has_every_order_from_before_it_and_the_checker_names_the_others() {
    drill(Dialect::Sqlite).await;
    drill(Dialect::Postgres).await;
}
