use app::context::{NotPlaced, RequestContext};
use app::wire::{FailureCode, SubmitOrder, parse_order_id};
use axum::extract::Path;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use checkout::contact::ContactForm;
use checkout::order::{Order as CoreOrder, OrderId, OrderLine as CoreLine, OrderStanding};
use checkout::place_order::{PlaceOrderError, Placement};
use checkout::quote::Quote as CoreQuote;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::bearer::Context;
use super::checkouts::{Checkout, Quote};
use super::json::Json;
use super::key::IdempotencyKey;
use super::money::Money;
use super::problem::{Earlier, Problem};
use super::{ROOT, openapi};

/// Says that the order was placed by an earlier submission.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// An order, as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Order {
    pub(super) id: Uuid,
    /// The number that people read to each other.
    #[schema(example = "A7K-4F2Q")]
    number: String,
    /// The cart that it came from.
    cart: Uuid,
    #[schema(format = DateTime)]
    placed_at: String,
    status: Status,
    #[schema(min_items = 1)]
    lines: Vec<OrderLine>,
    /// What is paid, tax included.
    total: Money,
    /// Who receives it.
    contact: Contact,
}

/// What became of an order since it was placed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    Placed,
    /// It is not delivered.
    Cancelled,
    /// It is not delivered, and the money was given back.
    Refunded,
}

/// One product of an order, at the price that was agreed to.
#[derive(Debug, Serialize, ToSchema)]
struct OrderLine {
    slug: String,
    name: String,
    #[schema(minimum = 1, maximum = 10)]
    quantity: u32,
    unit_price: Money,
}

/// Who receives an order. Every field is needed, and none is longer than so many bytes of UTF-8.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Contact {
    /// At most 120 bytes.
    #[schema(example = "Ada Lovelace")]
    pub(super) name: String,
    /// At most 200 bytes.
    #[schema(example = "ada@example.org")]
    pub(super) email: String,
    /// Street and house number: at most 200 bytes.
    #[schema(example = "12 St James's Square")]
    pub(super) street: String,
    /// At most 16 bytes.
    #[schema(example = "SW1Y 4JH")]
    pub(super) postcode: String,
    /// At most 120 bytes.
    #[schema(example = "London")]
    pub(super) city: String,
    /// At most 120 bytes.
    #[schema(example = "United Kingdom")]
    pub(super) country: String,
}

/// What is bought, by whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOrder {
    /// The checkout's quote, as it was given.
    quote: Quote,
    contact: Contact,
    /// Whether to buy a product again that was ordered a moment ago: an answer to `repeat`.
    #[serde(default)]
    confirm_repeat: bool,
}

impl From<CoreOrder> for Order {
    fn from(order: CoreOrder) -> Self {
        let ContactForm {
            name,
            email,
            street,
            postcode,
            city,
            country,
        } = order.contact;
        Self {
            id: order.id.0,
            number: order.id.number().to_string(),
            cart: order.cart.0,
            placed_at: super::rfc3339(order.placed_at),
            status: order.standing.into(),
            lines: order.lines.into_iter().map(OrderLine::from).collect(),
            total: order.total.into(),
            contact: Contact {
                name,
                email,
                street,
                postcode,
                city,
                country,
            },
        }
    }
}

impl From<OrderStanding> for Status {
    fn from(standing: OrderStanding) -> Self {
        match standing {
            OrderStanding::Placed => Self::Placed,
            OrderStanding::Cancelled { .. } => Self::Cancelled,
            OrderStanding::Refunded { .. } => Self::Refunded,
        }
    }
}

impl From<CoreLine> for OrderLine {
    fn from(line: CoreLine) -> Self {
        Self {
            slug: line.slug.into(),
            name: line.name,
            quantity: line.quantity.get(),
            unit_price: line.unit_price.into(),
        }
    }
}

impl NewOrder {
    /// What a confirmation page would send.
    fn submission(self, token: String, quote: &CoreQuote) -> SubmitOrder {
        let Contact {
            name,
            email,
            street,
            postcode,
            city,
            country,
        } = self.contact;
        let confirmed = if self.confirm_repeat {
            SubmitOrder::REPEAT_CONFIRMED
        } else {
            ""
        };
        SubmitOrder {
            token,
            cart: quote.cart.to_string(),
            quote: quote.fingerprint().to_wire(),
            shown_total: String::new(),
            repeat: confirmed.to_owned(),
            name,
            email,
            street,
            postcode,
            city,
            country,
        }
    }
}

/// Place an order
///
/// Send the same again, with the same key, until the answer is definitive: 2xx, or an error other than 409 `in_progress`,
/// 429 and 5xx. However often it is sent, it becomes one order.
#[utoipa::path(
    post,
    path = "/orders",
    tag = "orders",
    operation_id = "createOrder",
    params(("Idempotency-Key" = String, Header,
        description = "The checkout's token: a string (RFC 8941), or bare. Without it, the answer is `token_missing`")),
    request_body = NewOrder,
    responses(
        (status = 201, description = "The order was placed", body = Order,
            headers(("Location" = String, description = "The order's address"))),
        (status = 200, description = "An earlier submission placed it; the body is the same", body = Order,
            headers(("Idempotent-Replayed" = String, description = "`true`"))),
        openapi::OfOrders,
    ),
    security(("bearer" = []), ("cookie" = []), ()),
)]
pub(super) async fn create(
    Context(ctx): Context,
    IdempotencyKey(token): IdempotencyKey,
    Json(new): Json<NewOrder>,
) -> Result<Response, Problem> {
    if token.is_empty() {
        return Err(FailureCode::TokenMissing.into());
    }
    let quote = new.quote.parse().map_err(Problem::invalid)?;
    match ctx.place_order(&new.submission(token, &quote)).await {
        Ok(Placement::Placed(order)) => {
            let location = [(LOCATION, address(order.id))];
            Ok((StatusCode::CREATED, location, axum::Json(Order::from(order))).into_response())
        }
        Ok(Placement::Replayed(order)) => Ok(([(REPLAYED, "true")], axum::Json(Order::from(order))).into_response()),
        Err(not_placed) => Err(problem(&ctx, &quote, not_placed).await),
    }
}

/// Read an order
#[utoipa::path(
    get,
    path = "/orders/{order}",
    tag = "orders",
    operation_id = "readOrder",
    params(("order" = Uuid, Path, description = "The order's id")),
    responses((status = 200, description = "The order", body = Order), openapi::OfShoppersReads),
    security(("bearer" = []), ("cookie" = []), ()),
)]
pub(super) async fn read(Context(ctx): Context, Path(order): Path<String>) -> Result<axum::Json<Order>, Problem> {
    let id = parse_order_id(&order).ok_or(FailureCode::NotFound)?;
    let order = ctx.checkout.find_order(ctx.shopper, id).await;
    let order = order.map_err(|error| Problem::unavailable(&error))?;
    Ok(axum::Json(order.ok_or(FailureCode::NotFound)?.into()))
}

fn address(order: OrderId) -> String {
    format!("{ROOT}/orders/{order}")
}

/// What the page would show anew stands in the problem.
async fn problem(ctx: &RequestContext, quote: &CoreQuote, not_placed: NotPlaced) -> Problem {
    let problem = Problem::from(not_placed.failure(ctx.clock.now()));
    let NotPlaced::Refused(error) = not_placed else {
        return problem;
    };
    match error {
        PlaceOrderError::Repeat(Some(earlier)) => {
            let age_s = ctx.clock.now().since(earlier.placed_at).as_secs();
            problem.of_earlier(Earlier::new(earlier.id, age_s))
        }
        PlaceOrderError::OutOfStock(slugs) => problem.of_lines(slugs.into_iter().map(Into::into).collect()),
        PlaceOrderError::CartChanged(changed) => {
            let checkout = Checkout::afresh(ctx, quote.cart).await;
            let changed = changed.map(|quote| quote.total.into());
            let new = checkout
                .as_ref()
                .map(|checkout| checkout.quote.total.clone())
                .or(changed);
            problem.of_totals(quote.total.into(), new).with_checkout(checkout)
        }
        PlaceOrderError::TokenExpired => problem.with_checkout(Checkout::afresh(ctx, quote.cart).await),
        _ => problem,
    }
}
