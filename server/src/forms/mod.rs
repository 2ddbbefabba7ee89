//! Plain forms: what a browser posts without WASM. Accepted ones are answered with a redirect to a fixed address
//! (post–redirect–get), others with the page they came from.

mod account;
mod cancel;
mod cart;
mod look_up;
mod order;

pub(crate) use account::{log_in, log_out, register};
pub(crate) use cancel::cancel_cart;
pub(crate) use cart::{add_line, buy_now, set_checkout_line, set_line};
pub(crate) use look_up::look_up_order;
pub(crate) use order::submit_order;

use app::account::AccountProblem;
use axum::http::header::{CACHE_CONTROL, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

/// To `address`, by GET (RFC 9110 §15.4.4).
pub(crate) fn see_other(address: &str) -> Response {
    (
        StatusCode::SEE_OTHER,
        [(LOCATION, address), (CACHE_CONTROL, "no-store")],
    )
        .into_response()
}

/// Says when it can be tried again, where that helps.
fn retry_after(mut response: Response, problem: AccountProblem) -> Response {
    if let Some(seconds) = problem.retry_after_s() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
