//! The program around the server: its log, its signals, its exit code.

use std::process::ExitCode;

use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;
use crate::startup;
use crate::telemetry::logging;

/// Runs the shop as it was told by environment and command line, until it is told to stop.
pub async fn run() -> ExitCode {
    let config = Config::parse();
    // Held to the end: what still waits is written when it goes.
    let _log = logging::begin(config.log);
    match startup::serve(config, told_to_stop()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The sentence for whoever started it, then why, once.
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Ctrl-C, or SIGTERM.
async fn told_to_stop() {
    let mut terminate = signal(SignalKind::terminate()).expect("a signal handler can be set before anything runs");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping: running orders are finished first");
}
