//! The words of an account: e-mail address, password, session. Parsed once, at the edge.

use std::fmt;

use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;

use crate::cart::ShopperId;
use crate::contact::{FieldProblem, email_problem};

/// The e-mail address that an account is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress {
    text: String,
    key: String,
}

impl EmailAddress {
    /// Trims and checks what was typed, by the same rule as the address of an order.
    pub fn parse(typed: &str) -> Result<Self, FieldProblem> {
        let typed = typed.trim();
        if let Some(problem) = email_problem(typed) {
            return Err(problem);
        }
        Ok(Self {
            text: with_lower_domain(typed),
            key: email_key(typed),
        })
    }

    /// The address as it is shown and written to: as typed, with its domain in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What two spellings of one address share.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// What two spellings of one e-mail address share: upper and lower case are one, in front of the `@` too. RFC 5321 would
/// let a server tell them apart; people do not.
#[must_use]
pub fn email_key(typed: &str) -> String {
    typed.trim().nfc().collect::<String>().to_lowercase()
}

fn with_lower_domain(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
        None => address.to_owned(),
    }
}

/// A password as it was typed, in normal form C: two keyboards that write `é` differently write one password.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why a text can be nobody's new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Nothing was typed.
    #[error("no password was typed")]
    Missing,
    /// It has less than [`Password::FEWEST_CHARACTERS`].
    #[error("the password is too short")]
    TooShort,
    /// It has more than [`Password::MOST_CHARACTERS`].
    #[error("the password is too long")]
    TooLong,
    /// It is the e-mail address, or one character over and over: what is tried first.
    #[error("the password is too easy to guess")]
    TooEasy,
}

impl Password {
    /// As NIST SP 800-63B (revision 3, section 5.1.1.2) and OWASP ASVS 5.0 (6.2.1) have it. Revision 4 of the former
    /// asks for 15 where nothing else protects an account.
    pub const FEWEST_CHARACTERS: usize = 8;
    /// Twice what both ask to accept at least; a longer one only costs time.
    pub const MOST_CHARACTERS: usize = 128;

    /// A new password. Nothing is asked of its composition: rules about it make passwords that are easier to guess.
    pub fn choose(typed: &str, email: &EmailAddress) -> Result<Self, PasswordProblem> {
        let password = Self::enter(typed)?;
        if password.0.chars().count() < Self::FEWEST_CHARACTERS {
            return Err(PasswordProblem::TooShort);
        }
        let lower = password.0.to_lowercase();
        let is_repeated = lower.chars().all(|character| lower.starts_with(character));
        if is_repeated || lower == email.key() {
            return Err(PasswordProblem::TooEasy);
        }
        Ok(password)
    }

    /// A password that claims to be right. One that could not have been chosen is not hashed at all.
    pub fn enter(typed: &str) -> Result<Self, PasswordProblem> {
        if typed.is_empty() {
            return Err(PasswordProblem::Missing);
        }
        let normal: String = typed.nfc().collect();
        if normal.chars().count() > Self::MOST_CHARACTERS {
            return Err(PasswordProblem::TooLong);
        }
        Ok(Self(normal))
    }

    /// The bytes, for hashing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Prints nothing of the password.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What is kept of a password: a PHC string, which names the function and its parameters.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash of this PHC string.
    #[must_use]
    pub const fn from_phc(text: String) -> Self {
        Self(text)
    }

    /// The PHC string, for the database and the hasher.
    #[must_use]
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

/// Prints nothing of the hash: whoever reads it can try passwords at home.
impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What a browser holds while it is logged in: 256 random bits. The store keeps their digest alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionSecret([u8; 32]);

impl SessionSecret {
    /// The secret of these random bytes.
    #[must_use]
    pub const fn from_bytes(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// The bytes, for the cookie.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What the store knows the session by. Without a key: nobody guesses 256 random bits.
    #[must_use]
    pub fn digest(&self) -> SessionDigest {
        SessionDigest(
            Sha256::new_with_prefix(b"once session 1\n")
                .chain_update(self.0)
                .finalize()
                .into(),
        )
    }
}

/// Prints nothing of the secret.
impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSecret(…)")
    }
}

/// Names a session in the store. Whoever reads it there can not act as the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionDigest(pub [u8; 32]);

/// Who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Whose carts and orders the account's are. Never in a cookie: only a session leads to it.
    pub shopper: ShopperId,
    /// The address, as it is shown.
    pub email: String,
}

#[cfg(test)]
mod tests;
