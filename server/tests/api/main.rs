//! The shop over HTTP, with real stores: one module for each part of the address tree.

mod accounts;
mod admin;
mod cart;
mod credentials;
mod fields;
mod language;
mod look_up;
mod lost_sight;
mod metrics;
mod orders;
mod outages;
mod pages;
mod redis_watch;
mod secrets;
mod start;
mod support;
mod tokens;
