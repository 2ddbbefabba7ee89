//! What the program does besides serving.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use tempfile::TempDir;

/// A machine with nothing on it but the site.
struct Machine {
    folder: TempDir,
    address: String,
}

impl Machine {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let site = folder.path().join("target/site");
        std::fs::create_dir_all(site.join("pkg")).expect("made");
        for file in ["pkg/once.js", "pkg/once.wasm", "pkg/once.css", "favicon.svg"] {
            std::fs::write(site.join(file), "").expect("written");
        }
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address").to_string();
        Self { folder, address }
    }

    fn once(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_once"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("NO_COLOR", "1")
            .env("LEPTOS_SITE_ADDR", &self.address)
            .envs(environment.iter().copied())
            .args(arguments);
        command
    }

    /// What it said, and whether it ended well.
    fn run(&self, arguments: &[&str]) -> (bool, String) {
        self.run_in(&[], arguments)
    }

    fn run_in(&self, environment: &[(&str, &str)], arguments: &[&str]) -> (bool, String) {
        let Output { status, stdout, stderr } = self.once(arguments, environment).output().expect("it runs");
        let said = String::from_utf8([stdout, stderr].concat()).expect("text");
        assert!(!said.contains("panicked"), "{said}");
        (status.success(), said)
    }

    fn serve(&self, arguments: &[&str]) -> Served {
        let mut child = self
            .once(arguments, &[])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let output = child.stdout.take().expect("piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let served = Served(child);
        let opened = lines.any(|line| line.contains("Once is open at"));
        assert!(opened, "it ended before it was open");
        // Whoever writes to a closed pipe is ended.
        std::thread::spawn(move || lines.count());
        served
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

/// Ends with the value.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The line about one thing.
fn line<'a>(said: &'a str, what: &str) -> &'a str {
    let found = said
        .lines()
        .find(|line| line.get(9..).is_some_and(|rest| rest.starts_with(what)));
    found.unwrap_or_else(|| panic!("no line about {what} in {said}"))
}

async fn change(file: &Path, statement: &str) {
    sqlx::any::install_default_drivers();
    let url = format!("sqlite://{}", file.display());
    let mut connection = AnyConnection::connect(&url).await.expect("connected");
    connection
        .execute(AssertSqlSafe(statement.to_owned()))
        .await
        .expect("changed");
    connection.close().await.expect("closed");
}

#[test]
fn the_doctor_looks_at_a_new_machine_and_changes_nothing() {
    let machine = Machine::new();
    let (well, said) = machine.run(&["doctor"]);
    assert!(well, "{said}");
    assert!(
        line(&said, "database").contains("the first start makes data/once.db"),
        "{said}"
    );
    assert!(line(&said, "migrations").contains("none ran yet"), "{said}");
    assert!(line(&said, "secrets").contains("the first start makes one"), "{said}");
    assert!(line(&said, "metrics").contains("none are served"), "{said}");
    assert!(line(&said, "traces").contains("none are sent"), "{said}");
    assert!(line(&said, "admin").contains("no password is set"), "{said}");
    assert!(!machine.file("data").exists(), "{said}");
}

#[test]
fn the_doctor_says_what_to_mend_and_no_secret() {
    let machine = Machine::new();
    std::fs::remove_file(machine.file("target/site/pkg/once.js")).expect("removed");
    let taken = TcpListener::bind(&machine.address).expect("the port");
    let nobody = Machine::new().address;
    let environment = [
        ("DATABASE_URL", &*format!("postgres://once:canary@{nobody}/once")),
        ("REDIS_URL", &*format!("redis://:canary@{nobody}")),
        ("ONCE_SECRET", "canary"),
        ("ONCE_MAIL_URL", "gopher://canary"),
        ("ONCE_ADMIN_PASSWORD_HASH", "canary"),
        ("ONCE_METRICS_ADDR", &machine.address),
    ];
    let (well, said) = machine.run_in(&environment, &["doctor"]);
    drop(taken);
    assert!(!well && !said.contains("canary"), "{said}");
    for (what, says) in [
        ("database", "start it, or unset DATABASE_URL"),
        ("redis", "start it, or unset REDIS_URL"),
        ("secrets", "give ONCE_SECRET at least 32"),
        ("mail", "ONCE_MAIL_URL"),
        ("site files", "is no pkg/once.js: build the site"),
        ("port", "is taken: stop what uses it"),
        ("metrics", "is the shop's own address"),
        ("admin", "holds no argon2id hash"),
    ] {
        let line = line(&said, what);
        assert!(line.starts_with("FAILED") && line.contains(says), "{what}: {line}");
    }
    assert!(line(&said, "durability").contains("not looked at"), "{said}");
}

#[test]
fn the_doctor_looks_at_postgres_and_redis() {
    let url = |name| std::env::var(name).expect("this test needs services: run `make test`");
    let (postgres, redis) = (url("TEST_POSTGRES_URL"), url("TEST_REDIS_URL"));
    let machine = Machine::new();
    let environment = [("DATABASE_URL", &*postgres), ("REDIS_URL", &*redis)];
    let (well, said) = machine.run_in(&environment, &["doctor"]);
    assert!(well, "{said}");
    assert!(line(&said, "database").contains("PostgreSQL 1"), "{said}");
    assert!(line(&said, "durability").contains("fsync"), "{said}");
    assert!(
        line(&said, "redis").contains("Redis 7") || line(&said, "redis").contains("Redis 8"),
        "{said}"
    );
    assert!(line(&said, "eviction").contains("noeviction"), "{said}");
    assert!(line(&said, "clock").contains("ms apart from that of"), "{said}");
}

#[test]
fn a_database_is_migrated_seeded_and_served_one_after_the_other() {
    let machine = Machine::new();
    let (well, said) = machine.run(&["migrate"]);
    assert!(well && said.contains("before: none ran yet"), "{said}");
    let (well, said) = machine.run(&["migrate"]);
    assert!(well && said.contains("lacks no migration"), "{said}");
    let (well, said) = machine.run(&["seed"]);
    assert!(well && said.contains("new products"), "{said}");
    let served = machine.serve(&["serve"]);
    let (well, said) = machine.run(&["health"]);
    assert!(well && said.starts_with("ready"), "{said}");
    let (well, said) = machine.run(&["doctor"]);
    assert!(well && line(&said, "port").contains("the shop runs at"), "{said}");
    drop(served);
    let (well, said) = machine.run(&["health"]);
    assert!(!well && said.contains("nothing answers"), "{said}");
}

#[test]
fn what_is_set_is_told_with_its_origin() {
    let machine = Machine::new();
    let (well, said) = machine.run_in(&[("ONCE_SECRET", "canary")], &["config", "--repeat-window=7"]);
    assert!(well && !said.contains("canary"), "{said}");
    let words = |name: &str| {
        let line = said
            .lines()
            .find(|line| line.split(' ').next() == Some(name))
            .expect(name);
        line.split("  ")
            .filter(|word| !word.is_empty())
            .map(str::trim)
            .collect::<Vec<_>>()
    };
    assert_eq!(words("ONCE_SECRET"), ["ONCE_SECRET", "environment", "set"]);
    assert_eq!(
        words("ONCE_REPEAT_WINDOW_S"),
        ["ONCE_REPEAT_WINDOW_S", "command line", "7"]
    );
    assert_eq!(words("REDIS_URL"), ["REDIS_URL", "default", "not set"]);
    assert_eq!(
        words("LEPTOS_SITE_ADDR"),
        ["LEPTOS_SITE_ADDR", "environment", &machine.address]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn up_07_a_database_with_an_edited_migration_is_not_served() {
    let machine = Machine::new();
    machine.run(&["migrate"]);
    let edited = "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 2";
    change(&machine.file("data/once.db"), edited).await;
    for command in ["serve", "migrate", "seed", "doctor"] {
        let (well, said) = machine.run(&[command]);
        assert!(
            !well && said.contains("migration 0002 was edited after"),
            "{command}: {said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn up_10_an_older_release_serves_what_a_newer_one_added_to_and_not_what_it_took_from() {
    let machine = Machine::new();
    machine.run(&["migrate"]);
    let file = machine.file("data/once.db");
    let ran = |name: &str| {
        format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9000, '{name}', TRUE, x'00', 0)"
        )
    };
    change(&file, "ALTER TABLE orders ADD COLUMN gift_note text").await;
    change(&file, &ran("gift notes")).await;
    drop(machine.serve(&["serve"]));
    let (well, said) = machine.run(&["doctor"]);
    assert!(well && line(&said, "migrations").starts_with("warning"), "{said}");
    change(&file, "DELETE FROM _sqlx_migrations WHERE version = 9000").await;
    change(&file, &ran("contract since 8000 no more turns")).await;
    let (well, said) = machine.run(&["serve"]);
    assert!(!well && said.contains("run the newer one"), "{said}");
}
