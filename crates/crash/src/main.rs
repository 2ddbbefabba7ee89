//! `crash`: runs one suite of crash and fault tests and prints what held.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use crash::report::Report;
use crash::stage::Services;
use crash::suites::matrix;

/// Crash and fault tests of the whole shop, beside a Redis and a PostgreSQL that are started for them.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    suite: Suite,
}

#[derive(Debug, Subcommand)]
enum Suite {
    /// Every fault at every step of the protocol
    Matrix {
        /// Only this step
        #[arg(long)]
        point: Option<String>,
        /// How many combinations run at once
        #[arg(long, default_value = "6")]
        jobs: usize,
        /// Run every so-many-th combination only
        #[arg(long, default_value = "1")]
        every: usize,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let (text, code) = match run(Arguments::parse().suite).await {
        Ok(report) => (report.text(), ExitCode::from(u8::from(!report.is_clean()))),
        Err(error) => (format!("crash: {error:#}"), ExitCode::FAILURE),
    };
    // Nobody to read it is nobody to tell.
    let _ = writeln!(std::io::stdout(), "{text}");
    code
}

async fn run(suite: Suite) -> anyhow::Result<Report> {
    match suite {
        Suite::Matrix { point, jobs, every } => {
            let services = Services::start().await?;
            matrix::run(&services, &matrix::Options { point, jobs, every }).await
        }
    }
}
