//! Which order was placed a moment ago, kept until its receipt was seen: the first visit says thank you, and no other.

use app::routes;
use app::wire::parse_order_id;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use checkout::order::OrderId;

use crate::security::transport::Transport;

const COOKIE: &str = "once_placed";

/// The order that the shopper placed before this request. Only receipts are told: the cookie comes with every request, for
/// that is what its prefix asks for.
pub(crate) fn of_request(transport: Transport, request: &Request) -> Option<OrderId> {
    let after = request.uri().path().strip_prefix(routes::ORDERS)?;
    if !after.is_empty() && !after.starts_with('/') {
        return None;
    }
    let jar = CookieJar::from_headers(request.headers());
    parse_order_id(jar.get(&transport.cookie_name(COOKIE))?.value())
}

/// Tells the receipt that it is seen for the first time.
pub(crate) fn remember(transport: Transport, response: &mut Response, order: OrderId) {
    set(response, &transport.cookie(COOKIE, order.to_string()));
}

/// The receipt was seen.
pub(crate) fn forget(transport: Transport, response: &mut Response) {
    let mut cookie = transport.cookie(COOKIE, String::new());
    cookie.make_removal();
    set(response, &cookie);
}

fn set(response: &mut Response, cookie: &Cookie<'_>) {
    // An id and our own words have no character that a header can not hold.
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}
