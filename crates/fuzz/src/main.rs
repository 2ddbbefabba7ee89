//! `fuzz`: runs the targets, and prints how many cases each one stood.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clap::Parser;
use fuzz::run::Amount;
use fuzz::shop::Shop;
use fuzz::targets::{ALL, Target};

/// Reads inputs that nobody thought of. What a target fails on is kept in crates/fuzz/regressions and tried first from then on.
#[derive(Debug, Parser)]
struct Arguments {
    /// For how many seconds each target runs
    #[arg(long, default_value = "600")]
    seconds: u64,
    /// Only this target
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(ALL.map(|target| target.name)))]
    target: Option<String>,
    /// How many targets run side by side
    #[arg(long, default_value = "2")]
    jobs: usize,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    // Thousands of caught panics would hide the one that counts, which is printed with its input.
    std::panic::set_hook(Box::new(|_| ()));
    let amount = Amount::Time(Duration::from_secs(arguments.seconds));
    let wanted = |target: &&Target| arguments.target.as_ref().is_none_or(|only| only == target.name);
    let left = Mutex::new(ALL.iter().filter(wanted));
    let failures = AtomicU32::new(0);
    // Each in a shop of its own, so that none changes what another one asks for.
    let work = || -> anyhow::Result<()> {
        while let Some(target) = next(&left) {
            let outcome = target.run(amount, &Shop::open()?);
            failures.fetch_add(outcome.failure.is_some().into(), Ordering::Relaxed);
            let came = outcome
                .failure
                .map_or_else(|| "0 failures".to_owned(), |failure| format!("FAILED {failure}"));
            writeln!(
                std::io::stdout(),
                "{:16}  {:>10} cases  {came}",
                target.name,
                outcome.cases
            )?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..arguments.jobs).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })?;
    let failures = failures.into_inner();
    writeln!(std::io::stdout(), "{failures} targets failed")?;
    Ok(ExitCode::from(u8::from(failures > 0)))
}

fn next<'a>(left: &Mutex<impl Iterator<Item = &'a Target>>) -> Option<&'a Target> {
    left.lock().unwrap_or_else(PoisonError::into_inner).next()
}
