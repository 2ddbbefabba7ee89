//! PLACEHOLDER

mod answers;
mod bits;
mod database;
mod expired;
mod faults;
mod gaps;
mod invariants;
mod jobs;
mod mistakes;
mod model;
mod mutations;
mod naive;
mod phase;
mod protocol;
mod recovery;
mod report;
mod rules;
mod scope;
mod scopes;
mod seen;
mod shoppers;
mod symmetry;
#[cfg(test)]
mod tests;
mod token_store;
mod walk;
mod world;

use std::process::ExitCode;

use crate::gaps::{GAPS, SPARES};
use crate::jobs::{Done, Job, run};
use crate::mistakes::{Mistake, NAIVE};
use crate::mutations::MUTATIONS;
use crate::rules::Rules;
use crate::scopes::PROTOCOL;

/// Fewer states than these would not be worth the name.
const ENOUGH: usize = 5_000_000;

fn main() -> ExitCode {
    let mut wrong = Vec::new();
    report::heading("The protocol: every promise, in every state that can be reached");
    let states = protocol(&mut wrong);
    report::heading("Each of these can go, and every promise is kept all the same");
    spares(&mut wrong);
    report::heading("What many a shop does, and the shortest way to what is wrong with it");
    mistakes(&NAIVE, true, &mut wrong);
    report::heading("The protocol with one thing left out or done wrong");
    mistakes(
        &MUTATIONS,
        std::env::args().any(|argument| argument == "--traces"),
        &mut wrong,
    );
    report::heading("Known gaps: the code promises more than it keeps");
    gaps(&mut wrong);
    let (caught, known) = (NAIVE.len() + MUTATIONS.len(), GAPS.len());
    if wrong.is_empty() {
        report::line(&format!(
            "{states} states, 0 violations; {caught} mistakes caught; {known} gaps known"
        ));
        return ExitCode::SUCCESS;
    }
    for why in wrong {
        report::line(&format!("FAILED: {why}"));
    }
    ExitCode::FAILURE
}

/// Walks through the real protocol; the number of states.
fn protocol(wrong: &mut Vec<String>) -> usize {
    let rows = run(&PROTOCOL.map(|walk| Job::new(walk.scope.name, walk.rules(), walk.scope)));
    report::table(&rows);
    keep_promises(&rows, wrong);
    let states = rows.iter().map(|row| row.walk.states).sum();
    if states < ENOUGH {
        wrong.push(format!("{states} states are too few to say anything"));
    }
    states
}

/// Walks through what is there twice, without one of the two.
fn spares(wrong: &mut Vec<String>) {
    let job = |spare: &gaps::Spare| {
        let mut rules = Rules::default();
        (spare.change)(&mut rules);
        Job::new(spare.sentence, rules, spare.scope)
    };
    let rows = run(&SPARES.each_ref().map(job));
    report::table(&rows);
    keep_promises(&rows, wrong);
}

fn keep_promises(rows: &[Done], wrong: &mut Vec<String>) {
    for row in rows.iter().filter(|row| row.violations() > 0) {
        wrong.push(format!("{} violations: {}", row.violations(), row.job.title));
        report::first_violations(row);
    }
}

fn mistakes(list: &'static [Mistake], with_traces: bool, wrong: &mut Vec<String>) {
    let job = |mistake: &Mistake| Job::new(mistake.sentence, mistake.rules(), mistake.scope).until(mistake.breaks);
    let done = run(&list.iter().map(job).collect::<Vec<_>>());
    for (mistake, done) in list.iter().zip(&done) {
        report::caught(done, mistake.breaks, with_traces);
        if done.broken(mistake.breaks) == 0 {
            wrong.push(format!("not caught: {}", mistake.sentence));
        }
    }
}

fn gaps(wrong: &mut Vec<String>) {
    for gap in &GAPS {
        let mut cured = Rules::default();
        (gap.change)(&mut cured);
        let now = Job::new(gap.sentence, Rules::default(), gap.scope).until(gap.breaks);
        let done = run(&[now, Job::new(gap.cure, cured, gap.cured)]);
        report::gap(gap, &done[0], &done[1]);
        if done[0].broken(gap.breaks) == 0 {
            wrong.push(format!("no longer a gap: {}", gap.sentence));
        }
        if done[1].violations() > 0 {
            wrong.push(format!("no cure: {}", gap.cure));
        }
    }
}
