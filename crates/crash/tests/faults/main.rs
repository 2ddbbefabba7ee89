//! Short forms of the crash and fault tests, for every `cargo test`. The long ones are the suites of `crash`.

mod database;
mod instances;
mod redis;
mod restarts;
mod short;
mod support;
