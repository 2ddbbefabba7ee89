//! The metrics' own address. It has no path but one, and nothing of the shop.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Router, http::HeaderValue};

use super::Reading;
use crate::AppState;
use crate::health::in_time;

/// The text format's own type.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// What answers there.
pub fn metrics_service(app: AppState) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(app)
}

async fn metrics(State(app): State<AppState>) -> impl IntoResponse {
    let (database, tokens, untold) = tokio::join!(
        in_time(app.stores.database()),
        in_time(app.stores.tokens()),
        in_time(app.stores.untold()),
    );
    let reading = Reading {
        database: database.unwrap_or(false),
        tokens: tokens.unwrap_or(false),
        breaker_open: app.stores.breaker_is_open(),
        untold: untold.flatten(),
        ledger_dropped: app.instruments.ledger.dropped(),
    };
    ([(CONTENT_TYPE, TEXT)], app.instruments.metrics.text(&reading))
}
