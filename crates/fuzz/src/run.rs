//! Runs a target for so many cases or for so long, and keeps the inputs that it failed on.

use std::cell::Cell;
use std::fmt::Debug;
use std::time::{Duration, Instant};

use proptest::strategy::Strategy;
use proptest::test_runner::{
    Config, FileFailurePersistence, RngAlgorithm, TestCaseError, TestCaseResult, TestRng, TestRunner,
};

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub enum Amount {
    /// So many cases, the same ones each time.
    Cases(u32),
    /// As many as there is time for, never the same.
    Time(Duration),
}

/// Cases between two looks at the clock.
const BATCH: u32 = 512;

/// What came of a target: how many cases ran, and the smallest input that it failed on.
#[derive(Debug)]
pub struct Outcome {
    /// How many.
    pub cases: u64,
    /// Why the target failed, and on what.
    pub failure: Option<String>,
}

/// Tries `holds` with many inputs; those that failed before are tried first. `kept` is where they are written.
pub fn run<S>(kept: &'static str, inputs: &S, amount: Amount, holds: impl Fn(S::Value) -> TestCaseResult) -> Outcome
where
    S: Strategy,
    S::Value: Debug,
{
    let cases = Cell::new(0);
    let begun = Instant::now();
    loop {
        // A runner counts on: the next batch has its own.
        let batch = runner(kept, amount).run(inputs, |input| {
            cases.set(cases.get() + 1);
            holds(input)
        });
        let over = match amount {
            Amount::Cases(_) => true,
            Amount::Time(time) => begun.elapsed() >= time,
        };
        if over || batch.is_err() {
            return Outcome {
                cases: cases.get(),
                failure: batch.err().map(|error| error.to_string()),
            };
        }
    }
}

fn runner(kept: &'static str, amount: Amount) -> TestRunner {
    let mut config = Config {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(kept))),
        ..Config::default()
    };
    match amount {
        Amount::Cases(cases) => {
            config.cases = cases;
            TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
        }
        Amount::Time(_) => {
            config.cases = BATCH;
            TestRunner::new(config)
        }
    }
}

/// Fails a case unless `holds`.
pub fn must(holds: bool, otherwise: impl FnOnce() -> String) -> TestCaseResult {
    if holds {
        Ok(())
    } else {
        Err(TestCaseError::fail(otherwise()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_used_for_new_cases() {
        let kept: &'static str = "/dev/null";
        let amount = Amount::Time(Duration::from_millis(300));
        let outcome = run(kept, &(0..1000_u32), amount, |_| Ok(()));
        assert!(
            outcome.failure.is_none() && outcome.cases > u64::from(3 * BATCH),
            "{outcome:?}"
        );
    }

    #[test]
    fn a_target_that_panics_or_fails_is_found_and_made_small() {
        let folder = tempfile::tempdir().expect("a folder");
        let kept: &'static str = folder.path().join("found").display().to_string().leak();
        let failing = run(kept, &(0..1000_u32), Amount::Cases(2000), |number| {
            must(number < 40, || format!("{number} is too much"))
        });
        let failure = failing.failure.expect("found");
        assert!(failure.contains("40 is too much"), "{failure}");
        let panicking = run(kept, &(0..1000_u32), Amount::Cases(2000), |number| {
            assert!(number < 50, "{number}");
            Ok(())
        });
        assert!(panicking.failure.expect("found").contains("minimal failing input: 50"));
    }
}
