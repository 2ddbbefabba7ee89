//! What the shopper sees and hears of each state.

use super::state::{Patience, State};
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
    pub fn label(&self, total: &str) -> String {
        match self {
            Self::Submitting(sending) if sending.patience > Patience::Fresh => text::PLACING.to_owned(),
            Self::Idle | Self::Failed(_) | Self::Offline | Self::Submitting(_) => text::buy_now(total),
            Self::Verifying(_) => text::CHECKING.to_owned(),
            Self::Unresolved(_) => text::TRY_AGAIN.to_owned(),
            Self::Repeat(_) => text::buy_it_again(total),
            Self::Placed(_) => text::PLACED.to_owned(),
        }
    }

    /// The polite line beside the button.
    #[must_use]
    pub fn status(&self) -> String {
        match self {
            Self::Idle | Self::Failed(_) => String::new(),
            Self::Submitting(sending) => match sending.patience {
                Patience::Fresh => "",
                Patience::Waiting | Patience::Seen => text::STATUS_PLACING,
                Patience::Slow => text::STATUS_SLOW,
                Patience::VerySlow | Patience::GivenUp => text::STATUS_VERY_SLOW,
            }
            .to_owned(),
            Self::Verifying(_) => text::STATUS_CHECKING.to_owned(),
            Self::Unresolved(_) => text::failure(&FailureCode::OutcomeUnknown.into()),
            Self::Offline => text::STATUS_OFFLINE.to_owned(),
            Self::Repeat(failure) => text::failure(failure),
            Self::Placed(receipt) => text::status_placed(&receipt.number),
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
