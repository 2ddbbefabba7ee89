//! How much the server takes on at once: connections, bodies, pages and changes. Orders have their own limit, in the core.
//! What is too much is told so at once, and costs as little as can be.

pub(crate) mod body;
pub(crate) mod bulkhead;
pub(crate) mod changes;
pub mod connections;
pub(crate) mod counts;
pub(crate) mod files;
pub mod listener;
pub mod settings;
