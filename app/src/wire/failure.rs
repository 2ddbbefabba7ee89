use checkout::contact::FieldError;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Why there is no order to show; the words of the order protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The shopper has no such cart.
    NotFound,
    /// The cart is empty.
    CartEmpty,
    /// The cart already became an order.
    AlreadyOrdered,
    /// The shopper cancelled the cart.
    Cancelled,
    /// No order token was sent.
    TokenMissing,
    /// What was sent is no order token, cart or quote.
    Malformed,
    /// The token was not made here, or it is someone else's.
    TokenRefused,
    /// The token is for another cart or quote.
    TokenMismatch,
    /// The token is too old, and nothing was ordered with it.
    TokenExpired,
    /// A field is not filled as it must be.
    Invalid,
    /// The cart or its prices are not what was quoted.
    CartChanged,
    /// The shop does not have enough.
    OutOfStock,
    /// The same product was ordered a moment ago.
    Repeat,
    /// Another submission of the same intent still runs.
    InProgress,
    /// It was asked too often. Nothing was looked at.
    Throttled,
    /// This submission placed nothing, for now.
    Unavailable,
    /// It is not known whether the order was placed.
    OutcomeUnknown,
    /// No answer came, or none that can be read. Made in the browser, never sent.
    NoAnswer,
}

impl FailureCode {
    /// Every code.
    pub const ALL: [Self; 18] = [
        Self::NotFound,
        Self::CartEmpty,
        Self::AlreadyOrdered,
        Self::Cancelled,
        Self::TokenMissing,
        Self::Malformed,
        Self::TokenRefused,
        Self::TokenMismatch,
        Self::TokenExpired,
        Self::Invalid,
        Self::CartChanged,
        Self::OutOfStock,
        Self::Repeat,
        Self::InProgress,
        Self::Throttled,
        Self::Unavailable,
        Self::OutcomeUnknown,
        Self::NoAnswer,
    ];

    /// The code as it travels in JSON and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::CartEmpty => "cart_empty",
            Self::AlreadyOrdered => "already_ordered",
            Self::Cancelled => "cancelled",
            Self::TokenMissing => "token_missing",
            Self::Malformed => "malformed",
            Self::TokenRefused => "token_refused",
            Self::TokenMismatch => "token_mismatch",
            Self::TokenExpired => "token_expired",
            Self::Invalid => "invalid",
            Self::CartChanged => "cart_changed",
            Self::OutOfStock => "out_of_stock",
            Self::Repeat => "repeat",
            Self::InProgress => "in_progress",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::NoAnswer => "no_answer",
        }
    }

    /// The code of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }

    /// The one table of HTTP statuses.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::TokenMissing | Self::Malformed => 400,
            Self::TokenRefused => 403,
            Self::NotFound => 404,
            Self::CartEmpty
            | Self::AlreadyOrdered
            | Self::Cancelled
            | Self::CartChanged
            | Self::OutOfStock
            | Self::Repeat
            | Self::InProgress => 409,
            Self::TokenExpired => 410,
            Self::TokenMismatch | Self::Invalid => 422,
            Self::Throttled => 429,
            Self::Unavailable | Self::OutcomeUnknown | Self::NoAnswer => 503,
        }
    }

    /// After how many seconds it makes sense to send the same again; `None` where it makes none.
    #[must_use]
    pub const fn retry_after_s(self) -> Option<u32> {
        match self.http_status() {
            429 | 503 => Some(2),
            _ if matches!(self, Self::InProgress) => Some(2),
            _ => None,
        }
    }

    /// What the failure says of the order: whether it is certain that none was placed.
    #[must_use]
    pub const fn certainty(self) -> Certainty {
        match self {
            // An earlier submission of the same intent may have been placed, also where this one certainly was not.
            Self::InProgress | Self::OutcomeUnknown | Self::NoAnswer | Self::Throttled | Self::Unavailable => {
                Certainty::Unknown
            }
            Self::Invalid | Self::Repeat => Certainty::NotOrderedSameToken,
            Self::NotFound
            | Self::CartEmpty
            | Self::AlreadyOrdered
            | Self::Cancelled
            | Self::TokenMissing
            | Self::Malformed
            | Self::TokenRefused
            | Self::TokenMismatch
            | Self::TokenExpired
            | Self::CartChanged
            | Self::OutOfStock => Certainty::NotOrderedFreshToken,
        }
    }
}

/// What a failure says of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// It may have been placed; only the same token may be sent again.
    Unknown,
    /// This submission placed nothing, and the same token is still good.
    NotOrderedSameToken,
    /// This submission placed nothing, and a fresh page is needed.
    NotOrderedFreshToken,
}

/// A failure as the shopper may see it. The cause stays in the server's log.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Failure {
    /// Why.
    pub code: FailureCode,
    /// For [`FailureCode::Invalid`]: every field with a problem.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// For [`FailureCode::Repeat`]: the earlier order, once it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<EarlierOrder>,
}

impl Failure {
    /// Whether the order may have been placed all the same.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        self.code.certainty() == Certainty::Unknown
    }

    /// As it travels.
    #[must_use]
    pub fn to_json(&self) -> String {
        String::from_utf8_lossy(&self.ser()).into_owned()
    }

    /// Whether nothing was ordered, and only a fresh page can order.
    #[must_use]
    pub fn needs_fresh_token(&self) -> bool {
        self.code.certainty() == Certainty::NotOrderedFreshToken
    }
}

/// The order that a repeat was noticed by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EarlierOrder {
    /// The number that people read to each other.
    pub number: String,
    /// Where its receipt is.
    pub url: String,
    /// How long ago it was placed.
    pub age_s: u64,
}

impl From<FailureCode> for Failure {
    fn from(code: FailureCode) -> Self {
        Self {
            code,
            fields: Vec::new(),
            earlier: None,
        }
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    /// Serde's texts and the transport's stay out of the answer.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => FailureCode::Malformed,
            _ => FailureCode::NoAnswer,
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_survives_the_wire() {
        use checkout::contact::{Field, FieldProblem};
        let failure = Failure {
            code: FailureCode::Invalid,
            fields: vec![FieldError {
                field: Field::Email,
                problem: FieldProblem::NotAnEmail,
            }],
            earlier: None,
        };
        assert_eq!(Failure::de(failure.ser()), failure);
    }

    #[test]
    fn codes_have_one_name_everywhere() {
        for code in FailureCode::ALL {
            assert_eq!(FailureCode::parse(code.as_str()), Some(code));
            let json = String::from_utf8_lossy(&Failure::from(code).ser()).into_owned();
            assert_eq!(json, format!("{{\"code\":\"{}\"}}", code.as_str()));
        }
    }

    #[test]
    fn bad_arguments_show_nothing_of_the_parser() {
        let failure = Failure::from_server_fn_error(ServerFnErrorErr::Args("missing field `secret`".into()));
        assert_eq!(failure, FailureCode::Malformed.into());
        assert!(!String::from_utf8_lossy(&failure.ser()).contains("secret"));
    }
}
