//! Disks that are full, slow to be written back, or that forget what was not synced.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crash::books::{self, Dialect};
use crash::crowd::{Bases, Crowd};
use crash::process::{Process, Resource};
use crash::server::{Server, Setup};
use crash::shopper::Answer;
use crash::stage::{Services, Stage};
use sqlx::{AnyConnection, Connection as _, Executor as _};
use tokio::time::{Instant, sleep};

use crate::support::{LONG, at_checkout, decided, holds, stage, start, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_15_sqlite_on_a_full_disk_acknowledges_nothing_and_sells_again_when_there_is_room() {
    let (_services, mut stage) = stage(Dialect::Sqlite).await;
    let setup = stage.setup("database");
    let server = start(&setup).await;
    let (shopper, page) = at_checkout(&stage, &server.base).await;
    let log = PathBuf::from(format!("{}-wal", stage.file().display()));
    let full = log.metadata().expect("a log").len();
    server.limit(Resource::Fsize, Some(full)).expect("limited");
    let answer = shopper.submit(&server.base, &page).await;
    let refused = matches!(&answer, Answer::Unknown(code) if code == "outcome_unknown" || code == "unavailable");
    assert!(refused, "503: {answer:?}");
    let answer = shopper.submit(&server.base, &page).await;
    assert!(!answer.is_decided(), "{answer:?}");
    assert_eq!(stage.books().await.expect("it can be read").orders.len(), 0);
    server.limit(Resource::Fsize, None).expect("room again");
    decided(&shopper, &server.base, &page, &setup).await;
    holds(&mut stage, &[&server], 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_15_postgres_on_a_full_disk_acknowledges_nothing_and_sells_again_when_there_is_room() {
    let mut services = Services::start().await.expect("a PostgreSQL");
    let mut stage = services.stage(Dialect::Postgres).await.expect("stores");
    let setup = stage.setup("database");
    let server = start(&setup).await;
    let (shopper, page) = at_checkout(&stage, &server.base).await;
    let postgres = services.postgres.as_mut().expect("one of its own");
    postgres.limit_files(8 << 10).await.expect("limited");
    let answer = shopper.submit(&server.base, &page).await;
    assert!(!answer.is_decided(), "nothing can be written: {answer:?}");
    // Without its log PostgreSQL gives up; it comes back with a disk that has room.
    let gives_up = Instant::now() + LONG;
    while postgres.runs() {
        assert!(Instant::now() < gives_up, "it goes on without its log");
        sleep(Duration::from_millis(20)).await;
    }
    postgres.restart().await.expect("recovered");
    assert_eq!(stage.books().await.expect("it can be read").orders.len(), 0);
    decided(&shopper, &server.base, &page, &setup).await;
    holds(&mut stage, &[&server], 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_20_a_log_that_a_reader_holds_up_is_told_of_and_shrinks_afterwards() {
    let (_services, mut stage) = stage(Dialect::Sqlite).await;
    let setup = stage.setup("database");
    let server = start(&setup).await;
    let log = PathBuf::from(format!("{}-wal", stage.file().display()));
    let length = || log.metadata().expect("a log").len();
    let mut reader = AnyConnection::connect(&stage.url).await.expect("connected");
    for statement in ["BEGIN", "SELECT count(*) FROM orders"] {
        reader.execute(statement).await.expect("it reads");
    }
    let much = "CREATE TABLE much (bytes BLOB); INSERT INTO much VALUES (zeroblob(80000000))";
    books::run(&stage.url, much).await.expect("written");
    assert!(length() > 64 << 20, "the reader holds up the log");
    order(&stage, &server, &setup).await;
    assert!(server.says("the write-ahead log grows", LONG).await, "{}", server.log());
    reader.close().await.expect("it reads no more");
    let mut orders = 1;
    while length() > 64 << 20 {
        assert!(orders < 20, "the log is still {} bytes long", length());
        order(&stage, &server, &setup).await;
        orders += 1;
    }
    assert!(
        server.says("the write-ahead log is short again", LONG).await,
        "{}",
        server.log()
    );
    holds(&mut stage, &[&server], orders).await;
}

async fn order(stage: &Stage, server: &Server, setup: &Setup) {
    let (shopper, page) = at_checkout(stage, &server.base).await;
    decided(&shopper, &server.base, &page, setup).await;
}

/// The library that makes a process's disk forget.
async fn forgetful_disk(folder: &Path) -> PathBuf {
    let library = folder.join("forgetful_disk.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/forgetful_disk.c");
    let mut compile = tokio::process::Command::new("cc");
    compile
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .arg(source)
        .arg("-ldl");
    let compiled = compile.output().await.expect("a C compiler");
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    library
}

/// Undoes what was not synced of a database and of its log.
fn lose_power_under(database: &Path) {
    undo(database);
    undo(&PathBuf::from(format!("{}-wal", database.display())));
}

/// Undoes every write that was not synced, last first, as the library kept them.
fn undo(file: &Path) {
    use std::os::unix::fs::FileExt as _;
    let kept = std::fs::read(format!("{}.undo", file.display())).unwrap_or_default();
    let (mut records, mut rest) = (Vec::new(), kept.as_slice());
    while let Some((head, behind)) = rest.split_first_chunk::<24>() {
        let number = |at: usize| u64::from_ne_bytes(std::array::from_fn(|byte| head[at * 8 + byte]));
        let count = usize::try_from(number(1)).expect("it fits");
        // What was not kept in full was not written yet.
        let Some((bytes, behind)) = behind.split_at_checked(count) else {
            break;
        };
        records.push((number(0), bytes, number(2)));
        rest = behind;
    }
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(file)
        .expect("the file is there");
    for (offset, bytes, length) in records.into_iter().rev() {
        file.write_all_at(bytes, offset).expect("written back");
        file.set_len(length).expect("cut");
    }
}

/// Shoppers buy until the power is lost. Gives what does not hold afterwards.
async fn after_a_loss_of_power(lies: bool) -> Vec<String> {
    let (_services, mut stage) = stage(Dialect::Sqlite).await;
    let healthy = stage.setup("database");
    let library = forgetful_disk(stage.folder()).await;
    let folder = stage.folder().display().to_string();
    let mut environment = vec![
        ("LD_PRELOAD", library.display().to_string()),
        ("FORGETFUL_FOLDER", folder),
    ];
    if lies {
        environment.push(("FORGETFUL_LIES", "yes".to_owned()));
    }
    let setup = Setup {
        environment,
        ..healthy.clone()
    };
    let mut server = start(&setup).await;
    let bases = Bases::new(vec![server.base.clone()]);
    let crowd = Crowd::open(&stage.history, &bases, 4, 16).expect("shoppers");
    until("orders", async || crowd.orders() > 20).await;
    server.kill().await.expect("killed");
    stage.keep_log(&server);
    lose_power_under(&stage.file());
    let server = start(&healthy).await;
    bases.set(0, &server.base);
    let mut violations = crowd.close(LONG).await.expect("shoppers");
    stage.keep_log(&server);
    violations.extend(stage.violations().await.expect("the stores answer"));
    violations
}

/// With `synchronous=FULL`, which the start insists on, every commit is synced before it is answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_16_what_was_not_synced_is_lost_and_no_order_is() {
    for _ in 0..2 {
        let violations = after_a_loss_of_power(false).await;
        assert!(violations.is_empty(), "{violations:#?}");
    }
}

/// The control of the disk: it keeps what `FULL` syncs, and loses commits that `NORMAL` and `OFF` do not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_16_with_any_less_than_synchronous_full_commits_are_lost() {
    for (synchronous, keeps) in [("FULL", true), ("NORMAL", false), ("OFF", false)] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("rows.db");
        std::fs::File::create(&file).expect("an empty file is an empty database");
        let url = format!("sqlite://{}", file.display());
        let library = forgetful_disk(folder.path()).await;
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_crash"));
        command
            .args(["commits", &url, synchronous])
            .env("LD_PRELOAD", library)
            .env("FORGETFUL_FOLDER", folder.path());
        let mut process = Process::start("SQLite", &mut command).expect("started");
        let acknowledged = process.log.wait_for("committed 20.", LONG).await;
        assert!(acknowledged.is_some(), "{}", process.log.text());
        process.kill().await.expect("killed");
        lose_power_under(&file);
        let kept = books::number(&url, "SELECT count(*) FROM rows_kept")
            .await
            .expect("read");
        assert_eq!(kept >= 20, keeps, "{synchronous}: {kept} rows");
    }
}

/// The control of the shop: on a disk that only says that it synced, acknowledged orders are lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_16_on_a_disk_that_lies_orders_are_lost_and_the_checker_says_so() {
    let violations = after_a_loss_of_power(true).await;
    assert!(
        violations.iter().any(|violation| violation.starts_with("I2")),
        "{violations:#?}"
    );
}
