//! The locks on the doors: how cookies are written, what every answer tells browsers to refuse, and who may pass where.

pub mod headers;
pub mod inventory;
pub mod transport;
