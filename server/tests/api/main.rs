//! The shop over HTTP, with real stores: one module for each part of the address tree.

mod accounts;
mod admin;
mod authorisation;
mod caches;
mod cart;
mod commands;
mod connections;
mod cookies;
mod credentials;
mod fields;
mod functions;
mod http2;
mod language;
mod look_up;
mod lost_sight;
mod malformed;
mod metrics;
mod orders;
mod outages;
mod overload;
mod pages;
mod redis_watch;
mod rules;
mod sameness;
mod scripts;
mod secrets;
mod security;
mod site;
mod start;
mod support;
mod tokens;
#[cfg(feature = "opentelemetry")]
mod traces;
mod upgrades;
mod v1;
