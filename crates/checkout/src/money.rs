//! Money as integer minor units of an ISO 4217 currency. Never a float.

use std::fmt;

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

    const fn symbol(self) -> &'static str {
        match self {
            Self::Eur => "€",
            Self::Usd => "$",
            Self::Jpy => "¥",
            Self::Kwd => "KWD\u{a0}",
        }
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
}

/// English, as `Intl.NumberFormat("en", { style: "currency" })` writes it: `€1,234.50`, `¥500`, `-$0.05`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent();
        let unit = 10_u64.pow(exponent);
        let (whole, fraction) = (
            self.amount_minor.unsigned_abs() / unit,
            self.amount_minor.unsigned_abs() % unit,
        );
        if self.amount_minor < 0 {
            f.write_str("-")?;
        }
        f.write_str(self.currency.symbol())?;
        f.write_str(&group_thousands(whole))?;
        if exponent > 0 {
            write!(f, ".{fraction:0width$}", width = exponent as usize)?;
        }
        Ok(())
    }
}

fn group_thousands(whole: u64) -> String {
    let digits = whole.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_with_the_digits_of_their_currency() {
        for (amount, currency, text) in [
            (4990, Currency::Eur, "€49.90"),
            (123_456_789, Currency::Usd, "$1,234,567.89"),
            (500, Currency::Jpy, "¥500"),
            (1_234_567, Currency::Kwd, "KWD\u{a0}1,234.567"),
            (-5, Currency::Usd, "-$0.05"),
            (0, Currency::Eur, "€0.00"),
            (i64::MIN, Currency::Jpy, "-¥9,223,372,036,854,775,808"),
        ] {
            assert_eq!(Money::new(amount, currency).to_string(), text);
        }
    }

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
    fn codes_are_read_back() {
        for code in ["EUR", "USD", "JPY", "KWD"] {
            assert_eq!(Currency::from_code(code).map(Currency::code), Some(code));
        }
        assert_eq!(Currency::from_code("eur"), None);
    }
}
