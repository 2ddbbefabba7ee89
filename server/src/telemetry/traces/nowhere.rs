//! What stands in the place of `otlp` where traces are not built in.

use axum::http::{HeaderMap, StatusCode};
use tracing::Span;

use crate::telemetry::logging::Listener;

/// Sends none.
pub(crate) struct Traces;

impl Traces {
    /// None are sent.
    pub(crate) fn none() -> Self {
        Self
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "where traces are built in, they may not be possible"
    )]
    pub(crate) fn from_environment() -> Result<Self, String> {
        Ok(Self::none())
    }

    #[expect(clippy::unused_self, reason = "where traces are built in, it is what hears them")]
    pub(crate) fn listener(&self) -> Option<Listener> {
        None
    }

    #[expect(clippy::unused_async, reason = "where traces are built in, the last ones are sent")]
    pub(crate) async fn end(self) {}
}

pub(crate) fn begun(_: &Span, _: &HeaderMap, _: &'static str, _: &str) {}

pub(crate) fn answered(_: &Span, _: StatusCode) {}
