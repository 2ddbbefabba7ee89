//! The order protocol, walked through every interleaving and every fault of a small world.
//!
//! `cargo run --release -p model` explores, breadth first, every state that up to four submissions of one buying intent can
//! reach, at most three of them at once, with up to three faults at any step, and judges each. It prints a table of the
//! walks, the shortest way to every mistake of a list, and exits with 1 if the protocol breaks a promise, if a mistake is
//! not caught, or if too little was walked through. `--traces` tells the way to each mutation as well.
//!
//! # How the model follows the code
//!
//! One step of the model is one request to a store, together with what the server makes of the reply: whatever else can
//! happen, can happen between two requests.
//!
//! | here | there |
//! |---|---|
//! | `protocol`: `Phase::Find`, `Insert`, `Commit`, `ReadBack`, `Settle`, `Release` | `place_order/attempt.rs`: `run`, `write`, `write_and_end` |
//! | `protocol`: `Phase::Claim`, `Look`, `Wait`, `LookNamed`; `faults`: `degrade` | `place_order/attempt/claiming.rs` |
//! | `expired`: `Phase::LookExpired`, `AskStatus`, `Outgrow` | `Attempt::expired` and `attempt_status.rs`, on another server; `Attempt::refused`; `outdate_cart` |
//! | `token_store`: `claim`, `settle`, `release`, `lapse` | `claim.lua`, `settle.lua`, `release.lua`, the times to live |
//! | `database`: `decide`, `commit`, `waits_for` | `insert.rs` of the SQL adapters, and the row locks of PostgreSQL |
//! | `answers`: what an answer promises | `PlaceOrderError`, and `Certainty` of the wire |
//! | `shoppers`: submit, render, cancel | whoever sends, `issue_token.rs`, `cancel_cart.rs` |
//!
//! # What goes wrong
//!
//! A server dies at any step, its request still under way or not. A reply is lost; a request is executed after its sender
//! gave up (claim, settle, release, COMMIT), or never. Redis can not be reached, loses everything, or comes back as it once
//! was. An attempt is stopped for longer than its lease and wakes up. COMMIT is executed and its acknowledgement lost, is
//! late, never arrives, or is acknowledged with nothing stored. The database refuses a connection, a look or a read-back.
//!
//! Shoppers are worse than real ones: any page that was rendered is submitted at any time, after any answer or none, and a
//! page can be rendered anew at any time.
//!
//! # What is left out
//!
//! * Time. A lease can end at any moment; while its attempt runs, that is a fault. Running guards end with the lease of the
//!   claim that set them, as in a shop whose repeat window is longer than the lease. Waiting has no length: a loser asks
//!   again, or is answered, at any moment.
//! * One shopper, one product, quantity one. Fingerprints are compared only as "the cart has outgrown this quote": forged
//!   and mismatched tokens touch nothing.
//! * The transaction up to its commit is one step: nothing of it shows before, and its locks are held after. That a server
//!   dies in the middle is that it dies before.
//! * Rendering a page always stores its token; that Redis lost it is a fault of its own.
//! * Whether an answer reaches the shopper: one that does not arrive promises nothing.
//! * Several attempts on one server: all of them dying is several faults. But in every state everything is stopped at once,
//!   and then a fair retry must decide (`recovery`).
//! * The numbers of submissions: states that differ in them alone are one (`symmetry`).
//!
//! What must never be stands in `invariants`.

mod answers;
mod bits;
mod database;
mod expired;
mod faults;
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
mod spares;
mod symmetry;
#[cfg(test)]
mod tests;
mod token_store;
mod walk;
mod world;

use std::process::ExitCode;

use crate::jobs::{Done, Job, run};
use crate::mistakes::{Mistake, NAIVE};
use crate::mutations::MUTATIONS;
use crate::rules::Rules;
use crate::scopes::PROTOCOL;
use crate::spares::{SPARES, Spare};

/// Fewer states than these would not be worth the name.
const ENOUGH: usize = 5_000_000;

fn main() -> ExitCode {
    let mut wrong = Vec::new();
    report::heading(
        "The protocol: every promise, in every state that can be reached; at most three submissions at once",
    );
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
    let caught = NAIVE.len() + MUTATIONS.len();
    if wrong.is_empty() {
        report::line(&format!("{states} states, 0 violations; {caught} mistakes caught"));
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
    let job = |spare: &Spare| {
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
