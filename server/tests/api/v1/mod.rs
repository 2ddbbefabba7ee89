//! The JSON API.

mod client;
mod clients;
mod document;
mod malformed;
mod orders;
mod refusals;
mod sessions;
mod shop;

pub use client::{Api, contact};
