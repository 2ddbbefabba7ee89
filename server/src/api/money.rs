use checkout::money::Currency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Money {
    /// In minor units: cents for EUR.
    // Up to what every reader of JSON can hold (RFC 8259 §6).
    #[schema(example = 1290, minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    #[serde(deserialize_with = "super::json::whole")]
    pub(super) amount_minor: i64,
    /// The ISO 4217 code.
    #[schema(example = "EUR", pattern = "^[A-Z]{3}$")]
    pub(super) currency: String,
}

impl From<checkout::money::Money> for Money {
    fn from(money: checkout::money::Money) -> Self {
        Self {
            amount_minor: money.amount_minor,
            currency: money.currency.code().to_owned(),
        }
    }
}

impl Money {
    /// The core's word for it; none in a currency that the shop does not know.
    pub(super) fn parse(&self) -> Option<checkout::money::Money> {
        let currency = Currency::from_code(&self.currency)?;
        Some(checkout::money::Money::new(self.amount_minor, currency))
    }
}
