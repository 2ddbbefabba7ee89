//! What the shop writes to its shoppers: plain text.

use std::fmt::Write as _;

use crate::locale::Locale;
use crate::money::format;
use crate::order::Order;

/// A mail to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Names what it tells; the same whenever it is sent again. A mailer makes the `Message-ID` of it.
    pub id: String,
    /// The receiver's name.
    pub name: String,
    /// The receiver's address, as it was typed.
    pub email: String,
    /// One line.
    pub subject: String,
    /// Lines that end with a line feed.
    pub text: String,
}

impl Mail {
    /// Tells that `order` was placed.
    #[must_use]
    pub fn order_placed(order: &Order) -> Self {
        let (number, contact) = (order.id.number(), &order.contact);
        Self {
            id: format!("order-placed.{}", order.id),
            name: contact.name.clone(),
            email: contact.email.clone(),
            subject: format!("Your order {number}"),
            text: text(order),
        }
    }
}

fn text(order: &Order) -> String {
    let (number, contact) = (order.id.number(), &order.contact);
    let mut text = format!("Thank you. Your order {number} is placed.\n\n");
    for line in &order.lines {
        let (quantity, name, price) = (line.quantity.get(), &line.name, format(line.unit_price, Locale::En));
        // Writing to a string never fails.
        let _ = writeln!(text, "{quantity} × {name}, {price} each");
    }
    let _ = writeln!(text, "\nTotal, tax included: {}", format(order.total, Locale::En));
    let (name, street, postcode, city, country) = (
        &contact.name,
        &contact.street,
        &contact.postcode,
        &contact.city,
        &contact.country,
    );
    let _ = writeln!(text, "\nIt goes to:\n{name}\n{street}\n{postcode} {city}\n{country}");
    text + "\nThis mail can reach you twice. It is one order all the same.\n"
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::cart::{CartId, Quantity};
    use crate::money::{Currency, Money};
    use crate::order::{OrderId, OrderLine, OrderStanding};
    use crate::testing::Fixture;
    use crate::time::Timestamp;
    use crate::token::TokenDigest;

    #[test]
    fn the_mail_tells_what_was_ordered_and_names_itself_by_the_order() {
        let order = Order {
            id: OrderId(Uuid::from_u128(0x0192_AAAA_BBBB_7CCC_8DDD_EEEE_FFFF_0000)),
            shopper: Fixture::new_shopper(),
            cart: CartId(Uuid::nil()),
            token: TokenDigest(Uuid::nil()),
            lines: vec![OrderLine {
                slug: "enamel-mug".parse().expect("a slug"),
                name: "Enamel mug".into(),
                quantity: Quantity::try_from(2).expect("a quantity"),
                unit_price: Money::new(1250, Currency::Eur),
            }],
            total: Money::new(2500, Currency::Eur),
            contact: Fixture::contact().form().clone(),
            placed_at: Timestamp::default(),
            standing: OrderStanding::Placed,
        };
        let mail = Mail::order_placed(&order);
        assert_eq!(mail, Mail::order_placed(&order), "the same whenever it is sent again");
        assert_eq!(mail.id, "order-placed.0192aaaa-bbbb-7ccc-8ddd-eeeeffff0000");
        assert_eq!(
            (mail.name.as_str(), mail.email.as_str()),
            ("Ada Lovelace", "ada@example.org")
        );
        assert_eq!(mail.subject, format!("Your order {}", order.id.number()));
        for part in [
            "2 × Enamel mug, €12.50 each\n",
            "Total, tax included: €25.00\n",
            "\nSW1Y 4JH London\n",
        ] {
            assert!(mail.text.contains(part), "{part:?} is not in {}", mail.text);
        }
    }
}
