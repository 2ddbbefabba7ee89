//! What can happen around the button.

use super::{Timer, receipt};
use crate::buy::{Event, Found};
use crate::wire::FailureCode;

/// What can happen in a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    Click,
    TimerRunsOff(Timer),
    /// The server places the order, or finds it, and the answer arrives.
    AnswerPlaced,
    AnswerRefused(FailureCode),
    AnswerLost,
    AnswerUnreadable,
    /// A request that nobody waits for is carried out: one of the latest click, or of an earlier one.
    AdriftPlaces {
        latest_click: bool,
    },
    LateAnswer,
    Found(FoundKind),
    FoundLate,
    GoesOffline,
    ComesOnline,
    BackFromCache,
    Reload,
    FreshPageArrives,
    AnotherTabOrders,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FoundKind {
    Placed,
    Running,
    Nothing,
    NoAnswer,
}

impl FoundKind {
    /// What the button hears of it.
    pub(super) fn event(self, round: u32) -> Event {
        let found = match self {
            Self::Placed => Found::Placed(receipt()),
            Self::Running => Found::Running,
            Self::Nothing => Found::Nothing,
            Self::NoAnswer => Found::NoAnswer,
        };
        Event::Found { round, found }
    }
}
