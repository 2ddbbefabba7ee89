//! What there is to say of each kind of problem.

use app::wire::FailureCode;
use axum::http::StatusCode;

/// The kinds are named by addresses below this one.
pub(super) const ROOT: &str = "/docs/problems";

/// Title and advice. For developers, so in one language.
pub(super) const fn words(code: FailureCode) -> (&'static str, &'static str) {
    match code {
        FailureCode::NotFound => ("Not found", "This session has nothing of that name, or nobody has."),
        FailureCode::CartEmpty => (
            "The cart is empty",
            "Put a line into the cart, then ask for a checkout again.",
        ),
        FailureCode::AlreadyOrdered => (
            "The cart is already ordered",
            "Read the order. A cart becomes one order at most.",
        ),
        FailureCode::Cancelled => ("The cart is cancelled", "It becomes no order. Make a new cart."),
        FailureCode::TokenMissing => (
            "No order token was sent",
            "Send the checkout's token as the Idempotency-Key.",
        ),
        FailureCode::Malformed => (
            "The request can not be read",
            "Nothing was ordered by it. Send what the OpenAPI document describes.",
        ),
        FailureCode::TokenRefused => (
            "The order token is not accepted",
            "It was not made here, or for another session. Nothing was touched.",
        ),
        FailureCode::TokenMismatch => (
            "The order token is for another cart or quote",
            "Send the quote as the checkout gave it. Nothing was touched.",
        ),
        FailureCode::TokenExpired => (
            "The order token is expired",
            "Nothing was ordered. Check the fresh checkout, and order with its token.",
        ),
        FailureCode::Invalid => (
            "Parts of the body are not good",
            "Nothing was ordered. Mend what `errors` names, and send it with the same token.",
        ),
        FailureCode::CartChanged => (
            "The cart or its prices changed",
            "Nothing was ordered. Check the fresh checkout, and order with its token.",
        ),
        FailureCode::OutOfStock => (
            "Not enough in stock",
            "Nothing was ordered. Change the lines that are named, and ask for a checkout again.",
        ),
        FailureCode::Repeat => (
            "The same product was ordered a moment ago",
            "Nothing was ordered now. To buy it again, send the same with `confirm_repeat`.",
        ),
        FailureCode::InProgress => (
            "The order is being placed",
            "Send the same again after the time in Retry-After, or ask for the attempt's status.",
        ),
        FailureCode::Throttled => ("Too often", "Send the same again after the time in Retry-After."),
        FailureCode::Unavailable => (
            "The shop can not answer now",
            "This request placed nothing. Send the same again after the time in Retry-After.",
        ),
        FailureCode::OutcomeUnknown | FailureCode::NoAnswer => (
            "It is not known whether the order was placed",
            "Send the same, with the same token, after the time in Retry-After: it can not order twice.",
        ),
    }
}

/// Advice for what HTTP itself refuses.
pub(super) fn words_of_status(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "The session is not known here, or it is over. Make a new one.",
        StatusCode::FORBIDDEN => "Requests that come from another site in a browser are refused.",
        StatusCode::METHOD_NOT_ALLOWED => {
            "The address does not take this method; the header Allow names those it takes."
        }
        StatusCode::PAYLOAD_TOO_LARGE => "A body has at most 64 kB.",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            "Send JSON to the API and a form to a function, and say so in Content-Type."
        }
        status if status.is_server_error() => {
            "This is a fault of the shop. If an order was sent, send the same again with the same token: it can not order twice."
        }
        _ => "The request was refused. Nothing was ordered by it.",
    }
}
