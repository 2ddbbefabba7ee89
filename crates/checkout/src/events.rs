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
