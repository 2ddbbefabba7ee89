//! What travels between page, script and server.

mod failure;
mod submit;

#[cfg(feature = "ssr")]
mod from_core;
#[cfg(feature = "ssr")]
pub use from_core::{parse_cart_id, parse_order_id};

pub use failure::{Certainty, EarlierOrder, Failure, FailureCode};
pub use submit::{Attempt, ConfirmationLine, OpenedCheckout, Receipt, SubmitOrder};
