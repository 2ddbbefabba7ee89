use app::context::Rejection;
use app::routes;
use app::wire::{Certainty, Failure, FailureCode, SubmitOrder, parse_cart_id};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Form};
use checkout::token::OrderToken;

use super::see_other;
use crate::pages::{NOWHERE, context, rejected};
use crate::session::Visitor;
use crate::{AppState, placed};

/// The buy button without WASM: the same function of the core as the server function.
pub(crate) async fn submit_order(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Path(cart): Path<String>,
    Form(mut order): Form<SubmitOrder>,
) -> Response {
    // The address says which cart it is, so that the page to go back to and the order are of one cart.
    order.cart.clone_from(&cart);
    let ctx = context(&app, &visitor, Rejection::None);
    match ctx.submit_order(&order).await {
        Ok(receipt) => {
            let mut response = see_other(&receipt.url);
            if let Some(order) = ctx.placed.get() {
                placed::remember(app.transport, &mut response, *order);
            }
            response
        }
        Err(failure) => refused(&app, visitor, order, failure).await,
    }
}

async fn refused(app: &AppState, visitor: Visitor, order: SubmitOrder, failure: Failure) -> Response {
    let token = OrderToken::parse(&order.token).ok();
    if let (Certainty::Unknown, Some(token)) = (failure.code.certainty(), token) {
        return see_other(&routes::status(&token.digest().to_string()));
    }
    // An id that is none would not be an address either.
    let page = parse_cart_id(&order.cart).map_or_else(|| NOWHERE.to_owned(), routes::checkout);
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
