use app::account::{AccountProblem, LookUp};
use app::context::Rejection;
use app::routes;
use axum::extract::State;
use axum::response::Response;
use axum::{Extension, Form};
use checkout::contact::Field;
use checkout::order::OrderNumber;

use super::{retry_after, see_other};
use crate::AppState;
use crate::origin::Origin;
use crate::pages::rejected;
use crate::session::Visitor;

/// *Find an order*: by its number and its e-mail address, for whoever knows both.
pub(crate) async fn look_up_order(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    origin: Origin,
    Form(typed): Form<LookUp>,
) -> Response {
    let missing = [
        typed.number.trim().is_empty().then_some(AccountProblem::NumberMissing),
        typed
            .email
            .trim()
            .is_empty()
            .then_some(AccountProblem::Email(checkout::contact::FieldProblem::Missing)),
    ];
    let missing: Vec<_> = missing.into_iter().flatten().collect();
    if !missing.is_empty() {
        return refused(&app, visitor, typed, missing).await;
    }
    // Whatever was typed counts, and is answered alike: nothing tells a number that is none from one without an order.
    let number = OrderNumber::parse(&typed.number);
    if let Err(too_often) = app.throttle.look_up(origin.0, visitor.shopper, number.as_ref()) {
        let problem = AccountProblem::throttled(too_often.wait);
        return retry_after(refused(&app, visitor, typed, vec![problem]).await, problem);
    }
    let Some(number) = number.filter(|_| typed.email.len() <= Field::Email.most_bytes()) else {
        return refused(&app, visitor, typed, vec![AccountProblem::NoSuchOrder]).await;
    };
    match app.accounts.look_up_order(visitor.shopper, &number, &typed.email).await {
        Ok(Some(order)) => see_other(&routes::order(order)),
        Ok(None) => refused(&app, visitor, typed, vec![AccountProblem::NoSuchOrder]).await,
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "an order could not be looked up"
            );
            let response = refused(&app, visitor, typed, vec![AccountProblem::Unavailable]).await;
            retry_after(response, AccountProblem::Unavailable)
        }
    }
}

async fn refused(app: &AppState, visitor: Visitor, typed: LookUp, problems: Vec<AccountProblem>) -> Response {
    let status = problems.iter().map(AccountProblem::http_status).max().unwrap_or(422);
    rejected(
        app,
        visitor,
        routes::ORDERS,
        status,
        Rejection::LookUp { typed, problems },
    )
    .await
}
