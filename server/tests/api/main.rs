//! The shop over HTTP, with real stores: one module for each part of the address tree.

mod accounts;
mod cart;
mod commands;
mod credentials;
mod fields;
mod language;
mod look_up;
mod lost_sight;
mod orders;
mod outages;
mod pages;
mod redis_watch;
mod sameness;
mod site;
mod start;
mod support;
mod tokens;
mod upgrades;
mod v1;
