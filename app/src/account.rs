//! What is typed to log in, to register and to look an order up, and what can be wrong with it.

use std::time::Duration;

use checkout::account::PasswordProblem;
use checkout::contact::FieldProblem;
use serde::Deserialize;

/// The form of *Log in* and of *Create account*, as it is sent. It can not be printed: it holds a password.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Credentials {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// What the page shows again of [`Credentials`]: never the password.
#[derive(Clone, Debug, Default)]
pub struct TypedCredentials {
    /// The e-mail address.
    pub email: String,
}

/// The form of *Find an order*, as it is sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct LookUp {
    /// The number that people read to each other.
    pub number: String,
    /// The e-mail address that the order went to.
    pub email: String,
}

/// Why somebody is not logged in, has no account, or sees no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountProblem {
    /// Of the field for the e-mail address.
    Email(FieldProblem),
    /// Of the field for the password.
    Password(PasswordProblem),
    /// Of the field for the order's number: nothing was typed.
    NumberMissing,
    /// No account has this address and this password.
    WrongCredentials,
    /// The address has an account.
    EmailTaken,
    /// No order has this number and this address.
    NoSuchOrder,
    /// It was tried too often.
    Throttled {
        /// How long to wait.
        wait_s: u64,
    },
    /// It could not be found out now.
    Unavailable,
}

/// How long to wait after something could not be found out.
const AFTER_UNAVAILABLE_S: u64 = 2;

impl AccountProblem {
    /// It was tried too often, and can be again after `wait`.
    #[must_use]
    pub const fn throttled(wait: Duration) -> Self {
        Self::Throttled {
            wait_s: wait.as_secs() + 1,
        }
    }

    /// The name of the field that must be mended; none when it is not one alone.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Email(_) => Some("email"),
            Self::Password(_) => Some("password"),
            Self::NumberMissing => Some("number"),
            Self::WrongCredentials
            | Self::EmailTaken
            | Self::NoSuchOrder
            | Self::Throttled { .. }
            | Self::Unavailable => None,
        }
    }

    /// The status of a page that tells of it.
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        match self {
            Self::Email(_)
            | Self::Password(_)
            | Self::NumberMissing
            | Self::WrongCredentials
            | Self::EmailTaken
            | Self::NoSuchOrder => 422,
            Self::Throttled { .. } => 429,
            Self::Unavailable => 503,
        }
    }

    /// How long to wait before it is tried again, where waiting helps.
    #[must_use]
    pub const fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::Throttled { wait_s } => Some(*wait_s),
            Self::Unavailable => Some(AFTER_UNAVAILABLE_S),
            Self::Email(_)
            | Self::Password(_)
            | Self::NumberMissing
            | Self::WrongCredentials
            | Self::EmailTaken
            | Self::NoSuchOrder => None,
        }
    }
}
