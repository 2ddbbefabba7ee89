//! The quote: what the shopper saw and agreed to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::cart::{Cart, CartId, Quantity};
use crate::catalogue::Slug;
use crate::money::Money;

/// One line of a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteLine {
    /// Which product.
    pub slug: Slug,
    /// How many pieces.
    pub quantity: Quantity,
    /// The price of one piece.
    pub unit_price: Money,
}

/// The lines, prices and total of one version of a cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The cart that was priced.
    pub cart: CartId,
    /// The version of it that was priced.
    pub cart_version: u32,
    /// At least one.
    pub lines: Vec<QuoteLine>,
    /// What the shopper pays, tax included.
    pub total: Money,
}

/// Why a cart can not be priced.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// There is nothing to buy.
    #[error("the cart is empty")]
    Empty,
    /// The lines are in several currencies, or their sum does not fit.
    #[error("the lines of the cart have no common total")]
    NoTotal,
}

impl Quote {
    /// Prices `cart` as it stands.
    pub fn of(cart: &Cart) -> Result<Self, QuoteError> {
        let lines: Vec<_> = cart
            .lines
            .iter()
            .map(|line| QuoteLine {
                slug: line.slug.clone(),
                quantity: line.quantity,
                unit_price: line.unit_price,
            })
            .collect();
        let total = total(&lines)?;
        Ok(Self {
            cart: cart.id,
            cart_version: cart.version,
            lines,
            total,
        })
    }

    /// The canonical SHA-256 of the quote. Two quotes that differ in anything a shopper agreed to differ in it.
    ///
    /// Every field is length-prefixed or of fixed width, so no two quotes share an encoding. Lines are hashed in
    /// the order of their product's address: the order they were added in is no part of what was agreed.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let mut lines: Vec<_> = self.lines.iter().collect();
        lines.sort_by(|a, b| a.slug.cmp(&b.slug));
        let mut hash = Sha256::new_with_prefix(b"once quote 1\n");
        hash.update(self.cart.0.as_bytes());
        hash.update(self.cart_version.to_be_bytes());
        hash_money(&mut hash, self.total);
        for line in lines {
            let url = line.slug.product_url();
            hash.update(u32::try_from(url.len()).unwrap_or(u32::MAX).to_be_bytes());
            hash.update(url.as_bytes());
            hash.update(line.quantity.get().to_be_bytes());
            hash_money(&mut hash, line.unit_price);
        }
        Fingerprint(hash.finalize().into())
    }
}

fn total(lines: &[QuoteLine]) -> Result<Money, QuoteError> {
    let mut sums = lines.iter().map(|line| line.unit_price.times(line.quantity.get()));
    let first = sums.next().ok_or(QuoteError::Empty)?;
    sums.try_fold(first, |sum, line| Some(sum?.plus(line?)))
        .flatten()
        .ok_or(QuoteError::NoTotal)
}

fn hash_money(hash: &mut Sha256, money: Money) {
    hash.update(money.amount_minor.to_be_bytes());
    hash.update(money.currency.code().as_bytes());
}

/// The canonical SHA-256 of a [`Quote`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Reads a fingerprint from its 43 characters of unpadded URL-safe base 64.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 43 {
            return None;
        }
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// The 43 characters for the form's hidden field.
    #[must_use]
    pub fn to_wire(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use uuid::Uuid;

    fn quote() -> Quote {
        let line = |slug: &str, quantity, amount| QuoteLine {
            slug: slug.parse().expect("a slug"),
            quantity: Quantity::try_from(quantity).expect("a quantity"),
            unit_price: Money::new(amount, Currency::Eur),
        };
        let lines = vec![line("mug", 2, 1250), line("tea", 1, 690)];
        Quote {
            cart: CartId(Uuid::from_u128(7)),
            cart_version: 3,
            total: total(&lines).expect("a total"),
            lines,
        }
    }

    #[test]
    fn everything_agreed_to_changes_the_fingerprint() {
        let seen = quote().fingerprint();
        let edits: [fn(&mut Quote); 8] = [
            |quote| quote.cart = CartId(Uuid::from_u128(8)),
            |quote| quote.cart_version += 1,
            |quote| quote.total.amount_minor += 1,
            |quote| quote.total.currency = Currency::Usd,
            |quote| quote.lines[0].quantity = Quantity::ONE,
            |quote| quote.lines[0].unit_price.amount_minor -= 1,
            |quote| quote.lines[1].slug = "coffee".parse().expect("a slug"),
            |quote| drop(quote.lines.pop()),
        ];
        for (index, edit) in edits.into_iter().enumerate() {
            let mut edited = quote();
            edit(&mut edited);
            assert_ne!(edited.fingerprint(), seen, "edit {index}");
        }
    }

    #[test]
    fn the_order_of_lines_does_not_change_the_fingerprint() {
        let mut turned = quote();
        turned.lines.reverse();
        assert_eq!(turned.fingerprint(), quote().fingerprint());
    }

    #[test]
    fn a_fingerprint_survives_the_wire() {
        let seen = quote().fingerprint();
        assert_eq!(Fingerprint::parse(&seen.to_wire()), Some(seen));
        for bad in ["", "abc", &"?".repeat(43), &"A".repeat(44)] {
            assert_eq!(Fingerprint::parse(bad), None, "{bad}");
        }
    }

    /// The text was computed by another program, from what [`Quote::fingerprint`] says it hashes. A page outlives the
    /// server that rendered it: whoever changes it tells every shopper that the cart has changed.
    #[test]
    fn a_fingerprint_stays_what_it_is() {
        assert_eq!(
            quote().fingerprint().to_wire(),
            "4xvqX925YQSowSRMV1ML2Sq7o-3SzoY3Y10PHl7N1SQ"
        );
    }

    #[test]
    fn the_total_is_the_sum_of_the_lines() {
        assert_eq!(quote().total, Money::new(3190, Currency::Eur));
        assert_eq!(total(&[]), Err(QuoteError::Empty));
        let mut mixed = quote().lines;
        mixed[1].unit_price.currency = Currency::Usd;
        assert_eq!(total(&mixed), Err(QuoteError::NoTotal));
    }
}
