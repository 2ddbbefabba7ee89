//! What the shop says. Plain words: what happened to the order, and what to do next.

use checkout::time::Timestamp;
use time::OffsetDateTime;

use checkout::contact::{Field, FieldError, FieldProblem};

use crate::wire::{Failure, FailureCode};

/// The label of the button that binds.
#[must_use]
pub fn buy_now(total: &str) -> String {
    format!("Buy now · {total}")
}

/// The label after a repeat was noticed.
#[must_use]
pub fn buy_it_again(total: &str) -> String {
    format!("Buy it again · {total}")
}

/// The label while the order is being placed.
pub const PLACING: &str = "Placing your order…";
/// The label while the page asks what became of the order.
pub const CHECKING: &str = "Checking your order…";
/// The label when it is not known whether the order was placed.
pub const TRY_AGAIN: &str = "Try again safely";
/// The label once the order stands.
pub const PLACED: &str = "✓ Order placed";

/// The link to the page that tells what became of an order.
pub const LOOK_UP: &str = "Look up this order";
/// Before the title of a page on which something is wrong.
pub const ERROR: &str = "Error: ";

/// The status line while the order is being placed.
pub const STATUS_PLACING: &str = "Placing your order.";
/// The status line after 5 s.
pub const STATUS_SLOW: &str =
    "This is taking longer than usual. Please keep this page open. You will not be charged twice.";
/// The status line after 10 s.
pub const STATUS_VERY_SLOW: &str = "Still working. You can also check your order's status.";
/// The status line while the page asks what became of the order.
pub const STATUS_CHECKING: &str = "We lost contact, so we're checking whether your order went through.";
/// The status line when nothing was sent.
pub const STATUS_OFFLINE: &str = "You're offline. Your order was not sent.";

/// The status line once the order stands.
#[must_use]
pub fn status_placed(number: &str) -> String {
    format!("Order {number} placed.")
}

/// The name of a field on the page.
#[must_use]
pub const fn field(field: Field) -> &'static str {
    match field {
        Field::Name => "Full name",
        Field::Email => "E-mail",
        Field::Street => "Street and number",
        Field::Postcode => "Postal code",
        Field::City => "Town or city",
        Field::Country => "Country",
    }
}

/// What is wrong with a field, and what to do.
#[must_use]
pub fn field_error(error: FieldError) -> String {
    let name = field(error.field);
    match error.problem {
        FieldProblem::Missing => format!("{name}: please fill this in."),
        FieldProblem::TooLong => format!("{name}: please write this shorter."),
        FieldProblem::Forbidden => format!("{name}: please leave out line breaks and control characters."),
        FieldProblem::NotAnEmail => format!("{name}: please write it as name@example.org."),
    }
}

/// What a failed submission means for the shopper.
#[must_use]
pub fn failure(failure: &Failure) -> String {
    match failure.code {
        FailureCode::NotFound => "This cart is not here. Nothing was ordered.".into(),
        FailureCode::CartEmpty => "Your cart is empty. Nothing was ordered.".into(),
        FailureCode::AlreadyOrdered => "This cart is already ordered. You find it under your orders.".into(),
        FailureCode::Cancelled => "You cancelled this purchase. Nothing was ordered, and nothing will be.".into(),
        FailureCode::TokenMissing | FailureCode::Malformed => {
            "The page did not send everything. Nothing was ordered. Please check below and buy again.".into()
        }
        FailureCode::TokenRefused | FailureCode::TokenMismatch => {
            "This page was out of date. Nothing was ordered. Please check below and buy again.".into()
        }
        FailureCode::TokenExpired => {
            "This page was open for too long. Nothing was ordered. Please check below and buy again.".into()
        }
        FailureCode::Invalid => "Nothing was ordered yet. Please check these fields.".into(),
        FailureCode::CartChanged => {
            "Your cart or a price changed meanwhile. Nothing was ordered. Please check the new total below.".into()
        }
        FailureCode::OutOfStock => "We do not have enough of something in your cart. Nothing was ordered.".into(),
        FailureCode::Repeat => repeat(failure),
        FailureCode::InProgress => "Checking your order…".into(),
        FailureCode::Unavailable | FailureCode::OutcomeUnknown | FailureCode::NoAnswer => {
            "We couldn't confirm your order yet. Trying again can't create a second one.".into()
        }
    }
}

fn repeat(failure: &Failure) -> String {
    match &failure.earlier {
        Some(earlier) => format!("You ordered this {} ago ({}).", duration(earlier.age_s), earlier.number),
        None => "You are just ordering this on another page.".into(),
    }
}

/// A span of time, in its largest unit.
#[must_use]
pub fn duration(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        _ => (seconds / 3600, "hour"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

/// A point in time, to the minute.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    let seconds = i64::try_from(at.unix_ms / 1000).unwrap_or_default();
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{} {} {}, {:02}:{:02} UTC",
        at.day(),
        at.month(),
        at.year(),
        at.hour(),
        at.minute()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_their_largest_unit() {
        for (seconds, text) in [(0, "0 seconds"), (1, "1 second"), (179, "2 minutes"), (3600, "1 hour")] {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn moments_are_told_to_the_minute() {
        assert_eq!(
            moment(Timestamp::from_unix_ms(1_700_000_000_000)),
            "14 November 2023, 22:13 UTC"
        );
    }

    #[test]
    fn a_repeat_names_the_earlier_order() {
        let earlier = crate::wire::EarlierOrder {
            number: "A7K-4F2Q".into(),
            url: String::new(),
            age_s: 40,
        };
        let repeat = Failure {
            earlier: Some(earlier),
            ..FailureCode::Repeat.into()
        };
        assert_eq!(failure(&repeat), "You ordered this 40 seconds ago (A7K-4F2Q).");
    }
}
