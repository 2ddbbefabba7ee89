use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{bearer, openapi};
use crate::AppState;

/// A session of a new guest.
#[derive(Serialize, ToSchema)]
pub(super) struct Session {
    /// What stands for the guest: whoever has it is the guest.
    token: String,
    /// How to send it: `Authorization: Bearer …`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
}

/// Begin a session
///
/// Carts, order tokens and orders belong to a session. Send its token with every other request.
#[utoipa::path(
    post,
    path = "/sessions",
    tag = "sessions",
    operation_id = "createSession",
    responses((status = 201, description = "The session of a new guest", body = Session), openapi::OfSessions)
)]
pub(super) async fn create(State(app): State<AppState>) -> (StatusCode, axum::Json<Session>) {
    let guest = app.checkout.new_shopper();
    let session = Session {
        token: bearer::token_of(guest, &app.session_key),
        token_type: "Bearer",
    };
    (StatusCode::CREATED, axum::Json(session))
}
