//! A line of the log for each request, and an id that all its lines share.
//!
//! The line names the pattern of the address and never the address: that may hold an order's id, a digest or whatever
//! somebody typed.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;
use tracing::Instrument as _;
use uuid::Uuid;

use super::metrics::known;
use crate::AppState;
use crate::system::random;

/// Tells whoever asks for help which request it was. Ours alone: one that comes along is not read, since anybody can write
/// what they like into it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What stands for addresses that are none of the shop's.
const NO_ROUTE: &str = "none";

/// Measures and logs the request.
pub(crate) async fn told(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = uuid::Builder::from_random_bytes(random()).into_uuid();
    let method = request.method().clone();
    let route = route(&request);
    let span = tracing::info_span!("request", request_id = %id);
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    app.instruments.metrics.request(&route, &method, status);
    let (method, took_ms) = (known(&method), began.elapsed().as_millis());
    span.in_scope(|| {
        if is_asked_all_the_time(&route) {
            tracing::debug!(method, route, status = status.as_u16(), took_ms, "answered");
        } else {
            tracing::info!(method, route, status = status.as_u16(), took_ms, "answered");
        }
    });
    response.headers_mut().insert(REQUEST_ID, header(id));
    response
}

/// The pattern that the address fits. That of a folder is its name.
fn route(request: &Request) -> String {
    let Some(matched) = request.extensions().get::<MatchedPath>() else {
        return NO_ROUTE.to_owned();
    };
    let pattern = matched.as_str();
    pattern
        .split_once("/{*")
        .map_or(pattern, |(folder, _)| folder)
        .to_owned()
}

fn is_asked_all_the_time(route: &str) -> bool {
    matches!(route, "/healthz" | "/readyz" | "/pkg" | "/pictures")
}

fn header(id: Uuid) -> HeaderValue {
    HeaderValue::from_str(&id.to_string()).expect("a UUID has no character that a header can not hold")
}
