//! The real order protocol over simulated stores: one seed, one world, always the same.
//!
//! What runs is the code that is shipped: `Checkout` with its use cases, its circuit breaker and its group commit.
//!
//! What is simulated: the two stores (those of the tests, which pass the contract suites), the network to them, time,
//! ids, servers that crash, stop and are started again, and the shopper's browser. A world runs on one thread of a
//! runtime with a paused clock, and its seed decides everything by chance: what the shopper does, what goes wrong at
//! which step, how long each thing takes. So a world that fails can be run again and read.
//!
//! What is not simulated: the SQL adapters and the Redis scripts (they pass the same contract suites, and have crash
//! tests of their own), HTTP, the browser's code, a database that loses what it committed, and clocks that disagree.
//!
//! | module | what it holds |
//! |---|---|
//! | `run`, `world`, `attempts` | one world from its first page to the checks; what its tasks share |
//! | `scenario`, `client`, `shop` | what the shopper and the shop do |
//! | `server` | `Checkout`, composed as the shop's server composes it, on a machine that can die or stop |
//! | `stores` | the ports, with a network in which anything can go wrong |
//! | `fault`, `plan`, `coverage` | what can go wrong where, what does, and what did |
//! | `history`, `holders`, `checker` | what was told, committed and claimed; what must never happen |
//! | `enumerate` | small worlds with one fault at every step in turn |
//! | `report` | what is printed |
//! | `random`, `clock` | chance and time as parameters |

mod attempts;
mod checker;
mod client;
mod clock;
mod coverage;
mod enumerate;
mod fault;
mod history;
mod holders;
mod plan;
mod random;
mod report;
mod run;
mod scenario;
mod server;
mod shop;
mod stores;
mod world;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use checker::{Kind, Violation};
pub use enumerate::{Case, enumerate, run_case};
pub use report::{Name, Report, Totals};
pub use run::Outcome;

use plan::Plan;
use random::Random;
use scenario::Scenario;

/// Runs the world of a seed; `traced`: and writes down what happens.
#[must_use]
pub fn run_seed(seed: u64, traced: bool) -> Outcome {
    let mut random = Random::new(seed);
    let scenario = Scenario::draw(&mut random);
    let plan = match random.within(0..=7) {
        0 => Plan::Calm,
        _ => Plan::Chance {
            one_in: random.pick(&[4, 8, 16, 32]),
            left: random.pick(&[1, 2, 3, 6, 12]),
        },
    };
    run::run(&scenario, plan, random.fork(), traced)
}

/// Locks; planned panics never happen while a lock is held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
