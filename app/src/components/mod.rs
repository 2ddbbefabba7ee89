//! What pages are made of.

mod browser;
mod buy_panel;
mod failure_summary;

pub use buy_panel::BuyPanel;
pub use failure_summary::{FailureSummary, REJECTION};
