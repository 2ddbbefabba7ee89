use checkout::account::PasswordProblem;
use checkout::contact::{Field, FieldError};

use super::{field_error, pages};
use crate::account::AccountProblem;
use crate::locale::Locale;

/// What is wrong with what was typed to log in, to register or to look an order up, and what to do.
#[must_use]
pub fn account_problem(problem: AccountProblem, locale: Locale) -> String {
    let texts = &pages(locale).account.problems;
    let said = match problem {
        AccountProblem::Email(problem) => {
            let field = Field::Email;
            return field_error(FieldError { field, problem }, locale);
        }
        AccountProblem::Throttled { wait_s } => {
            let wait = match wait_s {
                0..=90 => texts.seconds.put(wait_s),
                _ => texts.minutes.put(wait_s.div_ceil(60)),
            };
            return texts.throttled.put(&wait);
        }
        AccountProblem::Password(PasswordProblem::Missing) => texts.password_missing,
        AccountProblem::Password(PasswordProblem::TooShort) => texts.password_short,
        AccountProblem::Password(PasswordProblem::TooLong) => texts.password_long,
        AccountProblem::Password(PasswordProblem::TooEasy) => texts.password_easy,
        AccountProblem::NumberMissing => texts.number_missing,
        AccountProblem::WrongCredentials => texts.wrong,
        AccountProblem::EmailTaken => texts.taken,
        AccountProblem::NoSuchOrder => texts.no_order,
        AccountProblem::Unavailable => texts.unavailable,
    };
    said.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::account::Password;

    #[test]
    fn a_wait_is_told_in_seconds_and_then_in_minutes() {
        let said = |wait_s, locale| account_problem(AccountProblem::Throttled { wait_s }, locale);
        assert!(said(1, Locale::En).ends_with("in 1 second."));
        assert!(said(30, Locale::De).ends_with("in 30 Sekunden."));
        assert!(said(121, Locale::En).ends_with("in 3 minutes."));
    }

    #[test]
    fn the_texts_name_the_limits_that_hold() {
        for locale in Locale::ALL {
            let said = |problem| account_problem(AccountProblem::Password(problem), locale);
            assert!(said(PasswordProblem::TooShort).contains(&Password::FEWEST_CHARACTERS.to_string()));
            assert!(said(PasswordProblem::TooLong).contains(&Password::MOST_CHARACTERS.to_string()));
            let hint = pages(locale).account.password_hint;
            assert!(hint.contains(&Password::FEWEST_CHARACTERS.to_string()));
        }
    }
}
