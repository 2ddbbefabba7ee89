//! The shop's server: the composition root, the ways in, start and stop.
//!
//! | module | what it holds |
//! |---|---|
//! | [`config`] | what can be set, from the environment or the command line |
//! | [`program`] | the program around it: log, signals, exit code |
//! | [`startup`] | the only place that names a concrete store |
//! | [`router`] | every address, and what stands before it |
//! | `forms`, `functions`, `pages` | the ways in: plain forms, server functions, pages |
//! | `placed` | whether a receipt is seen for the first time |
//! | `errors` | the pages of requests that no way in takes |
//! | `session`, `language` | whose request it is, and in which language it is answered |
//! | `admin` | the pages of whoever runs the shop |
//! | [`telemetry`] | metrics, log, and the ledger of prevented duplicates |
//! | `passwords` | what is kept of passwords |
//! | `origin`, `throttle` | where requests come from, and how often somebody may guess |

// The type of a page is its whole structure.
#![recursion_limit = "256"]

mod admin;
pub mod config;
mod errors;
mod forms;
mod functions;
mod health;
mod language;
mod look_up;
mod origin;
mod pages;
mod passwords;
mod placed;
pub mod program;
pub mod router;
mod secrets;
mod seed;
mod session;
pub mod startup;
mod state;
mod system;
pub mod telemetry;
mod throttle;

pub use state::AppState;
