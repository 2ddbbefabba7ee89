//! Money as integer minor units of an ISO 4217 currency. Never a float.

use serde::{Deserialize, Serialize};

/// A currency the shop can sell in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Euro
    Eur,
    /// United States dollar
    Usd,
    /// Japanese yen, which has no minor unit
    Jpy,
    /// Kuwaiti dinar, whose minor unit is a thousandth
    Kwd,
}

impl Currency {
    /// The ISO 4217 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Eur => "EUR",
            Self::Usd => "USD",
            Self::Jpy => "JPY",
            Self::Kwd => "KWD",
        }
    }

    /// The ISO 4217 exponent: how many decimal digits the minor unit has.
    #[must_use]
    pub const fn exponent(self) -> u32 {
        match self {
            Self::Eur | Self::Usd => 2,
            Self::Jpy => 0,
            Self::Kwd => 3,
        }
    }

    /// The currency of an ISO 4217 code, in capitals.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Eur, Self::Usd, Self::Jpy, Self::Kwd]
            .into_iter()
            .find(|currency| currency.code() == code)
    }
}

/// An amount in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The amount in minor units: cents for EUR and USD, yen for JPY, fils for KWD.
    pub amount_minor: i64,
    /// The currency the amount is in.
    pub currency: Currency,
}

impl Money {
    /// `amount_minor` minor units of `currency`.
    #[must_use]
    pub const fn new(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }

    /// This amount `quantity` times; `None` when it does not fit 64 bits.
    #[must_use]
    pub fn times(self, quantity: u32) -> Option<Self> {
        Some(Self {
            amount_minor: self.amount_minor.checked_mul(i64::from(quantity))?,
            ..self
        })
    }

    /// The sum; `None` when the currencies differ or it does not fit 64 bits.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self {
            amount_minor: self.amount_minor.checked_add(other.amount_minor)?,
            ..self
        })
    }

    /// The tax of `rate_percent` that this amount includes, to the nearest minor unit; half a unit counts as one.
    #[must_use]
    pub fn tax_included(self, rate_percent: u32) -> Self {
        let (amount, rate) = (i128::from(self.amount_minor), i128::from(rate_percent));
        let gross = 100 + rate;
        let tax = (2 * amount * rate + gross).div_euclid(2 * gross);
        Self {
            // A part of an amount fits where the amount does.
            amount_minor: i64::try_from(tax).unwrap_or(self.amount_minor),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_refuses_what_does_not_fit() {
        let most = Money::new(i64::MAX, Currency::Eur);
        assert_eq!(most.times(2), None);
        assert_eq!(most.plus(Money::new(1, Currency::Eur)), None);
        assert_eq!(most.plus(Money::new(-1, Currency::Usd)), None);
        assert_eq!(
            Money::new(250, Currency::Eur).times(3),
            Some(Money::new(750, Currency::Eur))
        );
    }

    #[test]
    fn the_included_tax_is_rounded_to_the_nearest_minor_unit() {
        let tax = |amount, rate| Money::new(amount, Currency::Eur).tax_included(rate).amount_minor;
        // 119.00 = 100.00 + 19.00; 49.90 = 41.93… + 7.967…
        assert_eq!((tax(11_900, 19), tax(4_990, 19)), (1_900, 797));
        // 0.03 at 100 % is 0.015 of tax: half a cent counts as one.
        assert_eq!((tax(3, 100), tax(1, 19), tax(0, 19)), (2, 0, 0));
        assert_eq!(tax(i64::MAX, 0), 0);
        assert_eq!(tax(i64::MAX, 100), i64::MAX / 2 + 1);
        for amount in 0..2_000 {
            let net = amount - tax(amount, 19);
            // The tax on the net amount differs from the tax in the gross one by less than one unit.
            assert!((net * 119 - amount * 100).abs() < 119, "{amount}");
        }
    }

    #[test]
    fn codes_are_read_back() {
        for code in ["EUR", "USD", "JPY", "KWD"] {
            assert_eq!(Currency::from_code(code).map(Currency::code), Some(code));
        }
        assert_eq!(Currency::from_code("eur"), None);
    }
}
