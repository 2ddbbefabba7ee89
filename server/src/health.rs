//! Liveness, without dependencies; readiness, with the stores. Anybody may ask, so each answers with one word: which store
//! is down, and why, is told by the metrics, the log and the administration.

use std::time::Duration;

use async_trait::async_trait;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use checkout::settings::OnRedisOutage;

use crate::AppState;

/// How long a store may take to say that it is there.
const PATIENCE: Duration = Duration::from_millis(250);

/// The stores, as far as their health is concerned.
#[async_trait]
pub trait Stores: Send + Sync {
    /// Whether the database answers.
    async fn database(&self) -> bool;
    /// Whether the token store answers.
    async fn tokens(&self) -> bool;
    /// How many events wait to be told, if the database says.
    async fn untold(&self) -> Option<u64>;
    /// Whether the token store is left alone because it did not answer.
    fn breaker_is_open(&self) -> bool;
}

/// How well the shop can sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    Ready,
    /// With the database alone.
    Degraded,
    Unavailable,
}

impl Readiness {
    /// Asks both stores, at once and not for long.
    pub(crate) async fn of(app: &AppState) -> Self {
        let (database, tokens) = tokio::join!(in_time(app.stores.database()), in_time(app.stores.tokens()));
        let needs_tokens = app.checkout.settings().on_redis_outage == OnRedisOutage::Refuse;
        match (database.unwrap_or(false), tokens.unwrap_or(false)) {
            (true, true) => Self::Ready,
            (true, false) if !needs_tokens => Self::Degraded,
            _ => Self::Unavailable,
        }
    }
}

/// The process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// The shop can take orders. Without the token store it still can, unless it was told to refuse then.
pub(crate) async fn readyz(State(app): State<AppState>) -> impl IntoResponse {
    match Readiness::of(&app).await {
        Readiness::Ready => (StatusCode::OK, "ready\n"),
        Readiness::Degraded => (StatusCode::OK, "degraded\n"),
        Readiness::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable\n"),
    }
}

/// The answer, unless it takes too long.
pub(crate) async fn in_time<T>(answer: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(PATIENCE, answer).await.ok()
}
