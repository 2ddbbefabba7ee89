//! `crash matrix`: one purchase with one fault at one step of the protocol, for every combination of them.

mod case;
mod scene;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::StreamExt as _;

pub use case::{Case, Fault, Outcome, RedisFault};

use crate::books::Dialect;
use crate::report::{Report, table};
use crate::server;
use crate::stage::Services;

/// Which combinations are run, and how many at once.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only this step.
    pub point: Option<String>,
    /// How many combinations run at the same time.
    pub jobs: usize,
    /// Every so-many-th combination; 1 runs all.
    pub every: usize,
}

/// Runs the matrix.
pub async fn run(services: &Services, options: &Options) -> anyhow::Result<Report> {
    let begun = Instant::now();
    let points = server::fail_points().await?;
    let wanted = |point: &&String| options.point.as_ref().is_none_or(|only| only == *point);
    let points: Vec<_> = points.iter().filter(wanted).cloned().collect();
    let cases = combinations(&points).into_iter().step_by(options.every.max(1));
    let runs = cases.map(|case| async move {
        let outcome = case.run(services).await;
        (case, outcome)
    });
    let outcomes: Vec<_> = futures::stream::iter(runs)
        .buffer_unordered(options.jobs.max(1))
        .collect()
        .await;
    let mut report = Report::default();
    let mut tally = Tally::default();
    for (case, outcome) in outcomes {
        match outcome {
            Ok(outcome) => tally.add(&case, outcome, &mut report),
            Err(error) => report.violates(format!("{case}: {error:#}")),
        }
    }
    tally.tell(&points, &mut report);
    report.says(format!(
        "{} combinations in {:.0} s",
        tally.combinations,
        begun.elapsed().as_secs_f64()
    ));
    Ok(report)
}

/// Every combination. How Redis being out of reach is answered matters only where it is.
fn combinations(points: &[String]) -> Vec<Case> {
    let mut cases = Vec::new();
    for point in points {
        for fault in Fault::ALL {
            for dialect in Dialect::ALL {
                for (redis, on_redis_outage) in [
                    (RedisFault::None, "database"),
                    (RedisFault::Emptied, "database"),
                    (RedisFault::Down, "database"),
                    (RedisFault::Down, "refuse"),
                ] {
                    cases.push(Case {
                        point: point.clone(),
                        fault,
                        dialect,
                        redis,
                        on_redis_outage,
                    });
                }
            }
        }
    }
    cases
}

#[derive(Default)]
struct Tally {
    combinations: usize,
    reached: BTreeMap<(String, &'static str), usize>,
    clean: BTreeMap<(String, &'static str), usize>,
    longest: Duration,
}

impl Tally {
    fn add(&mut self, case: &Case, outcome: Outcome, report: &mut Report) {
        self.combinations += 1;
        let cell = (case.point.clone(), case.fault.name());
        if outcome.reached {
            *self.reached.entry(cell.clone()).or_default() += 1;
            *self.clean.entry(cell).or_default() += usize::from(outcome.violations.is_empty());
        }
        self.longest = self.longest.max(outcome.decided_after);
        report.violations_of(&case.to_string(), outcome.violations);
    }

    fn tell(&self, points: &[String], report: &mut Report) {
        let mut rows = vec![
            std::iter::once("point")
                .chain(Fault::ALL.map(Fault::name))
                .map(str::to_owned)
                .collect(),
        ];
        for point in points {
            let cell = |fault: Fault| {
                let of = |counts: &BTreeMap<_, usize>| counts.get(&(point.clone(), fault.name())).copied().unwrap_or(0);
                format!("{}/{} hold", of(&self.clean), of(&self.reached))
            };
            rows.push(
                std::iter::once(point.clone())
                    .chain(Fault::ALL.map(cell))
                    .collect::<Vec<_>>(),
            );
            if !self.reached.keys().any(|(reached, _)| reached == point) {
                report.violates(format!("{point} was never reached"));
            }
        }
        for line in table(&rows) {
            report.says(line);
        }
        for fault in Fault::ALL {
            let count: usize = self
                .reached
                .iter()
                .filter(|((_, name), _)| *name == fault.name())
                .map(|(_, n)| n)
                .sum();
            report.says(format!("{}: {count}", fault.plural()));
        }
        report.says(format!(
            "slowest retry: decided after {:.2} s",
            self.longest.as_secs_f64()
        ));
    }
}
