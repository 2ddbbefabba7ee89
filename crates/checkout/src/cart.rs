//! The cart: the server-side list of what is about to be bought. **A cart becomes at most one order, ever.**

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::catalogue::Slug;
use crate::money::Money;

/// Whoever holds the session cookie. Opaque and unguessable; it is never shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShopperId(Uuid);

impl ShopperId {
    /// The shopper of a random id, or of one that was stored.
    #[must_use]
    pub const fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    /// The id, for a session cookie or a database row.
    #[must_use]
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

/// Prints nothing of the id: whoever reads it in a log could act as the shopper.
impl fmt::Debug for ShopperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShopperId(…)")
    }
}

/// Names a cart; time-ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CartId(pub Uuid);

impl fmt::Display for CartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How many pieces of one product a line has: 1 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Quantity(NonZeroU32);

/// The number is no quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a quantity is a whole number from 1 to {}", Quantity::MOST)]
pub struct QuantityError;

impl Quantity {
    /// One piece.
    pub const ONE: Self = Self(NonZeroU32::MIN);
    /// The most pieces that one line takes.
    pub const MOST: u32 = 10;

    /// The number of pieces.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }

    /// Both together, or the most that a line takes.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        let sum = self.get().saturating_add(other.get()).min(Self::MOST);
        Self::try_from(sum).unwrap_or(self)
    }
}

impl TryFrom<u32> for Quantity {
    type Error = QuantityError;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        NonZeroU32::new(number)
            .filter(|number| number.get() <= Self::MOST)
            .map(Self)
            .ok_or(QuantityError)
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim().parse::<u32>().map_err(|_| QuantityError)?.try_into()
    }
}

impl From<Quantity> for u32 {
    fn from(quantity: Quantity) -> Self {
        quantity.get()
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// Where a cart came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CartKind {
    /// The cart that *Add to cart* fills. A shopper has at most one open.
    Basket,
    /// The one-line cart of *Buy now*.
    BuyNow,
}

/// Where a cart is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CartStatus {
    /// It can be changed and ordered.
    Open,
    /// It became an order, and stays so.
    Ordered,
    /// It was closed without an order, and stays so.
    Void,
}

/// One product in a cart, with the name and price that the catalogue has *now*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CartLine {
    /// Which product.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// The price of one piece.
    pub unit_price: Money,
    /// How many pieces.
    pub quantity: Quantity,
    /// How many pieces the shop has.
    pub stock: u32,
}

/// A cart as it is stored, priced by the catalogue of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cart {
    /// Its name.
    pub id: CartId,
    /// Whose it is.
    pub shopper: ShopperId,
    /// Where it came from.
    pub kind: CartKind,
    /// Grows by one with every change.
    pub version: u32,
    /// Where it is in its life.
    pub status: CartStatus,
    /// At most one line per product, in the order they were added.
    pub lines: Vec<CartLine>,
}

impl Cart {
    /// The most lines that a cart takes.
    pub const MOST_LINES: usize = 50;

    /// How many pieces the cart has in all.
    #[must_use]
    pub fn pieces(&self) -> u32 {
        self.lines.iter().map(|line| line.quantity.get()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_one_to_ten() {
        for bad in ["0", "11", "-1", "abc", "", "1.5", "4294967296"] {
            assert_eq!(bad.parse::<Quantity>(), Err(QuantityError), "{bad:?}");
        }
        for (text, number) in [("1", 1), (" 10 ", 10)] {
            assert_eq!(text.parse::<Quantity>().map(Quantity::get), Ok(number));
        }
    }

    #[test]
    fn adding_stops_at_the_most_a_line_takes() {
        let seven = Quantity::try_from(7).expect("7 is a quantity");
        assert_eq!(seven.saturating_add(seven).get(), Quantity::MOST);
        assert_eq!(seven.saturating_add(Quantity::ONE).get(), 8);
    }

    #[test]
    fn a_quantity_is_written_as_it_was_read() {
        let seven: Quantity = "7".parse().expect("7 is a quantity");
        assert_eq!((seven.to_string().as_str(), u32::from(seven)), ("7", 7));
    }

    #[test]
    fn a_shopper_id_is_not_printed() {
        let id = Uuid::from_bytes([0xAB; 16]);
        let shopper = ShopperId::from_uuid(id);
        assert_eq!(format!("{shopper:?}"), "ShopperId(…)");
        assert_eq!(shopper.as_uuid(), &id);
    }

    #[test]
    fn a_cart_id_is_written_as_it_stands_in_addresses() {
        let id = CartId(Uuid::from_u128(0x0192_AAAA_BBBB_7CCC_8DDD_EEEE_FFFF_0000));
        assert_eq!(id.to_string(), "0192aaaa-bbbb-7ccc-8ddd-eeeeffff0000");
    }

    #[test]
    fn a_cart_counts_the_pieces_of_all_its_lines() {
        let line = |quantity| CartLine {
            slug: "enamel-mug".parse().expect("a slug"),
            name: "Enamel mug".into(),
            unit_price: Money::new(1250, crate::money::Currency::Eur),
            quantity: Quantity::try_from(quantity).expect("a quantity"),
            stock: 9,
        };
        let mut cart = Cart {
            id: CartId(Uuid::nil()),
            shopper: ShopperId::from_uuid(Uuid::nil()),
            kind: CartKind::Basket,
            version: 1,
            status: CartStatus::Open,
            lines: vec![],
        };
        assert_eq!(cart.pieces(), 0);
        cart.lines = vec![line(2), line(10)];
        assert_eq!(cart.pieces(), 12);
    }
}
