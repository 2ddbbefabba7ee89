//! Which order was placed a moment ago, kept until its receipt was seen: the first visit says thank you, and no other.

use app::wire::parse_order_id;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use checkout::order::OrderId;

const COOKIE: &str = "once_placed";

/// The order that the shopper placed before this request.
pub(crate) fn of_request(headers: &HeaderMap) -> Option<OrderId> {
    parse_order_id(CookieJar::from_headers(headers).get(COOKIE)?.value())
}

/// Tells the receipt that it is seen for the first time.
pub(crate) fn remember(response: &mut Response, order: OrderId) {
    set(response, &cookie(order.to_string()));
}

/// The receipt was seen.
pub(crate) fn forget(response: &mut Response) {
    let mut cookie = cookie(String::new());
    cookie.make_removal();
    set(response, &cookie);
}

fn cookie(value: String) -> Cookie<'static> {
    Cookie::build((COOKIE, value))
        .path("/orders")
        .http_only(true)
        .same_site(SameSite::Lax)
        .build()
}

fn set(response: &mut Response, cookie: &Cookie<'_>) {
    // An id and our own words have no character that a header can not hold.
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}
