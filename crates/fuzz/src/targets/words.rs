//! Money, contacts, and orders as JSON.

use app::wire::SubmitOrder;
use checkout::cart::ShopperId;
use checkout::contact::{Contact, ContactForm};
use checkout::locale::Locale;
use checkout::money::{Currency, Money, format};
use proptest::prelude::*;
use uuid::Uuid;

use super::kept;
use crate::inputs::text_like;
use crate::run::{Amount, Outcome, must, run};
use crate::shop::Shop;

/// Money is added and multiplied exactly or not at all, is shown with all its digits, and includes no more tax than it is.
pub(super) fn money(amount: Amount, _: &Shop) -> Outcome {
    let currency = prop_oneof![
        Just(Currency::Eur),
        Just(Currency::Usd),
        Just(Currency::Jpy),
        Just(Currency::Kwd)
    ];
    let minor = || prop_oneof![any::<i64>(), -100_000..100_000_i64, Just(i64::MIN), Just(i64::MAX)];
    let inputs = (currency, minor(), minor(), any::<u32>(), 0..1000_u32);
    run(
        kept!("money"),
        &inputs,
        amount,
        |(currency, minor, more, quantity, rate)| {
            let money = Money::new(minor, currency);
            let exact = |wide: i128| i64::try_from(wide).ok();
            let sum = money.plus(Money::new(more, currency)).map(|sum| sum.amount_minor);
            must(sum == exact(i128::from(minor) + i128::from(more)), || {
                format!("{sum:?}")
            })?;
            let product = money.times(quantity).map(|product| product.amount_minor);
            must(product == exact(i128::from(minor) * i128::from(quantity)), || {
                format!("{product:?}")
            })?;
            let tax = money.tax_included(rate).amount_minor;
            must(tax.unsigned_abs() <= minor.unsigned_abs(), || format!("a tax of {tax}"))?;
            for locale in [Locale::En, Locale::De] {
                let shown = format(money, locale);
                let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
                must(digits.parse() == Ok(minor.unsigned_abs()), || shown.clone())?;
                must((minor < 0) == shown.starts_with('-'), || shown)?;
            }
            Ok(())
        },
    )
}

fn contact_form() -> impl Strategy<Value = ContactForm> {
    let text = || text_like(&["Ada Lovelace", "ada@example.org", "12 St James's Square", "SW1Y 4JH"]);
    (text(), text(), text(), text(), text(), text()).prop_map(|(name, email, street, postcode, city, country)| {
        ContactForm {
            name,
            email,
            street,
            postcode,
            city,
            country,
        }
    })
}

/// What is accepted of a receiver holds no control characters, and no line that a mail could take for another.
pub(super) fn contact(amount: Amount, _: &Shop) -> Outcome {
    run(kept!("contact"), &contact_form(), amount, |form| {
        let Ok(contact) = Contact::parse(&form) else {
            return Ok(());
        };
        let shown = format!("{contact:?}");
        must(!shown.chars().any(char::is_control), || shown.clone())?;
        must(Contact::parse(&form).is_ok_and(|again| again == contact), || shown)
    })
}

/// An order as JSON is read or refused, and what was read is written as it was.
pub(super) fn order_json(amount: Amount, shop: &Shop) -> Outcome {
    let genuine = serde_json::to_string(
        &shop
            .fields
            .iter()
            .cloned()
            .collect::<std::collections::BTreeMap<_, _>>(),
    );
    let genuine = genuine.expect("texts are JSON");
    run(
        kept!("order-json"),
        &text_like(&[&genuine, "{}", "[]"]),
        amount,
        |text| {
            let Ok(order) = serde_json::from_str::<SubmitOrder>(&text) else {
                return Ok(());
            };
            let again = serde_json::to_string(&order).ok();
            let again = again.and_then(|text| serde_json::from_str::<SubmitOrder>(&text).ok());
            must(again.as_ref() == Some(&order), || {
                "it is not read as it is written".to_owned()
            })?;
            // Any answer will do.
            let _ = order.parse(ShopperId::from_uuid(Uuid::from_u128(1)));
            Ok(())
        },
    )
}
