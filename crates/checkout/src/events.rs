//! What the shop tells others: the events that are stored with what happened, and sent afterwards.

use serde::Serialize;

use crate::cart::Quantity;
use crate::catalogue::Slug;
use crate::order::{OrderId, OrderNumber};
use crate::quote::Quote;
use crate::time::Timestamp;

/// An order was placed. Holds no token, no shopper's id and no address: it may be read where orders may not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderPlaced {
    /// Which order.
    pub order: OrderId,
    /// Its number for people.
    pub number: OrderNumber,
    /// When it was placed.
    pub placed_at_ms: Timestamp,
    /// What the shopper pays, in minor units.
    pub total_minor: i64,
    /// The ISO 4217 code of the total and of every price.
    pub currency: &'static str,
    /// At least one.
    pub lines: Vec<OrderPlacedLine>,
}

/// One product of the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderPlacedLine {
    /// Which product.
    pub slug: Slug,
    /// How many pieces.
    pub quantity: Quantity,
    /// The price of one piece, in minor units.
    pub unit_price_minor: i64,
}

impl OrderPlaced {
    /// That `quote` became the order of this id.
    #[must_use]
    pub fn of(order: OrderId, placed_at: Timestamp, quote: &Quote) -> Self {
        let lines = quote.lines.iter().map(|line| OrderPlacedLine {
            slug: line.slug.clone(),
            quantity: line.quantity,
            unit_price_minor: line.unit_price.amount_minor,
        });
        Self {
            order,
            number: order.number(),
            placed_at_ms: placed_at,
            total_minor: quote.total.amount_minor,
            currency: quote.total.currency.code(),
            lines: lines.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cart::CartId;
    use crate::money::{Currency, Money};
    use crate::quote::QuoteLine;
    use uuid::Uuid;

    #[test]
    fn the_event_tells_what_was_agreed_to() {
        let line = |slug: &str, quantity, amount| QuoteLine {
            slug: slug.parse().expect("a slug"),
            quantity: Quantity::try_from(quantity).expect("a quantity"),
            unit_price: Money::new(amount, Currency::Kwd),
        };
        let quote = Quote {
            cart: CartId(Uuid::from_u128(7)),
            cart_version: 3,
            lines: vec![line("mug", 2, 1250), line("tea", 1, 690)],
            total: Money::new(3190, Currency::Kwd),
        };
        let (order, placed_at) = (OrderId(Uuid::from_u128(9)), Timestamp::from_unix_ms(1_700_000_000_000));
        let event = OrderPlaced::of(order, placed_at, &quote);
        assert_eq!(
            (event.order, event.number, event.placed_at_ms),
            (order, order.number(), placed_at)
        );
        assert_eq!((event.total_minor, event.currency), (3190, "KWD"));
        let lines = event.lines.iter();
        let lines: Vec<_> = lines
            .map(|line| (line.slug.as_str(), line.quantity.get(), line.unit_price_minor))
            .collect();
        assert_eq!(lines, [("mug", 2, 1250), ("tea", 1, 690)]);
    }
}
