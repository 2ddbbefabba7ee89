//! Short forms of the crash and fault tests, for every `cargo test`. The long ones are the suites of `crash`.

mod crash_points;
mod database;
mod desync;
mod disk;
mod instances;
mod log;
mod mail;
mod memory;
mod moves;
mod redis;
mod restarts;
mod short;
mod standby;
mod support;
mod upgrades;
