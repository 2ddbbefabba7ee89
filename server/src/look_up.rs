//! What became of a submission, for the script of the page that lost sight of it. Reads, and writes nothing.

use app::wire::{Attempt, FailureCode};
use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use checkout::token::TokenDigest;

use crate::AppState;
use crate::functions::failed;
use crate::session::Visitor;

/// Asked by the token's digest, so that no token stands in an address; answers its own shopper alone. A stranger is
/// told what is told of a token that never was.
pub(crate) async fn look_up(
    State(app): State<AppState>,
    Extension(Visitor { shopper, .. }): Extension<Visitor>,
    Path(digest): Path<String>,
) -> Response {
    let mut response = match TokenDigest::parse(&digest) {
        None => failed(&FailureCode::NotFound.into()),
        Some(digest) => match app.checkout.attempt_status(shopper, digest).await {
            Ok(status) => Json(Attempt::from(status)).into_response(),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a look-up was not answered");
                failed(&FailureCode::Unavailable.into())
            }
        },
    };
    response
        .headers_mut()
        .insert(CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"));
    response
}
