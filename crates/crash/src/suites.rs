//! The runs. Each ends in a report.

pub mod matrix;
