use app::context::Rejection;
use app::routes;
use app::wire::{FailureCode, parse_cart_id};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Form};
use checkout::cart::Quantity;
use checkout::catalogue::Slug;
use checkout::ports::{CartEdit, StoreError};
use serde::Deserialize;

use super::see_other;
use crate::AppState;
use crate::pages::{NOWHERE, context, rejected};
use crate::session::Visitor;

/// A product and a quantity, as typed.
#[derive(Debug, Deserialize)]
pub(crate) struct AddLine {
    #[serde(default)]
    slug: String,
    #[serde(default)]
    quantity: String,
}

/// A quantity for a line of the basket, or its removal.
#[derive(Debug, Deserialize)]
pub(crate) struct SetLine {
    #[serde(default)]
    quantity: String,
    remove: Option<String>,
}

/// *Add to cart*.
pub(crate) async fn add_line(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Form(typed): Form<AddLine>,
) -> Response {
    let (slug, quantity) = match parse(&typed) {
        Ok(parsed) => parsed,
        Err(rejection) => return rejected_quantity(&app, visitor, rejection).await,
    };
    let edit = app.checkout.add_to_basket(visitor.shopper, &slug, quantity).await;
    answer(&app, visitor, edit, |_| routes::CART.to_owned()).await
}

/// *Buy now*: a cart of its own, straight to its confirmation page.
pub(crate) async fn buy_now(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Form(typed): Form<AddLine>,
) -> Response {
    let (slug, quantity) = match parse(&typed) {
        Ok(parsed) => parsed,
        Err(rejection) => return rejected_quantity(&app, visitor, rejection).await,
    };
    let edit = app.checkout.buy_now(visitor.shopper, &slug, quantity).await;
    answer(&app, visitor, edit, routes::checkout).await
}

/// *Update* on the confirmation page: of a line of its cart, whichever that is.
pub(crate) async fn set_checkout_line(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Path((cart, slug)): Path<(String, String)>,
    Form(typed): Form<SetLine>,
) -> Response {
    let (Some(cart), Ok(slug)) = (parse_cart_id(&cart), slug.parse::<Slug>()) else {
        return nowhere(&app, visitor).await;
    };
    let page = routes::checkout(cart);
    let Ok(quantity) = typed.quantity.parse::<Quantity>() else {
        let typed = typed.quantity;
        let rejection = Rejection::Quantity { slug, typed };
        return rejected(&app, visitor, &page, FailureCode::Invalid.http_status(), rejection).await;
    };
    let Ok(shopper) = context(&app, &visitor, Rejection::None).shopper_of(cart).await else {
        let status = FailureCode::Unavailable.http_status();
        return rejected(&app, visitor, &page, status, Rejection::None).await;
    };
    let edit = app.checkout.set_line(shopper, cart, &slug, Some(quantity)).await;
    answer(&app, visitor, edit, |_| page).await
}

/// *Update* and *Remove* on the cart page.
pub(crate) async fn set_line(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Path(slug): Path<String>,
    Form(typed): Form<SetLine>,
) -> Response {
    let Ok(slug) = slug.parse::<Slug>() else {
        return nowhere(&app, visitor).await;
    };
    let quantity = match (&typed.remove, typed.quantity.parse::<Quantity>()) {
        (Some(_), _) => None,
        (None, Ok(quantity)) => Some(quantity),
        (None, Err(_)) => {
            let rejection = Rejection::Quantity {
                slug,
                typed: typed.quantity,
            };
            return rejected(
                &app,
                visitor,
                routes::CART,
                FailureCode::Invalid.http_status(),
                rejection,
            )
            .await;
        }
    };
    let basket = match app.checkout.find_basket(visitor.shopper).await {
        Ok(Some(basket)) => basket,
        Ok(None) => return nowhere(&app, visitor).await,
        Err(error) => return answer(&app, visitor, Err(error), |_| String::new()).await,
    };
    let had = basket
        .lines
        .iter()
        .find(|line| line.slug == slug)
        .map(|line| line.quantity);
    let edit = app.checkout.set_line(visitor.shopper, basket.id, &slug, quantity).await;
    answer(&app, visitor, edit, |_| match (quantity, had) {
        (None, Some(had)) => format!("{}?removed={slug}+{had}", routes::CART),
        _ => routes::CART.to_owned(),
    })
    .await
}

enum BadLine {
    Slug,
    Quantity { slug: Slug, typed: String },
}

fn parse(typed: &AddLine) -> Result<(Slug, Quantity), BadLine> {
    let slug = typed.slug.parse::<Slug>().map_err(|_| BadLine::Slug)?;
    match typed.quantity.parse() {
        Ok(quantity) => Ok((slug, quantity)),
        Err(_) => Err(BadLine::Quantity {
            slug,
            typed: typed.quantity.clone(),
        }),
    }
}

async fn rejected_quantity(app: &AppState, visitor: Visitor, bad: BadLine) -> Response {
    let BadLine::Quantity { slug, typed } = bad else {
        return nowhere(app, visitor).await;
    };
    let page = slug.product_url();
    let rejection = Rejection::Quantity { slug, typed };
    rejected(app, visitor, &page, FailureCode::Invalid.http_status(), rejection).await
}

async fn answer(
    app: &AppState,
    visitor: Visitor,
    edit: Result<CartEdit, StoreError>,
    next: impl FnOnce(checkout::cart::CartId) -> String,
) -> Response {
    match edit {
        Ok(CartEdit::Done(cart)) => see_other(&next(cart)),
        Ok(CartEdit::NoSuchCart | CartEdit::NoSuchProduct) => nowhere(app, visitor).await,
        Ok(CartEdit::Full) => {
            let status = FailureCode::Invalid.http_status();
            rejected(app, visitor, routes::CART, status, Rejection::CartFull).await
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a cart could not be changed");
            let status = FailureCode::Unavailable.http_status();
            rejected(app, visitor, routes::CART, status, Rejection::None).await
        }
    }
}

async fn nowhere(app: &AppState, visitor: Visitor) -> Response {
    rejected(app, visitor, NOWHERE, 404, Rejection::None).await
}
