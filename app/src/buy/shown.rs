//! What the shopper sees and hears of each state.

use super::state::{Patience, State};
use crate::locale::Locale;
use crate::text;
use crate::wire::{Failure, FailureCode};

impl State {
    /// The value of `data-state`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Submitting(sending) => match sending.patience {
                Patience::Fresh | Patience::Waiting | Patience::Seen => "submitting",
                Patience::Slow => "slow",
                Patience::VerySlow | Patience::GivenUp => "very-slow",
            },
            Self::Verifying(_) => "verifying",
            Self::Unresolved(_) => "unresolved",
            Self::Offline => "offline",
            Self::Repeat(_) => "repeat",
            Self::Failed(_) => "failed",
            Self::Placed(_) => "placed",
        }
    }

    /// The label of the button, for an order of `total`.
    #[must_use]
    pub fn label(&self, total: &str, locale: Locale) -> String {
        let texts = text::button(locale);
        match self {
            Self::Submitting(sending) if sending.patience > Patience::Fresh => texts.placing.to_owned(),
            Self::Idle | Self::Failed(_) | Self::Offline | Self::Submitting(_) => texts.buy_now.put(total),
            Self::Verifying(_) => texts.checking.to_owned(),
            Self::Unresolved(_) => texts.try_again.to_owned(),
            Self::Repeat(_) => texts.buy_it_again.put(total),
            Self::Placed(_) => texts.placed.to_owned(),
        }
    }

    /// The polite line beside the button.
    #[must_use]
    pub fn status(&self, locale: Locale) -> String {
        let texts = text::button(locale);
        match self {
            Self::Idle | Self::Failed(_) => String::new(),
            Self::Submitting(sending) => match sending.patience {
                Patience::Fresh => "",
                Patience::Waiting | Patience::Seen => texts.status_placing,
                Patience::Slow => texts.status_slow,
                Patience::VerySlow | Patience::GivenUp => texts.status_very_slow,
            }
            .to_owned(),
            Self::Verifying(_) => texts.status_checking.to_owned(),
            Self::Unresolved(_) => texts.status_unresolved.to_owned(),
            Self::Offline => texts.status_offline.to_owned(),
            Self::Repeat(failure) => text::failure(failure, locale),
            Self::Placed(receipt) => texts.status_placed.put(&receipt.number),
        }
    }

    /// Whether the link to the page that tells of this order is offered.
    #[must_use]
    pub fn offers_look_up(&self) -> bool {
        match self {
            Self::Submitting(sending) => sending.patience >= Patience::VerySlow,
            Self::Verifying(_) | Self::Unresolved(_) => true,
            _ => false,
        }
    }

    /// What the summary above the button lists.
    #[must_use]
    pub fn summary(&self) -> Option<Failure> {
        match self {
            Self::Failed(failure) => Some(failure.clone()),
            Self::Unresolved(fields) if !fields.is_empty() => Some(Failure {
                fields: fields.clone(),
                ..FailureCode::OutcomeUnknown.into()
            }),
            _ => None,
        }
    }
}
