//! Plain forms: what a browser posts without WASM. Accepted ones are answered with a redirect to a fixed address
//! (post–redirect–get), others with the page they came from.

mod cancel;
mod cart;
mod order;

pub(crate) use cancel::cancel_cart;
pub(crate) use cart::{add_line, buy_now, set_checkout_line, set_line};
pub(crate) use order::submit_order;

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::response::{IntoResponse as _, Response};

/// To `address`, by GET (RFC 9110 §15.4.4).
pub(crate) fn see_other(address: &str) -> Response {
    (
        StatusCode::SEE_OTHER,
        [(LOCATION, address), (CACHE_CONTROL, "no-store")],
    )
        .into_response()
}
