//! The order: what one buying intent became.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::cart::{CartId, Quantity, ShopperId};
use crate::catalogue::Slug;
use crate::contact::ContactForm;
use crate::money::Money;
use crate::time::Timestamp;
use crate::token::TokenDigest;

/// Names an order; time-ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderId(pub Uuid);

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl OrderId {
    /// The number that people read to each other: seven characters of Crockford's base 32 (no I, L, O, U), taken from
    /// the random end of the id. Two orders can share a number; look-ups ask for the e-mail address too.
    #[must_use]
    pub fn number(self) -> OrderNumber {
        let random = self.0.as_u128();
        let mut text = String::with_capacity(8);
        for index in (0..7).rev() {
            if index == 3 {
                text.push('-');
            }
            let digit = (random >> (index * 5)) & 31;
            text.push(char::from(NUMBER_ALPHABET[usize::try_from(digit).unwrap_or_default()]));
        }
        OrderNumber(text)
    }
}

const NUMBER_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What people read to each other, such as `A7K-4F2Q`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderNumber(String);

impl OrderNumber {
    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number that somebody read or heard: in either case, with or without its dash, and with the letters that look
    /// like digits taken for these.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let meant = |typed: char| match typed.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let skipped = |typed: &char| *typed == '-' || typed.is_whitespace();
        let digits: Vec<char> = typed
            .chars()
            .filter(|typed| !skipped(typed))
            .map(meant)
            .take(8)
            .collect();
        let is_digit = |digit: &char| u8::try_from(*digit).is_ok_and(|digit| NUMBER_ALPHABET.contains(&digit));
        if digits.len() != 7 || !digits.iter().all(is_digit) {
            return None;
        }
        let (front, back) = digits.split_at(3);
        Some(Self(front.iter().chain(&['-']).chain(back).collect()))
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One product of an order, at the price that was agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// Which product.
    pub slug: Slug,
    /// Its name when it was ordered.
    pub name: String,
    /// How many pieces.
    pub quantity: Quantity,
    /// The price of one piece.
    pub unit_price: Money,
}

/// What became of an order since it was placed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrderStanding {
    /// It is to be delivered.
    #[default]
    Placed,
    /// It is not delivered, and its pieces are back in the stock.
    Cancelled {
        /// Since when.
        at: Timestamp,
    },
    /// It was cancelled, and the money was given back.
    Refunded {
        /// When it was cancelled.
        cancelled_at: Timestamp,
        /// When the money was given back.
        at: Timestamp,
    },
}

/// An order that stands in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its name.
    pub id: OrderId,
    /// Whose it is.
    pub shopper: ShopperId,
    /// The intent it came from.
    pub cart: CartId,
    /// The token it was placed with.
    pub token: TokenDigest,
    /// At least one.
    pub lines: Vec<OrderLine>,
    /// What the shopper pays, tax included.
    pub total: Money,
    /// Who receives it.
    pub contact: ContactForm,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// What became of it since: all that ever changes of an order.
    pub standing: OrderStanding,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_the_random_end_of_the_id() {
        let id = |low: u128| OrderId(Uuid::from_u128((0x0192_0000_0000_7000_8000 << 48) | low));
        assert_eq!(id(0).number().as_str(), "000-0000");
        assert_eq!(id((1 << 35) - 1).number().as_str(), "ZZZ-ZZZZ");
        assert_eq!(id(0x7_1234_5678).number().as_str(), "W93-8NKR");
        assert_ne!(id(1).number(), id(2).number());
    }

    #[test]
    fn ids_and_numbers_are_written_as_people_and_addresses_have_them() {
        let id = OrderId(Uuid::from_u128(0x0192_AAAA_BBBB_7CCC_8DDD_EEEE_FFFF_0000));
        assert_eq!(id.to_string(), "0192aaaa-bbbb-7ccc-8ddd-eeeeffff0000");
        assert_eq!(id.number().to_string(), id.number().as_str());
    }

    #[test]
    fn a_number_is_understood_as_it_is_read_out() {
        let understood = |typed| OrderNumber::parse(typed).map(|number| number.to_string());
        for typed in ["A7K-4F20", "a7k-4f2o", " A7K 4F20 ", "a7k4f20"] {
            assert_eq!(understood(typed).as_deref(), Some("A7K-4F20"), "{typed}");
        }
        assert_eq!(understood("il1-0oOo").as_deref(), Some("111-0000"));
        for bad in [
            "",
            "A7K-4F2",
            "A7K-4F200",
            "A7K-4F2U",
            "A7K-4F2ä",
            "A7K-4F2\u{200B}",
            "A7K/4F20",
            "<script>",
        ] {
            assert_eq!(understood(bad), None, "{bad:?}");
        }
        let order = OrderId(Uuid::from_u128(0x0192_AAAA_BBBB_7CCC_8DDD_EEEE_FFFF_0000));
        assert_eq!(OrderNumber::parse(order.number().as_str()), Some(order.number()));
    }
}
