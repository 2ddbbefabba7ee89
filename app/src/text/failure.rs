use checkout::contact::{Field, FieldError, FieldProblem};

use super::{Around, Counted, button};
use crate::locale::Locale;
use crate::wire::{Failure, FailureCode};

/// What the shop says about a submission that did not lead to an order, and about fields.
struct Failures {
    not_found: &'static str,
    cart_empty: &'static str,
    already_ordered: &'static str,
    cancelled: &'static str,
    incomplete: &'static str,
    out_of_date: &'static str,
    refused: &'static str,
    expired: &'static str,
    invalid: &'static str,
    cart_changed: &'static str,
    out_of_stock: &'static str,
    /// Around how long ago it was; then the order's number follows.
    repeat: Around,
    repeat_running: &'static str,
    seconds: Counted,
    minutes: Counted,
    hours: Counted,
    fields: Fields,
    problems: Problems,
}

struct Fields {
    name: &'static str,
    email: &'static str,
    street: &'static str,
    postcode: &'static str,
    city: &'static str,
    country: &'static str,
}

struct Problems {
    missing: &'static str,
    too_long: &'static str,
    forbidden: &'static str,
    not_an_email: &'static str,
}

const fn failures(locale: Locale) -> &'static Failures {
    match locale {
        Locale::En => &EN,
        Locale::De => &DE,
    }
}

/// The name of a field on the page.
#[must_use]
pub const fn field(field: Field, locale: Locale) -> &'static str {
    let fields = &failures(locale).fields;
    match field {
        Field::Name => fields.name,
        Field::Email => fields.email,
        Field::Street => fields.street,
        Field::Postcode => fields.postcode,
        Field::City => fields.city,
        Field::Country => fields.country,
    }
}

/// What is wrong with a field, and what to do.
#[must_use]
pub fn field_error(error: FieldError, locale: Locale) -> String {
    let problems = &failures(locale).problems;
    let problem = match error.problem {
        FieldProblem::Missing => problems.missing,
        FieldProblem::TooLong => problems.too_long,
        FieldProblem::Forbidden => problems.forbidden,
        FieldProblem::NotAnEmail => problems.not_an_email,
    };
    [field(error.field, locale), ": ", problem].concat()
}

/// What a failed submission means for the shopper.
#[must_use]
pub fn failure(failure: &Failure, locale: Locale) -> String {
    let texts = failures(locale);
    let said = match failure.code {
        FailureCode::NotFound => texts.not_found,
        FailureCode::CartEmpty => texts.cart_empty,
        FailureCode::AlreadyOrdered => texts.already_ordered,
        FailureCode::Cancelled => texts.cancelled,
        FailureCode::TokenMissing | FailureCode::Malformed => texts.incomplete,
        FailureCode::TokenMismatch => texts.out_of_date,
        // Whoever logs out between two submissions may have ordered with the first.
        FailureCode::TokenRefused => texts.refused,
        FailureCode::TokenExpired => texts.expired,
        FailureCode::Invalid => texts.invalid,
        FailureCode::CartChanged => texts.cart_changed,
        FailureCode::OutOfStock => texts.out_of_stock,
        FailureCode::Repeat => return repeat(failure, texts),
        FailureCode::InProgress => button(locale).checking,
        FailureCode::Throttled | FailureCode::Unavailable | FailureCode::OutcomeUnknown | FailureCode::NoAnswer => {
            button(locale).status_unresolved
        }
    };
    said.to_owned()
}

fn repeat(failure: &Failure, texts: &Failures) -> String {
    match &failure.earlier {
        Some(earlier) => {
            let said = texts.repeat.put(&duration(earlier.age_s, texts));
            [&said, " (", &earlier.number, ")."].concat()
        }
        None => texts.repeat_running.to_owned(),
    }
}

/// A span of time, in its largest unit.
fn duration(seconds: u64, texts: &Failures) -> String {
    match seconds {
        0..60 => texts.seconds.put(seconds),
        60..3600 => texts.minutes.put(seconds / 60),
        _ => texts.hours.put(seconds / 3600),
    }
}

const EN: Failures = Failures {
    not_found: "This cart is not here. Nothing was ordered.",
    cart_empty: "Your cart is empty. Nothing was ordered.",
    already_ordered: "This cart is already ordered. You find it under your orders.",
    cancelled: "You cancelled this purchase. Nothing was ordered, and nothing will be.",
    incomplete: "The page did not send everything. Nothing was ordered. Please check below and buy again.",
    out_of_date: "This page was out of date. Nothing was ordered. Please check below and buy again.",
    refused: "This page belongs to somebody who logged in or out meanwhile. Nothing was ordered just now. Please look at \
              your orders before you buy again.",
    expired: "This page was open for too long. Nothing was ordered. Please check below and buy again.",
    invalid: "Nothing was ordered yet. Please check these fields.",
    cart_changed: "Your cart or a price changed meanwhile. Nothing was ordered. Please check the new total below.",
    out_of_stock: "We do not have enough of something in your cart. Nothing was ordered.",
    repeat: Around("You ordered this ", " ago"),
    repeat_running: "You are just ordering this on another page.",
    seconds: Counted {
        one: "second",
        other: "seconds",
    },
    minutes: Counted {
        one: "minute",
        other: "minutes",
    },
    hours: Counted {
        one: "hour",
        other: "hours",
    },
    fields: Fields {
        name: "Full name",
        email: "E-mail",
        street: "Street and number",
        postcode: "Postal code",
        city: "Town or city",
        country: "Country",
    },
    problems: Problems {
        missing: "please fill this in.",
        too_long: "please write this shorter.",
        forbidden: "please leave out line breaks and control characters.",
        not_an_email: "please write it as name@example.org.",
    },
};

const DE: Failures = Failures {
    not_found: "Diesen Warenkorb gibt es hier nicht. Es wurde nichts bestellt.",
    cart_empty: "Ihr Warenkorb ist leer. Es wurde nichts bestellt.",
    already_ordered: "Dieser Warenkorb ist schon bestellt. Sie finden ihn unter Ihren Bestellungen.",
    cancelled: "Sie haben diesen Kauf abgebrochen. Es wurde nichts bestellt, und das bleibt so.",
    incomplete: "Die Seite hat nicht alles abgeschickt. Es wurde nichts bestellt. Bitte prüfen Sie unten alles und kaufen \
                 Sie noch einmal.",
    out_of_date: "Diese Seite war veraltet. Es wurde nichts bestellt. Bitte prüfen Sie unten alles und kaufen Sie noch \
                  einmal.",
    refused: "Diese Seite gehört zu jemandem, der sich inzwischen an- oder abgemeldet hat. Es wurde eben nichts \
              bestellt. Bitte sehen Sie unter Ihren Bestellungen nach, bevor Sie noch einmal kaufen.",
    expired: "Diese Seite war zu lange offen. Es wurde nichts bestellt. Bitte prüfen Sie unten alles und kaufen Sie noch \
              einmal.",
    invalid: "Es wurde noch nichts bestellt. Bitte prüfen Sie diese Felder.",
    cart_changed: "Ihr Warenkorb oder ein Preis hat sich inzwischen geändert. Es wurde nichts bestellt. Bitte prüfen Sie \
                   unten die neue Summe.",
    out_of_stock: "Von etwas in Ihrem Warenkorb haben wir nicht genug. Es wurde nichts bestellt.",
    repeat: Around("Sie haben das vor ", " schon bestellt"),
    repeat_running: "Sie bestellen das gerade auf einer anderen Seite.",
    seconds: Counted {
        one: "Sekunde",
        other: "Sekunden",
    },
    minutes: Counted {
        one: "Minute",
        other: "Minuten",
    },
    hours: Counted {
        one: "Stunde",
        other: "Stunden",
    },
    fields: Fields {
        name: "Vor- und Nachname",
        email: "E-Mail",
        street: "Straße und Hausnummer",
        postcode: "Postleitzahl",
        city: "Ort",
        country: "Land",
    },
    problems: Problems {
        missing: "Bitte füllen Sie dieses Feld aus.",
        too_long: "Bitte schreiben Sie das kürzer.",
        forbidden: "Bitte ohne Zeilenumbrüche und Steuerzeichen.",
        not_an_email: "Bitte in der Form name@example.org.",
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_their_largest_unit() {
        for (seconds, english, german) in [
            (0, "0 seconds", "0 Sekunden"),
            (1, "1 second", "1 Sekunde"),
            (179, "2 minutes", "2 Minuten"),
            (3600, "1 hour", "1 Stunde"),
        ] {
            assert_eq!(duration(seconds, &EN), english);
            assert_eq!(duration(seconds, &DE), german);
        }
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
        assert_eq!(
            failure(&repeat, Locale::En),
            "You ordered this 40 seconds ago (A7K-4F2Q)."
        );
        assert_eq!(
            failure(&repeat, Locale::De),
            "Sie haben das vor 40 Sekunden schon bestellt (A7K-4F2Q)."
        );
    }

    #[test]
    fn a_field_error_names_the_field_and_what_to_do() {
        let error = FieldError {
            field: Field::City,
            problem: FieldProblem::Missing,
        };
        assert_eq!(field_error(error, Locale::En), "Town or city: please fill this in.");
        assert_eq!(field_error(error, Locale::De), "Ort: Bitte füllen Sie dieses Feld aus.");
    }
}
