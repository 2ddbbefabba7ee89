use app::wire::FailureCode;
use axum::Json;
use axum::extract::Path;
use checkout::attempt_status::AttemptStatus;
use checkout::token::TokenDigest;
use serde::Serialize;
use utoipa::ToSchema;

use super::bearer::Context;
use super::orders::Order;
use super::problem::Problem;
use super::{ROOT, openapi};

/// What became of an order token.
#[derive(Serialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(super) enum Attempt {
    /// It became this order.
    Placed {
        /// The order.
        order: Box<Order>,
    },
    /// It is being placed.
    Running,
    /// No order and no attempt is known now, which proves nothing: only the same token, sent again, decides.
    NotOrdered,
}

/// Where to ask for it. The token itself stands in no address.
pub(super) fn address(token: TokenDigest) -> String {
    format!("{ROOT}/attempts/{token}")
}

/// Ask what became of a token
///
/// For whoever lost sight of the answer. Nothing is changed by asking.
#[utoipa::path(
    get,
    path = "/attempts/{attempt}",
    tag = "orders",
    operation_id = "readAttempt",
    params(("attempt" = String, Path, description = "The checkout's `attempt`")),
    responses((status = 200, description = "What is known of it", body = Attempt), openapi::OfShoppersReads),
    security(("bearer" = []), ("cookie" = []), ()),
)]
pub(super) async fn read(Context(ctx): Context, Path(attempt): Path<String>) -> Result<Json<Attempt>, Problem> {
    let digest = TokenDigest::parse(&attempt).ok_or(FailureCode::NotFound)?;
    let status = ctx.checkout.attempt_status(ctx.shopper, digest).await;
    Ok(Json(match status.map_err(|error| Problem::unavailable(&error))? {
        AttemptStatus::Placed(order) => Attempt::Placed {
            order: Box::new(order.into()),
        },
        AttemptStatus::Running => Attempt::Running,
        AttemptStatus::NotOrdered => Attempt::NotOrdered,
    }))
}
