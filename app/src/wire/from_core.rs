//! From the core's words to the wire's, and back.

use checkout::attempt_status::AttemptStatus;
use checkout::cart::{CartId, CartKind, CartLine, ShopperId};
use checkout::catalogue::VAT_PERCENT;
use checkout::contact::Contact;
use checkout::issue_token::{Confirmation, IssueTokenError};
use checkout::order::OrderId;
use checkout::place_order::{PlaceOrder, PlaceOrderError, Placement};
use checkout::ports::{EarlierOrder as CoreEarlierOrder, RepeatPolicy};
use checkout::quote::Fingerprint;
use checkout::time::Timestamp;
use checkout::token::OrderToken;

use super::{Attempt, ConfirmationLine, EarlierOrder, Failure, FailureCode, OpenedCheckout, Receipt, SubmitOrder};
use crate::locale::Locale;
use crate::{routes, text};

impl SubmitOrder {
    /// Parses what was sent, once, at the edge.
    pub fn parse(&self, shopper: ShopperId) -> Result<PlaceOrder, Failure> {
        if self.token.is_empty() {
            return Err(FailureCode::TokenMissing.into());
        }
        let malformed = || Failure::from(FailureCode::Malformed);
        let token = OrderToken::parse(&self.token).map_err(|_| malformed())?;
        let cart = CartId(self.cart.parse().map_err(|_| malformed())?);
        let fingerprint = Fingerprint::parse(&self.quote).ok_or_else(malformed)?;
        let contact = Contact::parse(&self.contact()).map_err(|fields| Failure {
            fields,
            ..FailureCode::Invalid.into()
        })?;
        let confirmed = self.repeat == Self::REPEAT_CONFIRMED;
        let repeat = if confirmed {
            RepeatPolicy::Confirmed
        } else {
            RepeatPolicy::Ask
        };
        Ok(PlaceOrder {
            shopper,
            token,
            cart,
            fingerprint,
            contact,
            repeat,
        })
    }
}

impl From<Placement> for Receipt {
    fn from(placement: Placement) -> Self {
        let replayed = matches!(placement, Placement::Replayed(_));
        let order = placement.into_order();
        Self {
            order_id: order.id.to_string(),
            number: order.id.number().to_string(),
            url: routes::order(order.id),
            replayed,
        }
    }
}

impl From<AttemptStatus> for Attempt {
    fn from(status: AttemptStatus) -> Self {
        match status {
            AttemptStatus::Placed(order) => Self::Placed(Placement::Replayed(order).into()),
            AttemptStatus::Running => Self::Running,
            AttemptStatus::NotOrdered => Self::NotOrdered,
        }
    }
}

impl Failure {
    /// The failure that the shopper may see; `now` tells how long ago an earlier order was.
    #[must_use]
    pub fn of_placing(error: &PlaceOrderError, now: Timestamp) -> Self {
        match error {
            PlaceOrderError::InProgress => FailureCode::InProgress.into(),
            PlaceOrderError::Repeat(earlier) => Self {
                earlier: earlier.map(|earlier| EarlierOrder::seen_at(earlier, now)),
                ..FailureCode::Repeat.into()
            },
            PlaceOrderError::CartChanged(_) => FailureCode::CartChanged.into(),
            PlaceOrderError::OutOfStock(_) => FailureCode::OutOfStock.into(),
            PlaceOrderError::TokenMismatch => FailureCode::TokenMismatch.into(),
            PlaceOrderError::TokenRefused => FailureCode::TokenRefused.into(),
            PlaceOrderError::TokenExpired => FailureCode::TokenExpired.into(),
            PlaceOrderError::Unavailable(_) | PlaceOrderError::Overloaded => FailureCode::Unavailable.into(),
            PlaceOrderError::OutcomeUnknown(_) => FailureCode::OutcomeUnknown.into(),
        }
    }
}

impl EarlierOrder {
    fn seen_at(earlier: CoreEarlierOrder, now: Timestamp) -> Self {
        let CoreEarlierOrder { id, placed_at } = earlier;
        Self {
            number: id.number().to_string(),
            url: routes::order(id),
            age_s: now.since(placed_at).as_secs(),
        }
    }
}

impl From<&IssueTokenError> for Failure {
    fn from(error: &IssueTokenError) -> Self {
        match error {
            IssueTokenError::NoSuchCart => FailureCode::NotFound,
            IssueTokenError::AlreadyOrdered(_) => FailureCode::AlreadyOrdered,
            IssueTokenError::Cancelled => FailureCode::Cancelled,
            IssueTokenError::NoQuote(_) => FailureCode::CartEmpty,
            IssueTokenError::Unavailable(_) => FailureCode::Unavailable,
        }
        .into()
    }
}

impl OpenedCheckout {
    /// What the page shows of a confirmation, in its language.
    #[must_use]
    pub fn of(confirmation: Confirmation, locale: Locale) -> Self {
        let Confirmation { cart, quote, token } = confirmation;
        let buy_now = cart.kind == CartKind::BuyNow;
        let lines = cart.lines.into_iter().map(|line| ConfirmationLine::of(line, locale));
        Self {
            cart: cart.id.to_string(),
            digest: token.digest().to_string(),
            token: token.to_wire(),
            quote: quote.fingerprint().to_wire(),
            lines: lines.collect(),
            amount: quote.total,
            total: text::format(quote.total, locale),
            tax: text::format(quote.total.tax_included(VAT_PERCENT), locale),
            buy_now,
        }
    }
}

impl ConfirmationLine {
    fn of(line: CartLine, locale: Locale) -> Self {
        let price = line.unit_price.times(line.quantity.get()).unwrap_or(line.unit_price);
        Self {
            name: text::product_name(&line.slug, line.name, locale),
            slug: line.slug.into(),
            quantity: line.quantity.get(),
            unit_price: text::format(line.unit_price, locale),
            price: text::format(price, locale),
            short_of: (line.quantity.get() > line.stock).then_some(line.stock),
        }
    }
}

/// The id in an address, if the text is one.
#[must_use]
pub fn parse_order_id(text: &str) -> Option<OrderId> {
    text.parse().ok().map(OrderId)
}

/// The id in an address, if the text is one.
#[must_use]
pub fn parse_cart_id(text: &str) -> Option<CartId> {
    text.parse().ok().map(CartId)
}
