use app::context::Rejection;
use app::routes;
use app::wire::{Certainty, Failure, FailureCode, SubmitOrder, parse_cart_id};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Form};
use checkout::token::OrderToken;

use super::see_other;
use crate::AppState;
use crate::pages::{context, rejected};
use crate::session::Visitor;

/// The buy button without WASM: the same function of the core as the server function.
pub(crate) async fn submit_order(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Path(cart): Path<String>,
    Form(mut order): Form<SubmitOrder>,
) -> Response {
    // The address says which cart it is, so that the page to go back to and the order are of one cart.
    order.cart.clone_from(&cart);
    match context(&app, &visitor, Rejection::None).submit_order(&order).await {
        Ok(receipt) => see_other(&receipt.url),
        Err(failure) => refused(&app, visitor, order, failure).await,
    }
}

async fn refused(app: &AppState, visitor: Visitor, order: SubmitOrder, failure: Failure) -> Response {
    let token = OrderToken::parse(&order.token).ok();
    if let (Certainty::Unknown, Some(token)) = (failure.code.certainty(), token) {
        return see_other(&routes::status(&token.digest().to_string()));
    }
    // An id that is none would not be an address either.
    let page = parse_cart_id(&order.cart).map_or_else(|| "/404".to_owned(), routes::checkout);
    let status = failure.code.http_status();
    let failure = if parse_cart_id(&order.cart).is_none() {
        FailureCode::NotFound.into()
    } else {
        failure
    };
    rejected(
        app,
        visitor,
        &page,
        status,
        Rejection::Order(Box::new((order, failure))),
    )
    .await
}
