//! What pages are made of.

mod browser;
mod buy_form;
mod failure_summary;

#[cfg(feature = "ssr")]
mod picture;

pub use buy_form::BuyForm;
pub use failure_summary::FailureSummary;

#[cfg(feature = "ssr")]
pub use picture::Picture;
