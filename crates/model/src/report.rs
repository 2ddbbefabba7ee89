//! What is printed.

#![expect(clippy::print_stdout, reason = "the report is what this program is for")]

use crate::invariants::Invariant;
use crate::jobs::Done;
use crate::model::Step;

/// The widest title of a row.
const TITLE: usize = 63;

pub fn heading(text: &str) {
    println!("\n{text}\n");
}

pub fn line(text: &str) {
    println!("{text}");
}

/// A row for each walk, a column for each invariant.
pub fn table(rows: &[Done]) {
    print!(
        "{:TITLE$} {:>7} {:>6} {:>10} {:>11} {:>5}",
        "scope", "submits", "faults", "states", "transitions", "steps"
    );
    for invariant in Invariant::ALL {
        print!("  {invariant}");
    }
    println!("{:>8}", "time");
    for row in rows {
        let (title, scope, walk) = (row.job.title, row.job.model.scope, &row.walk);
        print!(
            "{title:TITLE$} {:>7} {:>6} {:>10}",
            scope.submissions, scope.faults, walk.states
        );
        print!(" {:>11} {:>5}", walk.transitions, walk.depth);
        for invariant in Invariant::ALL {
            print!("  {:>width$}", row.broken(invariant), width = invariant.name().len());
        }
        println!("{:>6.1} s", row.took.as_secs_f64());
    }
}

/// The shortest ways to what must never be.
pub fn first_violations(row: &Done) {
    for (invariant, trace) in Invariant::ALL.iter().zip(&row.walk.traces) {
        if let Some(trace) = trace {
            println!("\n{}: {invariant}", row.job.title);
            story(trace);
        }
    }
}

/// A line for a mistake, and the shortest way to it.
pub fn caught(done: &Done, wanted: Invariant, with_trace: bool) {
    let title = done.job.title;
    let Some(trace) = &done.walk.traces[wanted as usize] else {
        println!(
            "MISSED  {title}: nothing shows \"{wanted}\" in {} states",
            done.walk.states
        );
        return;
    };
    println!("caught  {wanted:13} in {:>2} steps  {title}", trace.len());
    if with_trace {
        story(trace);
    }
}

fn story(steps: &[Step]) {
    for (number, step) in (1..).zip(steps) {
        println!("        {number:>2}. {step}");
    }
    println!();
}
