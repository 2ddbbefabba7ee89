use app::context::RequestContext;
use app::wire::{FailureCode, parse_cart_id};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use checkout::cancel_cart::Cancellation;
use checkout::cart::{Cart as CoreCart, CartId, CartLine as CoreLine, CartStatus as CoreStatus, Quantity, ShopperId};
use checkout::catalogue::Slug;
use checkout::issue_token::IssueTokenError;
use checkout::ports::{CartEdit, StoreError};
use checkout::quote::Quote;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::bearer::Context;
use super::json::Json;
use super::money::Money;
use super::problem::{Invalid, Problem};
use super::{ROOT, openapi};

/// What is about to be bought. A cart becomes one order at most.
#[derive(Serialize, ToSchema)]
pub(super) struct Cart {
    id: Uuid,
    /// Where it is in its life.
    status: CartStatus,
    /// Grows with every change.
    version: u32,
    /// At most one for each product.
    lines: Vec<CartLine>,
    /// What it costs now, tax included; left out while there is nothing to buy.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<Money>,
}

/// Where a cart is in its life.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CartStatus {
    Open,
    Ordered,
    Cancelled,
}

/// One product in a cart, at the price of now.
#[derive(Serialize, ToSchema)]
struct CartLine {
    slug: String,
    name: String,
    #[schema(minimum = 1, maximum = 10)]
    quantity: u32,
    unit_price: Money,
    /// How many pieces the shop has.
    stock: u32,
}

/// A product and how many pieces of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCart {
    #[schema(example = "enamel-mug", pattern = "^[a-z0-9-]{1,64}$")]
    slug: String,
    #[schema(minimum = 1, maximum = 10, example = 1)]
    #[serde(deserialize_with = "super::json::whole")]
    quantity: i64,
}

/// How many pieces.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LineQuantity {
    #[schema(minimum = 1, maximum = 10, example = 2)]
    #[serde(deserialize_with = "super::json::whole")]
    quantity: i64,
}

impl From<CoreCart> for Cart {
    fn from(cart: CoreCart) -> Self {
        let total = Quote::of(&cart).ok().map(|quote| quote.total.into());
        Self {
            id: cart.id.0,
            status: match cart.status {
                CoreStatus::Open => CartStatus::Open,
                CoreStatus::Ordered => CartStatus::Ordered,
                CoreStatus::Void => CartStatus::Cancelled,
            },
            version: cart.version,
            lines: cart.lines.into_iter().map(CartLine::from).collect(),
            total,
        }
    }
}

impl From<CoreLine> for CartLine {
    fn from(line: CoreLine) -> Self {
        Self {
            slug: line.slug.into(),
            name: line.name,
            quantity: line.quantity.get(),
            unit_price: line.unit_price.into(),
            stock: line.stock,
        }
    }
}

/// Make a cart
///
/// With its first line. It is a cart of its own, beside the one that the pages of the same session show.
#[utoipa::path(
    post,
    path = "/carts",
    tag = "carts",
    operation_id = "createCart",
    request_body = NewCart,
    responses(
        (status = 201, description = "The cart", body = Cart, headers(("Location" = String, description = "The cart's address"))),
        openapi::OfNewCarts,
    ),
    security(("bearer" = []), ("cookie" = []), ()),
)]
pub(super) async fn create(Context(ctx): Context, Json(new): Json<NewCart>) -> Result<impl IntoResponse, Problem> {
    let unknown = || Problem::invalid(vec![Invalid::new("/slug", "unknown")]);
    let slug: Slug = new.slug.parse().map_err(|_| unknown())?;
    let edit = ctx.checkout.buy_now(ctx.shopper, &slug, quantity(new.quantity)?).await;
    match edit.map_err(|error| Problem::unavailable(&error))? {
        CartEdit::Done(cart) => {
            let location = format!("{ROOT}/carts/{cart}");
            let cart = find(&ctx, ctx.shopper, cart).await?;
            Ok((StatusCode::CREATED, [(LOCATION, location)], cart))
        }
        CartEdit::NoSuchCart | CartEdit::NoSuchProduct | CartEdit::Full => Err(unknown()),
    }
}

/// Read a cart
#[utoipa::path(
    get,
    path = "/carts/{cart}",
    tag = "carts",
    operation_id = "readCart",
    params(("cart" = Uuid, Path, description = "The cart's id")),
    responses((status = 200, description = "The cart, at the prices of now", body = Cart), openapi::OfShoppersReads),
    security(("bearer" = []), ("cookie" = []), ()),
)]
pub(super) async fn read(Context(ctx): Context, Path(cart): Path<String>) -> Result<axum::Json<Cart>, Problem> {
    let (shopper, cart) = named(&ctx, &cart).await?;
    find(&ctx, shopper, cart).await
}

/// Cancel a cart
///
/// Makes it certain that it becomes no order, whatever is still under way. The cart can still be read.
#[utoipa::path(
    post,
    path = "/carts/{cart}/cancel",
    tag = "carts",
    operation_id = "cancelCart",
    params(("cart" = Uuid, Path, description = "The cart's id")),
    responses((status = 200, description = "The cart, which becomes no order", body = Cart), openapi::OfCancellations),
    security(("bearer" = []), ("cookie" = []), ()),
)]
pub(super) async fn cancel(Context(ctx): Context, Path(cart): Path<String>) -> Result<axum::Json<Cart>, Problem> {
    let (shopper, cart) = named(&ctx, &cart).await?;
    let cancelled = ctx.checkout.cancel_cart(shopper, cart).await;
    match cancelled.map_err(|error| Problem::unavailable(&error))? {
        Cancellation::Cancelled => find(&ctx, shopper, cart).await,
        Cancellation::Ordered(order) => Err(Problem::already_ordered(order.id)),
        Cancellation::NoSuchCart => Err(FailureCode::NotFound.into()),
    }
}

/// Set a line
///
/// Adds the line, or changes its quantity.
#[utoipa::path(
    put,
    path = "/carts/{cart}/lines/{slug}",
    tag = "carts",
    operation_id = "setLine",
    params(
        ("cart" = Uuid, Path, description = "The cart's id"),
        ("slug" = String, Path, description = "The product's name in addresses"),
    ),
    request_body = LineQuantity,
    responses((status = 200, description = "The cart as it is now", body = Cart), openapi::OfLines),
    security(("bearer" = []), ("cookie" = []), ()),
)]
pub(super) async fn set_line(
    Context(ctx): Context,
    Path((cart, slug)): Path<(String, String)>,
    Json(line): Json<LineQuantity>,
) -> Result<axum::Json<Cart>, Problem> {
    edit_line(&ctx, &cart, &slug, Some(quantity(line.quantity)?)).await
}

/// Remove a line
#[utoipa::path(
    delete,
    path = "/carts/{cart}/lines/{slug}",
    tag = "carts",
    operation_id = "removeLine",
    params(
        ("cart" = Uuid, Path, description = "The cart's id"),
        ("slug" = String, Path, description = "The product's name in addresses"),
    ),
    responses((status = 200, description = "The cart as it is now", body = Cart), openapi::OfCancellations),
    security(("bearer" = []), ("cookie" = []), ()),
)]
pub(super) async fn remove_line(
    Context(ctx): Context,
    Path((cart, slug)): Path<(String, String)>,
) -> Result<axum::Json<Cart>, Problem> {
    edit_line(&ctx, &cart, &slug, None).await
}

async fn edit_line(
    ctx: &RequestContext,
    cart: &str,
    slug: &str,
    quantity: Option<Quantity>,
) -> Result<axum::Json<Cart>, Problem> {
    let (shopper, cart) = named(ctx, cart).await?;
    let slug: Slug = slug.parse().map_err(|_| FailureCode::NotFound)?;
    let edit = ctx.checkout.set_line(shopper, cart, &slug, quantity).await;
    match edit.map_err(|error| Problem::unavailable(&error))? {
        CartEdit::Done(cart) => find(ctx, shopper, cart).await,
        CartEdit::NoSuchProduct => Err(FailureCode::NotFound.into()),
        CartEdit::NoSuchCart => Err(closed(ctx, cart).await),
        CartEdit::Full => Err(Problem::invalid(vec![Invalid::new("", "cart_full")])),
    }
}

/// Why the cart takes no changes.
async fn closed(ctx: &RequestContext, cart: CartId) -> Problem {
    match ctx.issue_token(cart).await {
        Err(error) => of_issuing(&error),
        // Only a cart that is closed refuses, and it stays so.
        Ok(_) => FailureCode::NotFound.into(),
    }
}

/// Why there is nothing to confirm.
pub(super) fn of_issuing(error: &IssueTokenError) -> Problem {
    match error {
        IssueTokenError::AlreadyOrdered(order) => Problem::already_ordered(*order),
        error => app::wire::Failure::from(error).into(),
    }
}

/// The cart of this name, and as whom the visitor goes on with it.
async fn named(ctx: &RequestContext, cart: &str) -> Result<(ShopperId, CartId), Problem> {
    let cart = parse_cart_id(cart).ok_or(FailureCode::NotFound)?;
    Ok((ctx.shopper_of(cart).await?, cart))
}

async fn find(ctx: &RequestContext, shopper: ShopperId, cart: CartId) -> Result<axum::Json<Cart>, Problem> {
    let found: Result<_, StoreError> = ctx.checkout.find_cart(shopper, cart).await;
    let found = found.map_err(|error| Problem::unavailable(&error))?;
    Ok(axum::Json(found.ok_or(FailureCode::NotFound)?.into()))
}

fn quantity(sent: i64) -> Result<Quantity, Problem> {
    let quantity = u32::try_from(sent)
        .ok()
        .and_then(|number| Quantity::try_from(number).ok());
    quantity.ok_or_else(|| Problem::invalid(vec![Invalid::new("/quantity", "out_of_range")]))
}
