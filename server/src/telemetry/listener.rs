//! The metrics' own address. It has no path but one, and nothing of the shop.

use std::net::SocketAddr;

use anyhow::Context as _;
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE as TEXT;
use tokio::net::TcpListener;

use super::Reading;
use crate::AppState;

/// What answers there.
pub fn metrics_service(app: AppState) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(app)
}

/// Answers there for as long as the process runs.
pub(crate) async fn serve_metrics(address: SocketAddr, app: AppState) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("{address} can not be listened on for metrics: choose another with ONCE_METRICS_ADDR")
    })?;
    tracing::info!("metrics are at http://{}/metrics", listener.local_addr()?);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, metrics_service(app)).await {
            tracing::error!(%error, "metrics are served no more");
        }
    });
    Ok(())
}

async fn metrics(State(app): State<AppState>) -> impl IntoResponse {
    let reading = Reading::of(&app).await;
    ([(CONTENT_TYPE, TEXT)], app.instruments.metrics.text(&reading))
}
