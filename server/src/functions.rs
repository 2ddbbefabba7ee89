//! The server functions' way in: statuses by the one table, and nothing of the framework's own answers.

use std::sync::Arc;

use app::context::{Rejection, RequestContext};
use app::wire::{Failure, FailureCode};
use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, REFERER, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use checkout::observer::WayIn;
use leptos::prelude::provide_context;
use leptos::server_fn::error::FromServerFnError as _;

use crate::pages::context;
use crate::session::Visitor;
use crate::{AppState, placed};

/// A failure is smaller than this.
const MOST_BYTES: usize = 16 * 1024;

/// Answers a server function.
pub(crate) async fn function(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    mut request: Request,
) -> Response {
    // The framework would read any body as a form, also one of a type that another site may send without asking.
    if !is_form(request.headers()) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    // With these the framework would answer a plain form with a redirect to wherever the request says it came from.
    // Plain forms have a way in of their own.
    request.headers_mut().remove(ACCEPT);
    request.headers_mut().remove(REFERER);
    let ctx = RequestContext {
        way_in: WayIn::Function,
        ..context(&app, &visitor, Rejection::None)
    };
    let placed = Arc::clone(&ctx.placed);
    let answer = leptos_axum::handle_server_fns_with_context(move || provide_context(ctx.clone()), request).await;
    let mut response = answer.into_response();
    if response.status() != StatusCode::OK {
        response = as_it_is(response).await;
    }
    if let Some(order) = placed.get() {
        placed::remember(app.transport, &mut response, *order);
    }
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn is_form(headers: &HeaderMap) -> bool {
    let sent = headers.get(CONTENT_TYPE).and_then(|sent| sent.to_str().ok());
    let essence = sent.and_then(|sent| sent.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The framework answers every error with 500; the failure itself says what it is.
async fn as_it_is(response: Response) -> Response {
    let body = to_bytes(response.into_body(), MOST_BYTES).await.unwrap_or_default();
    let failure = match Failure::de(body) {
        Failure {
            code: FailureCode::NoAnswer,
            ..
        } => FailureCode::Malformed.into(),
        failure => failure,
    };
    failed(&failure)
}

/// A failure, with its status.
pub(crate) fn failed(failure: &Failure) -> Response {
    let status = StatusCode::from_u16(failure.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::new(Body::from(failure.ser()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = failure.code.retry_after_s() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
