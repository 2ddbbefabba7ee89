//! The names of keys and the values of guards: the only place where they are spelled.
//!
//! Everything of one shopper shares a hash tag, so that a script's keys share a slot of a cluster. The tag is made of
//! the shopper's id by SHA-256: the id is a session's secret, and whoever reads Redis must not be able to use it.

use std::fmt::Write as _;

use checkout::cart::ShopperId;
use checkout::ports::EarlierOrder;
use checkout::token::TokenDigest;
use sha2::{Digest as _, Sha256};

/// Where the end of a claim is told: by one name for the whole shop, so that a server subscribes once.
pub(crate) const NEWS_CHANNEL: &str = "once:ended";

/// What a ping writes; the number spreads it over a Cluster's nodes.
pub(crate) fn ping(number: usize) -> String {
    format!("once:ping:{number}")
}

/// The part of the keyspace that belongs to one shopper.
pub(crate) struct ShopperKeys {
    tag: String,
}

impl ShopperKeys {
    pub(crate) fn of(shopper: ShopperId) -> Self {
        let hash = Sha256::new_with_prefix(b"once shopper 1\n")
            .chain_update(shopper.as_uuid())
            .finalize();
        Self { tag: hex(&hash[..16]) }
    }

    /// What the shopper is called in news.
    pub(crate) fn news(self) -> String {
        self.tag
    }

    fn prefix(&self) -> String {
        format!("once:{{{}}}", self.tag)
    }

    /// The hash of a token.
    pub(crate) fn token(&self, digest: TokenDigest) -> String {
        format!("{}:token:{digest}", self.prefix())
    }

    /// How many tokens were issued to the shopper lately.
    pub(crate) fn issued(&self) -> String {
        format!("{}:issued", self.prefix())
    }

    /// The repeat guard of a product: shopper, address, and what is not to be repeated.
    pub(crate) fn guard(&self, product_url: &str) -> String {
        format!("{}:repeat:{product_url}:order", self.prefix())
    }

    /// Matches every key of this shopper.
    #[cfg(test)]
    pub(crate) fn pattern(&self) -> String {
        format!("{}:*", self.prefix())
    }
}

/// Bytes as Redis keeps them: readable.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string never fails.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The value of a guard once its attempt became an order; before, it is the digest alone.
pub(crate) fn settled_guard(digest: TokenDigest, order: EarlierOrder) -> String {
    format!("{digest}:{}:{}", order.id, order.placed_at.unix_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::order::OrderId;
    use checkout::time::Timestamp;
    use uuid::Uuid;

    #[test]
    fn keys_and_values_are_spelled_as_documented() {
        let keys = ShopperKeys::of(ShopperId::from_uuid(Uuid::from_u128(1)));
        let prefix = keys.prefix();
        let tag = prefix.trim_start_matches("once:");
        let digest = TokenDigest(Uuid::from_u128(0xA));
        assert_eq!(
            keys.token(digest),
            format!("once:{tag}:token:0000000000000000000000000000000a")
        );
        assert_eq!(
            keys.guard("/products/mug"),
            format!("once:{tag}:repeat:/products/mug:order")
        );
        let order = EarlierOrder {
            id: OrderId(Uuid::from_u128(2)),
            placed_at: Timestamp::from_unix_ms(3),
        };
        let value = "0000000000000000000000000000000a:00000000-0000-0000-0000-000000000002:3";
        assert_eq!(settled_guard(digest, order), value);
    }

    #[test]
    fn the_tag_is_in_braces_and_shows_nothing_of_the_shopper() {
        let shopper = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        let prefix = ShopperKeys::of(ShopperId::from_uuid(shopper)).prefix();
        assert_eq!(prefix.len(), "once:{}".len() + 32);
        assert!(prefix.starts_with("once:{") && prefix.ends_with('}'), "{prefix}");
        assert!(!prefix.contains("0123456789abcdef"), "{prefix}");
        let other = ShopperKeys::of(ShopperId::from_uuid(Uuid::from_u128(1))).prefix();
        assert_ne!(prefix, other);
    }
}
