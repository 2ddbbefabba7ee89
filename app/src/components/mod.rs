//! What pages are made of.

mod buy_panel;
mod failure_summary;

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
#[path = "no_browser.rs"]
mod browser;

pub use buy_panel::{BuyButton, BuyPanel};
pub use failure_summary::FailureSummary;
#[cfg(feature = "hydrate")]
use failure_summary::REJECTION;
