//! The order token: a one-time token made when a confirmation page renders.
//!
//! # Layout
//!
//! 64 bytes, written as 86 characters of unpadded URL-safe base 64 (RFC 4648 §5):
//!
//! | bytes | what |
//! |---|---|
//! | 0 | version of the layout, 1 |
//! | 1 | id of the key that signed it |
//! | 2–17 | a UUID with the layout of version 7 (RFC 9562 §5.7), from raw random bytes |
//! | 18–23 | expiry, Unix milliseconds, big-endian, 48 bits |
//! | 24–39 | binding: the first half of SHA-256 over cart and quote fingerprint |
//! | 40–63 | the first 24 bytes of HMAC-SHA-256 (RFC 2104) over bytes 0–39 and the shopper |
//!
//! The MAC proves that the token was made here, for this shopper, cart and quote, even when the token store forgot
//! it. The binding is in the token so that a token sent with another cart or an edited quote is told apart
//! ([`TokenError::Mismatch`]) from a forged one ([`TokenError::Refused`]).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::cart::{CartId, ShopperId};
use crate::quote::Fingerprint;
use crate::time::Timestamp;

const VERSION: u8 = 1;
const SIGNED_BYTES: usize = 40;
const MAC_BYTES: usize = 24;
const BYTES: usize = SIGNED_BYTES + MAC_BYTES;

/// What a token is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Who may use it.
    pub shopper: ShopperId,
    /// What it buys.
    pub cart: CartId,
    /// What was agreed to.
    pub fingerprint: Fingerprint,
}

impl Intent {
    fn binding(&self) -> [u8; 16] {
        let hash = Sha256::new_with_prefix(b"once intent 1\n")
            .chain_update(self.cart.0)
            .chain_update(self.fingerprint.0);
        take(&hash.finalize())
    }
}

/// A token as it travels. Whether it is genuine is for [`KeyRing::verify`] to say.
#[derive(Clone, PartialEq, Eq)]
pub struct OrderToken([u8; BYTES]);

/// Prints nothing of the token: whoever reads it in a log could use it.
impl fmt::Debug for OrderToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OrderToken(…)")
    }
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The text is no token of a version that is known here.
    #[error("the order token is malformed")]
    Malformed,
    /// It was not made here, or it is someone else's.
    #[error("the order token is not accepted")]
    Refused,
    /// It is genuine, but for another cart or another quote.
    #[error("the order token belongs to another quote")]
    Mismatch,
}

impl OrderToken {
    /// Reads a token from its 86 characters.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        // The length first, so that 64 kB of text are refused before they are decoded.
        if text.len() != BYTES.div_ceil(3) * 4 - 2 {
            return Err(TokenError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Malformed)?;
        let bytes: [u8; BYTES] = bytes.try_into().map_err(|_| TokenError::Malformed)?;
        if bytes[0] != VERSION {
            return Err(TokenError::Malformed);
        }
        Ok(Self(bytes))
    }

    /// The 86 characters for the form's hidden field.
    #[must_use]
    pub fn to_wire(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// When it stops being good for a first submission. Meaningful only once verified.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        let mut unix_ms = [0; 8];
        unix_ms[2..].copy_from_slice(&self.0[18..24]);
        Timestamp::from_unix_ms(u64::from_be_bytes(unix_ms))
    }

    /// What stands for the token in stores and logs.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        let hash: [u8; 16] = take(
            &Sha256::new_with_prefix(b"once token 1\n")
                .chain_update(self.0)
                .finalize(),
        );
        let mut bytes = hash;
        bytes[..6].copy_from_slice(&self.0[2..8]);
        TokenDigest(Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// What stands for a token in Redis, in the database and in logs; nobody can make the token of it.
///
/// A UUID of version 8 (RFC 9562 §5.8): the 48 bits of time of the token's own UUID, so that a unique index over
/// digests stays local, then 74 bits of SHA-256 over the whole token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenDigest(pub Uuid);

impl TokenDigest {
    /// Reads a digest from its 32 hexadecimal digits, in the one form that `Display` writes: a digest has one address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digest = Uuid::try_parse(text).ok().map(Self)?;
        (digest.to_string() == text).then_some(digest)
    }
}

impl fmt::Display for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

/// A key for signing tokens: 32 secret bytes and the id that tokens carry.
#[derive(Clone)]
pub struct Key {
    /// Distinguishes the keys of a ring.
    pub id: u8,
    /// At least 256 bits from a secure source.
    pub secret: [u8; 32],
}

/// The keys that are accepted, and the one that signs.
///
/// Rotation: put the new key first, keep the old one for as long as its tokens may be retried, then drop it.
#[derive(Clone)]
pub struct KeyRing {
    signing: Key,
    accepted: Vec<Key>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("signing", &self.signing.id)
            .finish_non_exhaustive()
    }
}

impl KeyRing {
    /// A ring that signs with `signing` and accepts `older` too.
    #[must_use]
    pub fn new(signing: Key, older: Vec<Key>) -> Self {
        Self {
            signing,
            accepted: older,
        }
    }

    /// Makes the token of `intent`, with `id` a UUID of version 7.
    #[must_use]
    pub fn sign(&self, id: Uuid, intent: &Intent, expires_at: Timestamp) -> OrderToken {
        let mut bytes = [0; BYTES];
        bytes[0] = VERSION;
        bytes[1] = self.signing.id;
        bytes[2..18].copy_from_slice(id.as_bytes());
        bytes[18..24].copy_from_slice(&expires_at.unix_ms.to_be_bytes()[2..]);
        bytes[24..40].copy_from_slice(&intent.binding());
        let mac = mac(&self.signing, &bytes[..SIGNED_BYTES], intent.shopper)
            .finalize()
            .into_bytes();
        bytes[SIGNED_BYTES..].copy_from_slice(&mac[..MAC_BYTES]);
        OrderToken(bytes)
    }

    /// Proves that `token` was made here for `intent`, in time that does not depend on where it differs.
    ///
    /// Expiry is not looked at: whether an expired token still has an answer depends on whether an order exists.
    pub fn verify(&self, token: &OrderToken, intent: &Intent) -> Result<(), TokenError> {
        let key = self.key(token.0[1]).ok_or(TokenError::Refused)?;
        mac(key, &token.0[..SIGNED_BYTES], intent.shopper)
            .verify_truncated_left(&token.0[SIGNED_BYTES..])
            .map_err(|_| TokenError::Refused)?;
        if token.0[24..40] == intent.binding() {
            Ok(())
        } else {
            Err(TokenError::Mismatch)
        }
    }

    fn key(&self, id: u8) -> Option<&Key> {
        std::iter::once(&self.signing)
            .chain(&self.accepted)
            .find(|key| key.id == id)
    }
}

fn mac(key: &Key, signed: &[u8], shopper: ShopperId) -> Hmac<Sha256> {
    // HMAC takes a key of any length (RFC 2104 §3), so this can not fail.
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.secret).expect("HMAC takes a key of any length");
    mac.update(b"once order token 1\n");
    mac.update(signed);
    mac.update(shopper.as_uuid().as_bytes());
    mac
}

fn take(hash: &[u8]) -> [u8; 16] {
    let mut taken = [0; 16];
    taken.copy_from_slice(&hash[..16]);
    taken
}

#[cfg(test)]
mod tests;
