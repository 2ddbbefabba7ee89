//! The buy button as a pure state machine: `step(state, event)` gives the next state and what to do about it. The
//! island renders the state and performs the effects; nothing here knows of a browser.
//!
//! Three rules hold in every order of events:
//! * only [`State::can_send`] states send, and only on a click;
//! * what is unknown never turns into failed by itself;
//! * placed is final, and a late "placed" still wins.

use checkout::contact::Field;

use crate::locale::Locale;
use crate::text;
use crate::wire::{Certainty, Failure, FailureCode, Receipt};

/// Counts the submissions of one page, so that late answers and timers are told from those of now.
pub type Submission = u32;

/// The button: its state, and how often it sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    latest: Submission,
    state: State,
}

/// Where the button is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing was sent yet.
    Idle,
    /// A submission has been under way for this long.
    Submitting(Patience),
    /// It is not known whether the order was placed.
    Unresolved,
    /// The same product was ordered a moment ago; the shopper is asked.
    Repeat(Failure),
    /// Nothing was ordered, and the shopper can mend it here.
    Failed(Failure),
    /// The order stands.
    Placed(Receipt),
}

/// How long a submission has been under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Patience {
    /// Less than 400 ms: nothing is said yet.
    Fresh,
    /// 400 ms and more.
    Waiting,
    /// 5 s and more.
    Slow,
    /// 10 s and more.
    VerySlow,
    /// 12 s: the page stops waiting.
    GivenUp,
}

impl Patience {
    /// When each step is reached, in milliseconds after the submission.
    pub const STEPS: [(Self, u32); 4] = [
        (Self::Waiting, 400),
        (Self::Slow, 5_000),
        (Self::VerySlow, 10_000),
        (Self::GivenUp, 12_000),
    ];
}

/// What happens to the button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The shopper submits the form: a click, or Enter.
    Submit,
    /// A submission has been under way for this long.
    Waited(Submission, Patience),
    /// The answer to a submission.
    Answered(Submission, Result<Receipt, Failure>),
}

/// What the island does about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send the form, and start the timers.
    Send {
        /// Which submission it is.
        submission: Submission,
        /// Whether the shopper was asked about an earlier order.
        repeat_confirmed: bool,
    },
    /// Let the form be submitted again.
    Unlock,
    /// Mark these fields as wrong, and no others; move the focus to the summary of what is wrong.
    ShowErrors(Vec<Field>),
    /// Go to the receipt; the page is not kept in the history.
    ShowReceipt(String),
    /// Load the page anew, for a fresh token, and say why.
    FreshPage(FailureCode),
}

impl Button {
    /// The button that the server rendered, with what it said of the plain form, if that was sent.
    #[must_use]
    pub fn opening(rejected: Option<Failure>) -> Self {
        Self {
            latest: 0,
            state: rejected.map_or(State::Idle, State::of),
        }
    }

    /// Where it is.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }
}

impl State {
    fn of(failure: Failure) -> Self {
        match (failure.code, failure.code.certainty()) {
            (FailureCode::Repeat, _) => Self::Repeat(failure),
            (_, Certainty::Unknown) => Self::Unresolved,
            _ => Self::Failed(failure),
        }
    }

    /// Whether a submit event sends.
    #[must_use]
    pub const fn can_send(&self) -> bool {
        matches!(self, Self::Idle | Self::Unresolved | Self::Repeat(_) | Self::Failed(_))
    }

    /// The value of `data-state`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Submitting(Patience::Slow) => "slow",
            Self::Submitting(Patience::VerySlow | Patience::GivenUp) => "very-slow",
            Self::Submitting(_) => "submitting",
            Self::Unresolved => "unresolved",
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
            Self::Idle | Self::Failed(_) | Self::Submitting(Patience::Fresh) => texts.buy_now.put(total),
            Self::Submitting(_) => texts.placing.to_owned(),
            Self::Unresolved => texts.try_again.to_owned(),
            Self::Repeat(_) => texts.buy_it_again.put(total),
            Self::Placed(_) => texts.placed.to_owned(),
        }
    }

    /// The polite line beside the button.
    #[must_use]
    pub fn status(&self, locale: Locale) -> String {
        let texts = text::button(locale);
        match self {
            Self::Idle | Self::Failed(_) | Self::Submitting(Patience::Fresh) => String::new(),
            Self::Submitting(Patience::Waiting) => texts.status_placing.to_owned(),
            Self::Submitting(Patience::Slow) => texts.status_slow.to_owned(),
            Self::Submitting(_) => texts.status_very_slow.to_owned(),
            Self::Unresolved => texts.status_unresolved.to_owned(),
            Self::Repeat(failure) => text::failure(failure, locale),
            Self::Placed(receipt) => texts.status_placed.put(&receipt.number),
        }
    }

    /// What the summary above the form lists.
    #[must_use]
    pub const fn failed(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }
}

/// The next state, and what to do about it. An event that the state does not expect changes nothing.
#[must_use]
pub fn step(button: &Button, event: Event) -> (Button, Vec<Effect>) {
    let latest = button.latest;
    let (state, effects) = match (&button.state, event) {
        (State::Placed(_), _) => return (button.clone(), vec![]),
        // A late "placed" wins over anything but an earlier "placed".
        (_, Event::Answered(_, Ok(receipt))) => {
            let show = Effect::ShowReceipt(receipt.url.clone());
            (State::Placed(receipt), vec![show])
        }
        (state, Event::Submit) if state.can_send() => return send(button),
        (State::Submitting(_), Event::Answered(of, Err(failure))) if of == latest => refused(failure),
        (State::Submitting(_), Event::Waited(of, Patience::GivenUp)) if of == latest => {
            (State::Unresolved, vec![Effect::Unlock])
        }
        (State::Submitting(before), Event::Waited(of, patience)) if of == latest && patience > *before => {
            (State::Submitting(patience), vec![])
        }
        (state, _) => (state.clone(), vec![]),
    };
    (Button { latest, state }, effects)
}

fn send(button: &Button) -> (Button, Vec<Effect>) {
    let submission = button.latest + 1;
    let repeat_confirmed = matches!(button.state, State::Repeat(_));
    let next = Button {
        latest: submission,
        state: State::Submitting(Patience::Fresh),
    };
    (
        next,
        vec![Effect::Send {
            submission,
            repeat_confirmed,
        }],
    )
}

fn refused(failure: Failure) -> (State, Vec<Effect>) {
    let code = failure.code;
    let fields = failure.fields.iter().map(|error| error.field).collect();
    let next = State::of(failure);
    let effects = match (&next, code.certainty()) {
        (_, Certainty::NotOrderedFreshToken) => vec![Effect::FreshPage(code)],
        (State::Failed(_), _) => vec![Effect::Unlock, Effect::ShowErrors(fields)],
        _ => vec![Effect::Unlock],
    };
    (next, effects)
}

#[cfg(test)]
mod tests;
