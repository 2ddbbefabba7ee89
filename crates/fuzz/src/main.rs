//! `fuzz`: runs the targets, one after the other, and prints how many cases each one stood.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use fuzz::run::Amount;
use fuzz::shop::Shop;
use fuzz::targets::ALL;

/// Reads inputs that nobody thought of. What a target fails on is kept in crates/fuzz/regressions and tried first from then on.
#[derive(Debug, Parser)]
struct Arguments {
    /// For how many seconds each target runs
    #[arg(long, default_value = "600")]
    seconds: u64,
    /// Only this target
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(ALL.map(|target| target.name)))]
    target: Option<String>,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    // Thousands of caught panics would hide the one that counts, which is printed with its input.
    std::panic::set_hook(Box::new(|_| ()));
    let shop = Shop::open()?;
    let amount = Amount::Time(Duration::from_secs(arguments.seconds));
    let mut out = std::io::stdout();
    let mut failures = 0;
    for target in ALL {
        if arguments.target.as_ref().is_some_and(|only| only != target.name) {
            continue;
        }
        let outcome = target.run(amount, &shop);
        failures += u32::from(outcome.failure.is_some());
        let came = outcome
            .failure
            .map_or_else(|| "0 failures".to_owned(), |failure| format!("FAILED {failure}"));
        writeln!(out, "{:12}  {:>10} cases  {came}", target.name, outcome.cases)?;
    }
    writeln!(out, "{failures} targets failed")?;
    Ok(ExitCode::from(u8::from(failures > 0)))
}
