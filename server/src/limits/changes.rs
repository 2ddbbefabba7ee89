//! How often one shopper, or one address, may change something: fill a cart, open a confirmation page, send an order.

use std::net::SocketAddr;

use app::wire::FailureCode;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::origin::Origin;
use crate::session::Visitor;
use crate::throttle::TooOften;
use crate::{AppState, functions, pages};

/// Counts the request if it changes something, and refuses it if there were too many. It stands behind the session, which
/// tells whose it is; whoever comes without one is new each time, and counts by address alone.
pub(crate) async fn counted(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let Some(visitor) = request.extensions().get::<Visitor>().filter(|_| changes(&request)) else {
        return next.run(request).await;
    };
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let Origin(from) = Origin::of(peer, request.headers(), &app.trusted_proxies);
    match app.throttle.change(from, visitor.shopper) {
        Ok(()) => next.run(request).await,
        Err(too_often) => refused(&app, visitor, request.uri().path(), too_often).await,
    }
}

/// A confirmation page is asked for by GET, and stores a token.
fn changes(request: &Request) -> bool {
    let path = request.uri().path();
    let is_confirmation = path.starts_with("/checkout/") && !path.starts_with("/checkout/status/");
    !request.method().is_safe() || (request.method() == Method::GET && is_confirmation)
}

async fn refused(app: &AppState, visitor: &Visitor, path: &str, TooOften { wait }: TooOften) -> Response {
    let status = StatusCode::TOO_MANY_REQUESTS;
    let mut response = if path.starts_with("/api/") {
        let mut response = functions::failed(&FailureCode::Unavailable.into());
        *response.status_mut() = status;
        response
    } else {
        pages::failed(app, visitor, status, "/".to_owned()).await
    };
    let wait_s = HeaderValue::from(wait.as_secs() + 1);
    response.headers_mut().insert(RETRY_AFTER, wait_s);
    response
}
