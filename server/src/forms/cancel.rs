use app::context::Rejection;
use app::routes;
use app::wire::{FailureCode, parse_cart_id};
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use checkout::cancel_cart::Cancellation;

use super::see_other;
use crate::AppState;
use crate::pages::{NOWHERE, context, rejected};
use crate::session::Visitor;

/// *Cancel this purchase*: makes it certain that nothing was ordered, or shows what was.
pub(crate) async fn cancel_cart(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Path(cart): Path<String>,
) -> Response {
    let Some(cart) = parse_cart_id(&cart) else {
        return rejected(&app, visitor, NOWHERE, 404, Rejection::None).await;
    };
    let page = routes::checkout(cart);
    let Ok(shopper) = context(&app, &visitor, Rejection::None).shopper_of(cart).await else {
        let status = FailureCode::Unavailable.http_status();
        return rejected(&app, visitor, &page, status, Rejection::None).await;
    };
    match app.checkout.cancel_cart(shopper, cart).await {
        Ok(Cancellation::Cancelled) => see_other(&page),
        Ok(Cancellation::Ordered(order)) => see_other(&routes::order(order.id)),
        Ok(Cancellation::NoSuchCart) => rejected(&app, visitor, NOWHERE, 404, Rejection::None).await,
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a cart could not be cancelled"
            );
            let status = FailureCode::Unavailable.http_status();
            rejected(&app, visitor, &page, status, Rejection::None).await
        }
    }
}
