//! Starts that can not go well end with a sentence that says what to do.

use std::net::TcpListener;
use std::process::{Command, Output};

use tempfile::TempDir;

fn once(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let folder = TempDir::new().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_once"));
    command
        .current_dir(folder.path())
        .env_clear()
        .env("NO_COLOR", "1")
        .envs(environment.iter().copied())
        .args(arguments);
    command.output().expect("it runs")
}

/// A free port: what is refused is refused for another reason.
const ANYWHERE: [&str; 2] = ["--address", "127.0.0.1:0"];

fn refused(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let output = once(arguments, environment);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("text");
    assert!(!output.status.success(), "it started: {said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address")
        .port()
}

#[test]
fn a_redis_that_is_none() {
    let url = format!("http://:secret-canary@127.0.0.1:{}", free_port());
    let said = refused(&ANYWHERE, &[("REDIS_URL", &url)]);
    assert!(said.contains("REDIS_URL"), "{said}");
    assert!(!said.contains("secret-canary"), "{said}");
}

#[test]
fn postgres_refused() {
    let url = format!("postgres://once:secret-canary@127.0.0.1:{}/once", free_port());
    let said = refused(&ANYWHERE, &[("DATABASE_URL", &url)]);
    assert!(said.contains("DATABASE_URL"), "{said}");
    assert!(!said.contains("secret-canary"), "{said}");
}

#[test]
fn port_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let said = refused(&["--address", &address], &[]);
    assert!(said.contains(&address) && said.contains("LEPTOS_SITE_ADDR"), "{said}");
}

#[test]
fn a_database_that_is_none() {
    let said = refused(&ANYWHERE, &[("DATABASE_URL", "mysql://localhost")]);
    assert!(said.contains("sqlite://") && said.contains("postgres://"), "{said}");
}

#[test]
fn a_short_secret() {
    let said = refused(&ANYWHERE, &[("ONCE_SECRET", "short")]);
    assert!(said.contains("ONCE_SECRET") && said.contains("32"), "{said}");
}

#[test]
fn se_33_a_secret_on_the_command_line_is_refused_before_and_after_the_command() {
    for arguments in [
        ["--secret", "secret-canary", "config"],
        ["config", "--secret", "secret-canary"],
    ] {
        let said = refused(&arguments, &[]);
        assert!(said.contains("--secret") && said.contains("ONCE_SECRET"), "{said}");
        assert!(!said.contains("secret-canary"), "{said}");
    }
}

#[test]
fn help_lists_every_variable() {
    let output = once(&["--help"], &[]);
    let help = String::from_utf8(output.stdout).expect("text");
    for variable in [
        "DATABASE_URL",
        "REDIS_URL",
        "LEPTOS_SITE_ADDR",
        "LEPTOS_SITE_ROOT",
        "ONCE_SECRET",
        "ONCE_SECRET_FILE",
        "ONCE_TOKEN_KEYS",
        "ONCE_ON_REDIS_OUTAGE",
        "ONCE_REPEAT_WINDOW_S",
        "ONCE_MAIL_URL",
        "ONCE_MAIL_FROM",
        "ONCE_METRICS_ADDR",
        "ONCE_LOG",
        "ONCE_ADMIN_PASSWORD_HASH",
        "ONCE_ADMIN_PASSWORD_FILE",
        "ONCE_PLAIN_HTTP",
        "ONCE_TRUSTED_PROXIES",
        "ONCE_CONNECTIONS_AT_ONCE",
        "ONCE_CONNECTIONS_PER_ADDRESS",
        "ONCE_ORDERS_AT_ONCE",
        "ONCE_PAGES_AT_ONCE",
        "ONCE_CHANGES_PER_MINUTE",
    ] {
        assert!(help.contains(variable), "{variable} is not in {help}");
    }
}
