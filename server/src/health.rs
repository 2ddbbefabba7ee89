//! Liveness, without dependencies; readiness, with the stores.

use std::time::Duration;

use async_trait::async_trait;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use checkout::settings::OnRedisOutage;

use crate::AppState;

/// How long a store may take to say that it is there.
const PATIENCE: Duration = Duration::from_millis(250);

/// The stores, as far as readiness is concerned.
#[async_trait]
pub trait Stores: Send + Sync {
    /// Whether the database answers.
    async fn database(&self) -> bool;
    /// Whether the token store answers.
    async fn tokens(&self) -> bool;
}

/// The process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// The shop can take orders. Without the token store it still can, unless it was told to refuse then.
pub(crate) async fn readyz(State(app): State<AppState>) -> impl IntoResponse {
    let database = in_time(app.stores.database()).await;
    let tokens = in_time(app.stores.tokens()).await;
    let needs_tokens = app.checkout.settings().on_redis_outage == OnRedisOutage::Refuse;
    let (status, word) = match (database, tokens) {
        (true, true) => (StatusCode::OK, "ready"),
        (true, false) if !needs_tokens => (StatusCode::OK, "degraded"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    let told = |up: bool| if up { "up" } else { "down" };
    (
        status,
        format!("{word}\ndatabase {}\ntokens {}\n", told(database), told(tokens)),
    )
}

async fn in_time(answer: impl Future<Output = bool>) -> bool {
    tokio::time::timeout(PATIENCE, answer).await.unwrap_or(false)
}
