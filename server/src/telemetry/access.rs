//! A line of the log for each request, and an id that all its lines share.
//!
//! The line names the pattern of the address and never the address: that may hold an order's id, a digest or whatever
//! somebody typed.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};
use uuid::Uuid;

use super::metrics::known;
use super::refusals::Refusal;
use super::traces;
use crate::AppState;
use crate::system::random;

/// Tells whoever asks for help which request it was. Ours alone: one that comes along is not read, since anybody can write
/// what they like into it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What stands for addresses that are none of the shop's.
pub(crate) const NO_ROUTE: &str = "none";

/// The target of spans that are not worth a trace.
pub(crate) const OFTEN: &str = concat!(module_path!(), "::often");

/// Measures and logs the request.
pub(crate) async fn told(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let (began, id) = (Instant::now(), new_id());
    let method = request.method().clone();
    let route = route(&request);
    let span = span(id, &route);
    traces::begun(&span, request.headers(), known(&method), &route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    app.instruments.metrics.request(&route, &method, status);
    let (method, took_ms) = (known(&method), began.elapsed().as_millis());
    // Of those who find no room there are the more, the less time there is to tell of each. They are counted.
    let is_no_news = response.extensions().get() == Some(&Refusal::Overload);
    traces::answered(&span, status);
    span.in_scope(|| {
        if is_no_news || is_asked_all_the_time(&route) {
            tracing::debug!(method, route, status = status.as_u16(), took_ms, "answered");
        } else {
            tracing::info!(method, route, status = status.as_u16(), took_ms, "answered");
        }
    });
    response.headers_mut().insert(REQUEST_ID, header(id));
    response
}

/// Names an answer that is in no log.
pub(crate) fn name(response: &mut Response) {
    response.headers_mut().insert(REQUEST_ID, header(new_id()));
}

fn new_id() -> Uuid {
    uuid::Builder::from_random_bytes(random()).into_uuid()
}

/// What all lines of the request's log share. `otel.kind` is for traces, and empty where there are none.
fn span(id: Uuid, route: &str) -> Span {
    if is_asked_all_the_time(route) {
        tracing::info_span!(target: OFTEN, "request", request_id = %id)
    } else {
        tracing::info_span!("request", request_id = %id, otel.kind = Empty)
    }
}

/// Folders of files, which have no pattern.
const FOLDERS: [&str; 2] = ["/pkg", "/pictures"];

/// The pattern that the address fits; that of a file is its folder.
fn route(request: &Request) -> String {
    if let Some(matched) = request.extensions().get::<MatchedPath>() {
        return matched.as_str().to_owned();
    }
    let path = request.uri().path();
    let is_in = |folder: &&str| path.strip_prefix(*folder).is_some_and(|file| file.starts_with('/'));
    FOLDERS.into_iter().find(is_in).unwrap_or(NO_ROUTE).to_owned()
}

fn is_asked_all_the_time(route: &str) -> bool {
    matches!(route, "/healthz" | "/readyz") || FOLDERS.contains(&route)
}

fn header(id: Uuid) -> HeaderValue {
    HeaderValue::from_str(&id.to_string()).expect("a UUID has no character that a header can not hold")
}
