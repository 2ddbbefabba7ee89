//! The runs. Each ends in a report.

pub mod commit_cuts;
pub mod desync;
pub mod macs;
pub mod matrix;
pub mod nginx;
pub mod oracle;
pub mod overload;
pub mod parallel;
pub mod redis_outages;
pub mod soak;
pub mod storm;
