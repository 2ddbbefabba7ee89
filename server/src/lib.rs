//! The shop's server: the composition root, the ways in, start and stop.
//!
//! | module | what it holds |
//! |---|---|
//! | [`config`] | what can be set, from the environment or the command line |
//! | [`program`], `commands` | the program around it: command line, log, signals, exit code; what it does besides serving |
//! | [`startup`] | the only place that names a concrete store |
//! | [`router`] | every address, and what stands before it |
//! | `forms`, `functions`, `pages`, `api` | the ways in: plain forms, server functions, pages, the JSON API |
//! | `site` | scripts, styles and pictures, from a folder or from the program itself |
//! | `placed` | whether a receipt is seen for the first time |
//! | `errors` | the pages of requests that no way in takes |
//! | `session`, `language` | whose request it is, and in which language it is answered |
//! | [`limits`] | how much the server takes on at once: connections, bodies, pages, changes |
//! | [`security`] | cookies, and what every answer tells browsers to refuse |
//! | `admin` | the pages of whoever runs the shop |
//! | [`telemetry`] | metrics, log, traces, and the ledger of prevented duplicates |
//! | `passwords` | what is kept of passwords |
//! | `origin`, `throttle` | where requests come from, and how often somebody may guess |

// The type of a page is its whole structure.
#![recursion_limit = "256"]

mod admin;
mod api;
mod command_line;
mod commands;
pub mod config;
mod errors;
mod forms;
mod functions;
mod health;
mod language;
pub mod limits;
mod look_up;
mod origin;
mod pages;
mod passwords;
mod placed;
pub mod program;
pub mod router;
mod secrets;
pub mod security;
mod seed;
mod session;
mod site;
pub mod startup;
mod state;
mod system;
pub mod telemetry;
mod throttle;

pub use api::document as openapi;
pub use state::AppState;
