//! The server functions, one file each, at fixed endpoints: an open page still finds them after a new release.
//! All are POST; none of them is reachable by a link.

mod open_checkout;
mod submit_order;

pub use open_checkout::{OpenCheckout, open_checkout};
pub use submit_order::{SubmitOrderFn, submit_order};
