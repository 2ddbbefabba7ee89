//! What the shop sells.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::money::Money;

/// The last segment of a product's address: 1 to 64 of `a`–`z`, `0`–`9` and `-`.
///
/// ```
/// use checkout::catalogue::Slug;
///
/// let slug: Slug = "enamel-mug".parse()?;
/// assert_eq!(slug.product_url(), "/products/enamel-mug");
/// assert!("Enamel Mug".parse::<Slug>().is_err());
/// # Ok::<(), checkout::catalogue::SlugError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// The text is no slug.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a product's name in its address has 1 to 64 of a–z, 0–9 and -")]
pub struct SlugError;

impl Slug {
    const MAX_LENGTH: usize = 64;

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of the product in this shop. It names the product in quotes and in the repeat guard.
    #[must_use]
    pub fn product_url(&self) -> String {
        format!("/products/{}", self.0)
    }
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.is_empty() || text.len() > Self::MAX_LENGTH || !text.bytes().all(allowed) {
            return Err(SlugError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value-added tax that every price of the shop includes.
pub const VAT_PERCENT: u32 = 19;

/// A product as the catalogue shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its name in addresses; unique in the shop.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// One line for the catalogue.
    pub summary: String,
    /// A paragraph for its own page.
    pub description: String,
    /// The price of one piece, tax included.
    pub price: Money,
    /// How many pieces can be sold now.
    pub stock: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_parsed_once_and_strictly() {
        for good in ["a", "enamel-mug", "0", &"x".repeat(64)] {
            let slug: Slug = good.parse().expect(good);
            assert_eq!((slug.as_str(), slug.to_string().as_str()), (good, good));
            assert_eq!(slug.product_url(), format!("/products/{good}"));
            assert_eq!(Slug::try_from(good.to_owned()).map(String::from), Ok(good.to_owned()));
        }
        for bad in ["", "A", "a b", "a/b", "ä", "a\0", "../x", &"x".repeat(65)] {
            assert_eq!(bad.parse::<Slug>(), Err(SlugError), "{bad:?}");
            assert_eq!(Slug::try_from(bad.to_owned()), Err(SlugError), "{bad:?}");
        }
    }
}
