use super::{Currency, Money};
use crate::locale::Locale;

/// Between an amount and its currency.
const NO_BREAK_SPACE: &str = "\u{a0}";

/// Money as people write it in a language: `€1,234.50` and `1.234,50 €`. The same as `Intl.NumberFormat` of style
/// `currency` writes; the app's `tests/intl.rs` compares the two.
#[must_use]
pub fn format(money: Money, locale: Locale) -> String {
    let sign = if money.amount_minor < 0 { "-" } else { "" };
    let number = decimal(money, locale);
    let symbol = symbol(money.currency);
    match locale {
        // A code, and not a sign, is set apart from its number.
        Locale::En if symbol.chars().all(|letter| letter.is_ascii_alphabetic()) => {
            [sign, symbol, NO_BREAK_SPACE, &number].concat()
        }
        Locale::En => [sign, symbol, &number].concat(),
        Locale::De => [sign, &number, NO_BREAK_SPACE, symbol].concat(),
    }
}

const fn symbol(currency: Currency) -> &'static str {
    match currency {
        Currency::Eur => "€",
        Currency::Usd => "$",
        Currency::Jpy => "¥",
        Currency::Kwd => "KWD",
    }
}

/// The amount without its sign, in groups of three digits.
fn decimal(money: Money, locale: Locale) -> String {
    let (group, point) = match locale {
        Locale::En => (',', '.'),
        Locale::De => ('.', ','),
    };
    let exponent = money.currency.exponent() as usize;
    // At least one digit before the point.
    let digits = ::std::format!("{:0width$}", money.amount_minor.unsigned_abs(), width = exponent + 1);
    let whole = digits.len() - exponent;
    let mut written = String::with_capacity(digits.len() + whole / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index == whole {
            written.push(point);
        } else if index > 0 && index < whole && (whole - index).is_multiple_of(3) {
            written.push(group);
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_with_the_digits_of_their_currency() {
        for (amount, currency, english, german) in [
            (4990, Currency::Eur, "€49.90", "49,90\u{a0}€"),
            (123_456_789, Currency::Usd, "$1,234,567.89", "1.234.567,89\u{a0}$"),
            (500, Currency::Jpy, "¥500", "500\u{a0}¥"),
            (1_234_567, Currency::Kwd, "KWD\u{a0}1,234.567", "1.234,567\u{a0}KWD"),
            (-5, Currency::Usd, "-$0.05", "-0,05\u{a0}$"),
            (0, Currency::Eur, "€0.00", "0,00\u{a0}€"),
            (
                i64::MIN,
                Currency::Jpy,
                "-¥9,223,372,036,854,775,808",
                "-9.223.372.036.854.775.808\u{a0}¥",
            ),
        ] {
            assert_eq!(format(Money::new(amount, currency), Locale::En), english);
            assert_eq!(format(Money::new(amount, currency), Locale::De), german);
        }
    }
}
