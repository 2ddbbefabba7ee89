//! What the program does besides serving. Each command ends by itself.

mod config;
mod doctor;
mod health;

use std::io::Write as _;
use std::process::ExitCode;

pub(crate) use config::config;
pub(crate) use doctor::doctor;
pub(crate) use health::health;

use crate::config::Config;
use crate::startup;

/// `once migrate`.
pub(crate) async fn migrate(config: Config) -> anyhow::Result<()> {
    let before = startup::migrate(&config.database_url).await?;
    match before.missing.len() {
        0 => tracing::info!("the database lacks no migration: {before}"),
        ran => tracing::info!(ran, "the database is up to date; before: {before}"),
    }
    Ok(())
}

/// `once seed`.
pub(crate) async fn seed(config: Config) -> anyhow::Result<()> {
    startup::fill(&config).await
}

/// Prints lines; a failure when nobody can read them.
fn say(lines: &[String], told: ExitCode) -> ExitCode {
    match writeln!(std::io::stdout(), "{}", lines.join("\n")) {
        Ok(()) => told,
        Err(_) => ExitCode::FAILURE,
    }
}
