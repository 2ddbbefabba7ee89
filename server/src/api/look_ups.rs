use app::wire::FailureCode;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Response};
use checkout::contact::Field;
use checkout::order::OrderNumber;
use serde::Deserialize;
use utoipa::ToSchema;

use super::bearer::Context;
use super::json::Json;
use super::openapi;
use super::orders::Order;
use super::problem::{Invalid, Problem};
use crate::AppState;
use crate::origin::Origin;
use crate::throttle::TooOften;

/// An order's number, and the e-mail address that it was placed with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LookUp {
    /// As people read it to each other.
    #[schema(example = "A7K-4F2Q")]
    number: String,
    #[schema(example = "ada@example.org")]
    email: String,
}

/// Look up an order
///
/// For whoever knows both. The session may read this order from then on. A wrong number and a wrong address are answered
/// alike, and only so many guesses are answered.
#[utoipa::path(
    post,
    path = "/look-ups",
    tag = "orders",
    operation_id = "createLookUp",
    request_body = LookUp,
    responses((status = 200, description = "The order", body = Order), openapi::OfLookUps),
    security(("bearer" = []), ("cookie" = []), ()),
)]
pub(super) async fn create(
    State(app): State<AppState>,
    Context(ctx): Context,
    origin: Origin,
    Json(typed): Json<LookUp>,
) -> Result<axum::Json<Order>, Response> {
    let missing = [("/number", &typed.number), ("/email", &typed.email)];
    let missing = missing.into_iter().filter(|(_, typed)| typed.trim().is_empty());
    let missing: Vec<_> = missing.map(|(pointer, _)| Invalid::new(pointer, "missing")).collect();
    if !missing.is_empty() {
        return Err(Problem::invalid(missing).into_response());
    }
    // Whatever was typed counts, and is answered alike: nothing tells a number that is none from one without an order.
    let number = OrderNumber::parse(&typed.number);
    app.throttle
        .look_up(origin.0, ctx.shopper, number.as_ref())
        .map_err(throttled)?;
    let found = find(&app, &ctx, number, &typed.email).await;
    found.map(axum::Json).map_err(Problem::into_response)
}

async fn find(
    app: &AppState,
    ctx: &app::context::RequestContext,
    number: Option<OrderNumber>,
    email: &str,
) -> Result<Order, Problem> {
    let number = number.filter(|_| email.len() <= Field::Email.most_bytes());
    let number = number.ok_or(FailureCode::NotFound)?;
    let unavailable = |error| Problem::unavailable(&error);
    let id = app.accounts.look_up_order(ctx.shopper, &number, email).await;
    let id = id.map_err(unavailable)?.ok_or(FailureCode::NotFound)?;
    let order = ctx.checkout.find_order(ctx.shopper, id).await;
    Ok(order.map_err(unavailable)?.ok_or(FailureCode::NotFound)?.into())
}

fn throttled(too_often: TooOften) -> Response {
    let mut response = Problem::from(FailureCode::Throttled).into_response();
    let seconds = too_often.wait.as_secs() + 1;
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}
