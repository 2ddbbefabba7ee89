//! What both sides share: the wire types, the server functions, the island of the buy button and its state machine.
//! The pages are rendered on the server alone; the browser gets the islands and nothing of the pages.

// The type of a page is its whole structure.
#![recursion_limit = "256"]

pub use checkout::locale;

pub mod buy;
pub mod components;
pub mod server_fns;
pub mod text;
pub mod wire;

#[cfg(feature = "ssr")]
pub mod account;
#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod shell;
