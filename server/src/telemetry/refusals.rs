//! What the shop would not take on.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use tower_http::csrf::ProtectionError;

use crate::AppState;

/// Why a request was refused before anybody looked at what it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There were too many of it.
    RateLimit,
    /// There is no room for another page. Orders that find none have an outcome of their own.
    Overload,
    /// Its body is too long.
    BodySize,
    /// Its body came too slowly.
    BodyTimeout,
    /// Another site sent it.
    CrossSite,
}

impl Refusal {
    /// Every one.
    pub(crate) const ALL: [Self; 5] = [
        Self::RateLimit,
        Self::Overload,
        Self::BodySize,
        Self::BodyTimeout,
        Self::CrossSite,
    ];

    /// Its name, as measured.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::RateLimit => "rate_limit",
            Self::Overload => "overload",
            Self::BodySize => "body_size",
            Self::BodyTimeout => "body_timeout",
            Self::CrossSite => "cross_site",
        }
    }

    /// What an answer was refused for. Whoever refuses with a status that says too little leaves the reason in the extensions.
    fn of(response: &Response) -> Option<Self> {
        let extensions = response.extensions();
        if extensions.get::<ProtectionError>().is_some() {
            return Some(Self::CrossSite);
        }
        let by_status = || match response.status() {
            StatusCode::TOO_MANY_REQUESTS => Some(Self::RateLimit),
            StatusCode::PAYLOAD_TOO_LARGE => Some(Self::BodySize),
            StatusCode::REQUEST_TIMEOUT => Some(Self::BodyTimeout),
            _ => None,
        };
        extensions.get().copied().or_else(by_status)
    }
}

/// Stands before everything that refuses, and behind what puts a page in the place of its answer.
pub(crate) async fn counted(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Some(refusal) = Refusal::of(&response) {
        app.instruments.metrics.refused(refusal);
    }
    response
}
