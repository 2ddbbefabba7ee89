//! The JSON API under `/api/v1`: for programs that never see the button. One file for each noun.
//!
//! Whoever asks is known by the session's cookie, as on pages, or by the same signed value as a bearer token. Every error is a
//! problem (RFC 9457) whose status stands in the one table, [`FailureCode`](app::wire::FailureCode).

mod attempts;
mod bearer;
mod carts;
mod checkouts;
mod json;
mod key;
mod look_ups;
mod money;
mod openapi;
mod orders;
mod problem;
mod problems;
mod products;
mod sessions;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use checkout::time::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;
use crate::limits::changes;

pub use openapi::document;
pub(crate) use openapi::documentation;
pub(crate) use problem::as_problem;

/// Where the API is.
const ROOT: &str = "/api/v1";

/// Every address under `/api/v1`, and the rest of `/api`, where there is nothing.
pub(crate) fn router(app: &AppState) -> Router<AppState> {
    let whose = from_fn_with_state(app.clone(), bearer::session);
    let renewed = from_fn_with_state(app.clone(), bearer::renewed);
    let counted = from_fn_with_state(app.clone(), changes::counted);
    let of_a_shopper = of_a_shopper().merge(opening_carts().route_layer(renewed));
    let (v1, _) = OpenApiRouter::new()
        .nest(ROOT, of_a_shopper.layer(counted).layer(whose))
        .nest(ROOT, of_nobody())
        .split_for_parts();
    v1.route("/api/{*nothing}", any(problem::nothing_here))
        .layer(SetResponseHeaderLayer::overriding(
            CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
}

/// What is answered to the shopper whose it is.
fn of_a_shopper() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(carts::read))
        .routes(routes!(carts::cancel))
        .routes(routes!(carts::set_line, carts::remove_line))
        .routes(routes!(checkouts::create))
        .routes(routes!(orders::create))
        .routes(routes!(orders::read))
        .routes(routes!(look_ups::create))
        .routes(routes!(attempts::read))
}

/// Where nobody goes on as a guest who became an account.
fn opening_carts() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(carts::create))
}

/// What is the same for everybody.
fn of_nobody() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(products::list))
        .routes(routes!(products::read))
        .routes(routes!(sessions::create))
}

/// A point in time as JSON has it (RFC 3339).
fn rfc3339(time: Timestamp) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(time.unix_ms) * 1_000_000);
    // A clock that is far off has no such name.
    time.ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// What the routes say of themselves.
fn described() -> OpenApi {
    OpenApiRouter::default()
        .nest(ROOT, of_nobody())
        .nest(ROOT, opening_carts())
        .nest(ROOT, of_a_shopper())
        .into_openapi()
}
