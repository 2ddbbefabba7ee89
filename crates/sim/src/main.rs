//! Runs the order protocol through many worlds, or through one of them again.
//!
//! Exits with 1 when something happened that must never happen, or a pair of a step and a fault did not happen.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use clap::Parser;
use sim::{Case, Name, Outcome, Report, Totals, enumerate, run_case, run_seed};

/// Runs the real order protocol over simulated stores, crashes and clocks.
#[derive(Parser)]
struct Arguments {
    /// How many worlds of chance to run, after the small ones
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Runs the world of this seed alone, and prints what happens in it
    #[arg(long)]
    seed: Option<u64>,
    /// Runs one of the small worlds alone, and prints what happens in it
    #[arg(long, value_name = "WORLD:SCHEDULE:FAULT:STEP")]
    case: Option<Case>,
    /// How many threads
    #[arg(long, default_value_t = 2)]
    threads: u64,
}

/// In how many ways the small worlds are run.
const SCHEDULES: u64 = 4;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(seed) = arguments.seed {
        return print(&run_seed(seed, true));
    }
    if let Some(case) = arguments.case {
        return print(&run_case(&case, true));
    }
    let totals = run_all(&arguments);
    writeln!(io::stdout(), "{}", Report(&totals))?;
    let failed = totals.violations() > 0 || !totals.coverage.missing().is_empty();
    Ok(ExitCode::from(u8::from(failed)))
}

/// Prints one world.
fn print(outcome: &Outcome) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    for line in &outcome.trace {
        writeln!(out, "{line}")?;
    }
    for violation in &outcome.violations {
        writeln!(out, "FAILED {}: {}", violation.kind.name(), violation.text)?;
    }
    writeln!(
        out,
        "{} orders, {} violations",
        outcome.orders,
        outcome.violations.len()
    )?;
    Ok(ExitCode::from(u8::from(!outcome.violations.is_empty())))
}

/// All small worlds, and then so many seeds.
fn run_all(arguments: &Arguments) -> Totals {
    let totals = Mutex::new(Totals::default());
    let merge = |part| totals.lock().expect("no thread panics").merge(part);
    let next = AtomicU64::new(arguments.from);
    let end = arguments.from + arguments.seeds;
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut part = Totals::default();
            enumerate(SCHEDULES, |case, outcome| part.add(Name::Case(*case), outcome));
            merge(part);
        });
        for _ in 0..arguments.threads.max(1) {
            scope.spawn(|| {
                let mut part = Totals::default();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        break;
                    }
                    part.add(Name::Seed(seed), &run_seed(seed, false));
                }
                merge(part);
            });
        }
    });
    totals.into_inner().expect("no thread panics")
}
