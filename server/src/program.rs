//! The program around the server: its command line, its log, its signals, its exit code.

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use crate::command_line::refuse_secrets;
use crate::commands;
use crate::config::Config;
use crate::startup;
use crate::telemetry::logging::{self, LogFormat};
use crate::telemetry::traces::Traces;

/// Once: a checkout that cannot order twice.
#[derive(Debug, Parser)]
#[command(name = "once", version, about, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Command {
    /// Open the shop; what happens without a command, too
    Serve,
    /// Bring the database to this release's schema, and end
    Migrate,
    /// Add the products that a new shop begins with, and end; migrates first
    Seed,
    /// Print every setting, and where it comes from
    Config,
    /// Look at everything that the shop needs, and say what to mend; changes nothing
    Doctor,
    /// Ask the shop that runs at this address whether it can take orders
    Health,
}

/// Does what environment and command line say.
pub async fn run() -> ExitCode {
    let matches = command_line().get_matches();
    refuse_secrets(&mut command_line(), &matches).unwrap_or_else(|error| error.exit());
    let parsed = Arguments::from_arg_matches(&matches);
    let Arguments { config, command } = parsed.unwrap_or_else(|error| error.exit());
    let format = config.log;
    match command {
        None | Some(Command::Serve) => {
            let traces = Traces::from_environment();
            let traces = traces.unwrap_or_else(|error| command_line().error(ErrorKind::ValueValidation, error).exit());
            log(format, traces, startup::serve(config, told_to_stop())).await
        }
        Some(Command::Migrate) => log(format, Traces::none(), commands::migrate(config)).await,
        Some(Command::Seed) => log(format, Traces::none(), commands::seed(config)).await,
        Some(Command::Config) => commands::config(&command_line(), &matches),
        Some(Command::Doctor) => commands::doctor(&config).await,
        Some(Command::Health) => commands::health(&config),
    }
}

/// Every setting may stand before or after the command.
fn command_line() -> clap::Command {
    Arguments::command().mut_args(|argument| argument.global(true))
}

/// Runs what logs, and says why it ended if it did not end well.
async fn log(format: LogFormat, traces: Traces, work: impl Future<Output = anyhow::Result<()>>) -> ExitCode {
    // Held to the end: what still waits is written when it goes.
    let _log = logging::begin(format, &traces);
    let ended = match work.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The sentence for whoever started it, then why, once.
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    };
    traces.end().await;
    ended
}

/// Ctrl-C, or SIGTERM: noticed from now on, so that whoever is told while it opens stops in good order, too.
fn told_to_stop() -> impl Future<Output = ()> + Send {
    let handler = |kind| signal(kind).expect("a signal handler can be set before anything runs");
    let (mut terminate, mut interrupt) = (handler(SignalKind::terminate()), handler(SignalKind::interrupt()));
    async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: running orders are finished first");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &[&str]) -> Arguments {
        let matches = command_line().try_get_matches_from(line).expect("a command line");
        Arguments::from_arg_matches(&matches).expect("arguments")
    }

    #[test]
    fn settings_stand_before_or_after_the_command() {
        for line in [
            ["once", "--secret-file", "elsewhere", "doctor"],
            ["once", "doctor", "--secret-file", "elsewhere"],
        ] {
            let arguments = parse(&line);
            assert!(matches!(arguments.command, Some(Command::Doctor)));
            assert_eq!(arguments.config.secret_file.to_str(), Some("elsewhere"));
        }
        assert!(parse(&["once"]).command.is_none());
    }
}
