//! The shop over HTTP, with real stores: one module for each part of the address tree.

mod accounts;
mod authorisation;
mod caches;
mod cart;
mod connections;
mod cookies;
mod credentials;
mod fields;
mod http2;
mod language;
mod look_up;
mod lost_sight;
mod malformed;
mod orders;
mod outages;
mod overload;
mod pages;
mod redis_watch;
mod rules;
mod scripts;
mod security;
mod start;
mod support;
mod tokens;
