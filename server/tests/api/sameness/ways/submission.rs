//! What is submitted, before a way gives it its form.

use checkout::cart::{CartId, Quantity};
use checkout::contact::{ContactForm, Field};
use checkout::money::{Currency, Money};
use checkout::quote::{Quote, QuoteLine};
use serde_json::Value;

/// What is sent, before a way gives it its form.
#[derive(Clone)]
pub(super) struct Submission {
    pub(super) token: String,
    pub(super) quote: Value,
    pub(super) contact: Value,
    pub(super) confirmed: bool,
}

impl Submission {
    pub(super) fn of(checkout: &Value, contact: Value, confirmed: bool) -> Self {
        Self {
            token: checkout["token"].as_str().expect("a token").to_owned(),
            quote: checkout["quote"].clone(),
            contact,
            confirmed,
        }
    }

    /// As a page would send it.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let quote = core(&self.quote);
        let contact: ContactForm = serde_json::from_value(self.contact.clone()).expect("a contact");
        let mut fields = vec![
            ("token".to_owned(), self.token.clone()),
            ("cart".to_owned(), quote.cart.to_string()),
            ("quote".to_owned(), quote.fingerprint().to_wire()),
            ("shown_total".to_owned(), quote.total.amount_minor.to_string()),
            (
                "repeat".to_owned(),
                if self.confirmed { "confirmed" } else { "" }.to_owned(),
            ),
        ];
        fields.extend(Field::ALL.map(|field| (field.name().to_owned(), field.of(&contact).to_owned())));
        fields
    }
}

/// The quote in the core's words, which the API reads by itself.
pub(super) fn core(quote: &Value) -> Quote {
    let number = |value: &Value| {
        value
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .expect("a number")
    };
    let money = |value: &Value| {
        let currency = Currency::from_code(value["currency"].as_str().expect("a code")).expect("a currency");
        Money::new(value["amount_minor"].as_i64().expect("an amount"), currency)
    };
    let line = |line: &Value| QuoteLine {
        slug: line["slug"].as_str().expect("a slug").parse().expect("a slug"),
        quantity: Quantity::try_from(number(&line["quantity"])).expect("a quantity"),
        unit_price: money(&line["unit_price"]),
    };
    Quote {
        cart: CartId(quote["cart"].as_str().expect("an id").parse().expect("an id")),
        cart_version: number(&quote["cart_version"]),
        lines: quote["lines"].as_array().expect("lines").iter().map(line).collect(),
        total: money(&quote["total"]),
    }
}
