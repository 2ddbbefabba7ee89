use checkout::contact::ContactForm;
use serde::{Deserialize, Serialize};

/// A confirmation page as it is sent: the same names in the plain form and in the server function. Everything is
/// text, as typed; a field that is not sent is empty.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SubmitOrder {
    /// The order token of the page.
    pub token: String,
    /// The id of the cart that the page showed.
    pub cart: String,
    /// The fingerprint of the quote that the page showed.
    pub quote: String,
    /// `confirmed` when the shopper was asked about an earlier order of the same product.
    pub repeat: String,
    /// Name of the receiver.
    pub name: String,
    /// Where to write to the receiver.
    pub email: String,
    /// Street and house number.
    pub street: String,
    /// Postal code.
    pub postcode: String,
    /// Town.
    pub city: String,
    /// Country.
    pub country: String,
}

impl SubmitOrder {
    /// The value of `repeat` that says the shopper was asked.
    pub const REPEAT_CONFIRMED: &'static str = "confirmed";

    /// The fields about the receiver.
    #[must_use]
    pub fn contact(&self) -> ContactForm {
        ContactForm {
            name: self.name.clone(),
            email: self.email.clone(),
            street: self.street.clone(),
            postcode: self.postcode.clone(),
            city: self.city.clone(),
            country: self.country.clone(),
        }
    }
}

/// Prints neither the token nor who the receiver is.
impl std::fmt::Debug for SubmitOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SubmitOrder")
            .field("cart", &self.cart)
            .finish_non_exhaustive()
    }
}

/// The order, as the answer to a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The id of the order.
    pub order_id: String,
    /// The number that people read to each other.
    pub number: String,
    /// Where the receipt page is.
    pub url: String,
    /// Whether an earlier submission placed it.
    pub replayed: bool,
}

/// What a confirmation page shows and sends back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedCheckout {
    /// The id of the cart.
    pub cart: String,
    /// The one-time order token.
    pub token: String,
    /// The token's digest, which names the attempt's status page.
    pub digest: String,
    /// The fingerprint of the quote.
    pub quote: String,
    /// What is bought.
    pub lines: Vec<ConfirmationLine>,
    /// What it costs, as shown.
    pub total: String,
    /// The tax that the total includes, as shown.
    pub tax: String,
    /// Whether the cart was made by *Buy now*: it can be cancelled without losing a basket.
    pub buy_now: bool,
}

/// Prints no token.
impl std::fmt::Debug for OpenedCheckout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenedCheckout")
            .field("cart", &self.cart)
            .finish_non_exhaustive()
    }
}

/// One line of a confirmation page, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmationLine {
    /// The product's name in addresses.
    pub slug: String,
    /// The product's name for people.
    pub name: String,
    /// How many pieces.
    pub quantity: u32,
    /// What one piece costs.
    pub unit_price: String,
    /// What they cost together.
    pub price: String,
    /// How many pieces the shop has, should that be fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_of: Option<u32>,
}
