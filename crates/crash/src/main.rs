//! `crash`: runs one suite of crash and fault tests and prints what held.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use crash::books::Dialect;
use crash::commits;
use crash::processors::Processors;
use crash::report::Report;
use crash::stage::Services;
use crash::suites::{commit_cuts, desync, macs, matrix, nginx, oracle, overload, parallel, redis_outages, soak, storm};
use tokio::runtime::Builder;

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
    /// Many copies of one submission at once, over several servers
    Parallel {
        /// How many intents
        #[arg(long, default_value = "50")]
        rounds: usize,
        /// How many copies of each
        #[arg(long, default_value = "1000")]
        copies: usize,
        /// How many servers
        #[arg(long, default_value = "4")]
        servers: usize,
        /// Chooses which copy goes where
        #[arg(long, default_value = "1")]
        seed: u64,
    },
    /// The connection to PostgreSQL is cut at random around COMMIT
    CommitCuts {
        /// How many cuts
        #[arg(long, default_value = "200")]
        cuts: usize,
        /// Chooses where
        #[arg(long, default_value = "1")]
        seed: u64,
    },
    /// Redis is killed, frozen, emptied, restored, full and read-only while shoppers buy
    RedisOutages {
        /// Seconds of each part
        #[arg(long, default_value = "4")]
        part_s: u64,
        /// How many shoppers buy at once
        #[arg(long, default_value = "8")]
        shoppers: u64,
        /// Chooses copies and servers
        #[arg(long, default_value = "1")]
        seed: u64,
    },
    /// One of two servers behind nginx is killed in the middle of a submission, at every step of the protocol
    Nginx {
        /// How often each step
        #[arg(long, default_value = "5")]
        rounds: usize,
        /// Only every so-many-th step
        #[arg(long, default_value = "1")]
        every: usize,
        /// How many shoppers buy at once
        #[arg(long, default_value = "8")]
        shoppers: u64,
    },
    /// Requests that two servers could read differently, each with a purchase hidden in it, through nginx
    Desync,
    /// Commits rows to an SQLite file and prints each number once its commit was answered, until it is killed
    #[command(hide = true)]
    Commits {
        /// The address of the file
        url: String,
        /// What SQLite is told of syncing
        synchronous: String,
    },
    /// Shoppers come several times as fast as the shop can serve them
    Overload {
        /// For how many seconds
        #[arg(long, default_value = "120")]
        seconds: u64,
        /// How many seconds each number of shoppers at once is tried, to find the peak
        #[arg(long, default_value = "8")]
        trial_s: u64,
        /// How many seconds the peak is measured before the storm, and again after it
        #[arg(long, default_value = "60")]
        reference_s: u64,
        /// How many times as fast as the peak
        #[arg(long, default_value = "5")]
        times: u32,
        /// With SQLite, and not with PostgreSQL
        #[arg(long)]
        sqlite: bool,
        /// Print the figures, and do not ask whether they are good
        #[arg(long)]
        measure: bool,
    },
    /// Whether the time of an answer tells someone else's order from none at all
    Oracle {
        /// How many answers of each
        #[arg(long, default_value = "20000")]
        samples: usize,
    },
    /// Whether the time in which a token is refused tells how much of its MAC is right
    Macs {
        /// How many refused tokens of each kind
        #[arg(long, default_value = "1000000")]
        samples: usize,
    },
    /// Shoppers buy at their leisure for as long as is asked, with a fault every so often; nothing may grow
    Soak {
        /// For how many seconds
        #[arg(long, default_value = "600")]
        seconds: u64,
        /// How many seconds it is calm before each fault
        #[arg(long, default_value = "30")]
        calm_s: u64,
        /// How many shoppers buy at once
        #[arg(long, default_value = "4")]
        shoppers: u64,
        /// Chooses servers and copies
        #[arg(long, default_value = "1")]
        seed: u64,
    },
    /// Every fault at once and one after the other, over three servers, for as long as is asked
    Storm {
        /// For how many seconds
        #[arg(long, default_value = "60")]
        seconds: u64,
        /// How many shoppers buy at once
        #[arg(long, default_value = "6")]
        shoppers: u64,
        /// Chooses faults, copies and servers
        #[arg(long, default_value = "1")]
        seed: u64,
    },
}

fn main() -> ExitCode {
    let (text, code) = match begin(Arguments::parse().suite) {
        Ok(report) => (report.text(), ExitCode::from(u8::from(!report.is_clean()))),
        Err(error) => (format!("crash: {error:#}"), ExitCode::FAILURE),
    };
    // Nobody to read it is nobody to tell.
    let _ = writeln!(std::io::stdout(), "{text}");
    code
}

fn begin(suite: Suite) -> anyhow::Result<Report> {
    let processors = match suite {
        Suite::Overload { .. } => Processors::divided()?,
        _ => None,
    };
    let mut runtime = match &processors {
        None => Builder::new_multi_thread(),
        Some(processors) => {
            processors.start_the_shop()?;
            // The shoppers have one processor: more threads would only take it from each other.
            Builder::new_current_thread()
        }
    };
    runtime.enable_all().build()?.block_on(run(suite, processors))
}

async fn run(suite: Suite, processors: Option<Processors>) -> anyhow::Result<Report> {
    match &suite {
        Suite::Macs { samples } => return macs::run(*samples),
        Suite::Commits { url, synchronous } => {
            let Err(error) = commits::run(url, synchronous).await;
            return Err(error);
        }
        _ => {}
    }
    let mut services = Services::start().await?;
    match suite {
        Suite::Commits { .. } | Suite::Macs { .. } => anyhow::bail!("it needs no services"),
        Suite::Matrix { point, jobs, every } => matrix::run(&services, &matrix::Options { point, jobs, every }).await,
        Suite::Parallel {
            rounds,
            copies,
            servers,
            seed,
        } => {
            let options = parallel::Options {
                rounds,
                copies,
                servers,
                seed,
            };
            parallel::run(&services, options).await
        }
        Suite::Nginx {
            rounds,
            every,
            shoppers,
        } => {
            let options = nginx::Options {
                rounds,
                every,
                shoppers,
            };
            nginx::run(&services, options).await
        }
        Suite::Desync => desync::run(&services).await,
        Suite::CommitCuts { cuts, seed } => commit_cuts::run(&services, cuts, seed).await,
        Suite::RedisOutages { part_s, shoppers, seed } => {
            let options = redis_outages::Options {
                part: Duration::from_secs(part_s),
                shoppers,
                seed,
            };
            redis_outages::run(&services, options).await
        }
        Suite::Overload {
            seconds,
            trial_s,
            reference_s,
            times,
            sqlite,
            measure,
        } => {
            let options = overload::Options {
                time: Duration::from_secs(seconds),
                trial: Duration::from_secs(trial_s),
                reference: Duration::from_secs(reference_s),
                times,
                dialect: if sqlite { Dialect::Sqlite } else { Dialect::Postgres },
                judge: !measure,
                processors,
            };
            overload::run(&services, options).await
        }
        Suite::Oracle { samples } => oracle::run(&services, samples).await,
        Suite::Soak {
            seconds,
            calm_s,
            shoppers,
            seed,
        } => {
            let options = soak::Options {
                time: Duration::from_secs(seconds),
                calm: Duration::from_secs(calm_s),
                shoppers,
                seed,
            };
            soak::run(&mut services, options).await
        }
        Suite::Storm {
            seconds,
            shoppers,
            seed,
        } => {
            let options = storm::Options {
                time: Duration::from_secs(seconds),
                shoppers,
                seed,
            };
            storm::run(&mut services, options).await
        }
    }
}
