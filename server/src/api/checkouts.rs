use app::context::RequestContext;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use checkout::cart::{CartId, Quantity};
use checkout::catalogue::{Slug, VAT_PERCENT};
use checkout::issue_token::Confirmation;
use checkout::quote::{Quote as CoreQuote, QuoteLine as CoreLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::bearer::Context;
use super::json::Json;
use super::money::Money;
use super::problem::{Invalid, Problem};
use super::{attempts, carts, openapi};

/// What can be agreed to, and the one-time token to agree to it with.
#[derive(Serialize, ToSchema)]
pub(super) struct Checkout {
    /// The order token: the `Idempotency-Key` of the order.
    pub(super) token: String,
    /// Until when it is good for a first submission. Its order is found for ever.
    #[schema(format = DateTime)]
    expires_at: String,
    /// The id of the attempt: what became of the token is asked by it.
    attempt: String,
    /// What is agreed to. Send it back as it is.
    pub(super) quote: Quote,
    /// The tax that the total includes.
    tax_included: Money,
}

/// Prints no token.
impl std::fmt::Debug for Checkout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checkout")
            .field("quote", &self.quote)
            .finish_non_exhaustive()
    }
}

/// The lines, prices and total of one version of a cart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Quote {
    /// The id of the cart that was priced.
    pub(super) cart: Uuid,
    /// The version of it.
    #[serde(deserialize_with = "super::json::whole")]
    cart_version: u32,
    /// What is bought.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<QuoteLine>,
    /// What it costs, tax included.
    pub(super) total: Money,
}

/// One line of a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuoteLine {
    #[schema(example = "enamel-mug", pattern = "^[a-z0-9-]{1,64}$")]
    slug: String,
    #[schema(minimum = 1, maximum = 10, example = 1)]
    #[serde(deserialize_with = "super::json::whole")]
    quantity: i64,
    unit_price: Money,
}

/// Which cart to buy.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCheckout {
    /// The cart's id.
    cart: Uuid,
}

impl Checkout {
    pub(super) fn of(confirmation: &Confirmation) -> Self {
        let Confirmation { quote, token, .. } = confirmation;
        Self {
            token: token.to_wire(),
            expires_at: super::rfc3339(token.expires_at()),
            attempt: token.digest().to_string(),
            tax_included: quote.total.tax_included(VAT_PERCENT).into(),
            quote: quote.into(),
        }
    }

    /// What can be agreed to now, where that can be said.
    pub(super) async fn afresh(ctx: &RequestContext, cart: CartId) -> Option<Self> {
        let confirmation = ctx.issue_token(cart).await.ok()?;
        Some(Self::of(&confirmation))
    }
}

impl From<&CoreQuote> for Quote {
    fn from(quote: &CoreQuote) -> Self {
        let lines = quote.lines.iter().map(|line| QuoteLine {
            slug: line.slug.as_str().to_owned(),
            quantity: line.quantity.get().into(),
            unit_price: line.unit_price.into(),
        });
        Self {
            cart: quote.cart.0,
            cart_version: quote.cart_version,
            lines: lines.collect(),
            total: quote.total.into(),
        }
    }
}

impl Quote {
    /// The core's word for it: whatever order its members and lines are in, it is the same quote.
    pub(super) fn parse(&self) -> Result<CoreQuote, Vec<Invalid>> {
        let mut errors = Vec::new();
        let lines = self.lines.iter().enumerate();
        let lines = lines
            .filter_map(|(index, line)| line.parse(index, &mut errors))
            .collect();
        let total = self.total.parse();
        if total.is_none() {
            errors.push(Invalid::new("/quote/total/currency", "unknown"));
        }
        match total {
            Some(total) if errors.is_empty() => Ok(CoreQuote {
                cart: CartId(self.cart),
                cart_version: self.cart_version,
                lines,
                total,
            }),
            _ => Err(errors),
        }
    }
}

impl QuoteLine {
    fn parse(&self, index: usize, errors: &mut Vec<Invalid>) -> Option<CoreLine> {
        let mut wrong = |member: &str, code| errors.push(Invalid::new(format!("/quote/lines/{index}/{member}"), code));
        let slug = self.slug.parse::<Slug>().ok();
        if slug.is_none() {
            wrong("slug", "unknown");
        }
        let quantity = u32::try_from(self.quantity)
            .ok()
            .and_then(|number| Quantity::try_from(number).ok());
        if quantity.is_none() {
            wrong("quantity", "out_of_range");
        }
        let unit_price = self.unit_price.parse();
        if unit_price.is_none() {
            wrong("unit_price/currency", "unknown");
        }
        Some(CoreLine {
            slug: slug?,
            quantity: quantity?,
            unit_price: unit_price?,
        })
    }
}

/// Price a cart
///
/// Issues the order token for exactly this quote. Nothing is ordered by it.
#[utoipa::path(
    post,
    path = "/checkouts",
    tag = "checkouts",
    operation_id = "createCheckout",
    request_body = NewCheckout,
    responses(
        (status = 201, description = "The quote and its token", body = Checkout,
            headers(("Location" = String, description = "Where to ask what became of the token"))),
        openapi::OfCheckouts,
    ),
    security(("bearer" = []), ("cookie" = []), ()),
)]
pub(super) async fn create(Context(ctx): Context, Json(new): Json<NewCheckout>) -> Result<impl IntoResponse, Problem> {
    let confirmation = ctx.issue_token(CartId(new.cart)).await;
    let confirmation = confirmation.map_err(|error| carts::of_issuing(&error))?;
    let location = attempts::address(confirmation.token.digest());
    let checkout = Checkout::of(&confirmation);
    Ok((StatusCode::CREATED, [(LOCATION, location)], axum::Json(checkout)))
}
