//! The words of the state machine.

use checkout::contact::FieldError;

use crate::wire::{Certainty, Failure, FailureCode, Receipt};

/// The button, and what it must remember.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Button {
    pub(super) state: State,
    /// Counts the requests that were sent, so that a late answer is told from the one that is waited for.
    pub(super) posts: u32,
    /// Counts what timers and look-ups belong to: those of an earlier round mean nothing.
    pub(super) round: u32,
    /// Whether the browser says that it is online.
    pub(super) online: bool,
    /// Whether an earlier submission may have been placed: no answer to it is known.
    pub(super) doubt: bool,
}

/// Where the button is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Nothing was sent yet.
    Idle,
    /// A submission is under way.
    Submitting(Sending),
    /// The answer is missing; the page asks what became of the submission.
    Verifying(Look),
    /// It is not known whether the order was placed. These fields must be mended before trying again.
    Unresolved(Vec<FieldError>),
    /// The browser is offline, and nothing was sent.
    Offline,
    /// The same product was ordered a moment ago; the shopper is asked.
    Repeat(Failure),
    /// Nothing was ordered.
    Failed(Failure),
    /// The order stands.
    Placed(Receipt),
}

/// A submission that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sending {
    /// How long since the click.
    pub patience: Patience,
    /// How often the page repeated the request.
    pub repeats: u8,
    /// A refusal that is told once the spinner has been there for long enough to be seen.
    pub held: Option<Failure>,
}

/// How the page asks what became of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Look {
    /// Again and again; silence is no answer.
    Often,
    /// Once; if no order is known then, the shopper decides.
    Once,
}

/// How long a submission has been under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Patience {
    /// Less than 400 ms: nothing is said yet.
    Fresh,
    /// 400 ms and more: the spinner is there.
    Waiting,
    /// 900 ms and more: the spinner was there for 500 ms and may go.
    Seen,
    /// 5 s and more.
    Slow,
    /// 10 s and more.
    VerySlow,
    /// 12 s: the page stops waiting.
    GivenUp,
}

impl Patience {
    /// When each step is reached, in milliseconds after the click.
    pub const STEPS: [(Self, u32); 5] = [
        (Self::Waiting, 400),
        (Self::Seen, 900),
        (Self::Slow, 5_000),
        (Self::VerySlow, 10_000),
        (Self::GivenUp, 12_000),
    ];
}

/// What the button waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// A submission has been under way for this long.
    Waited(Patience),
    /// The request may be repeated now.
    Repeat,
    /// The page looks again.
    Look,
    /// The page stops looking.
    StopLooking,
}

impl Timer {
    /// When the page looks again, in milliseconds after it looked first.
    pub const LOOKS_MS: [u32; 5] = [1_000, 2_000, 4_000, 8_000, 15_000];
    /// When it stops, in milliseconds after it looked first.
    pub const STOP_LOOKING_MS: u32 = 30_000;
    /// How long the page waits before it repeats a request for the first and for the second time, in milliseconds;
    /// chance adds up to as much again.
    pub const REPEATS_MS: [u32; 2] = [500, 1_500];
}

/// What happens to the button.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The shopper submits the form: a click, or Enter.
    Submit {
        /// Whether the browser says that it is online.
        online: bool,
    },
    /// The answer to a request.
    Answered {
        /// Which request.
        post: u32,
        /// What came back.
        answer: Answer,
        /// Chance, in thousandths: from 0 to 1000.
        jitter: u32,
    },
    /// The answer to a look-up.
    Found {
        /// Which round it was asked in.
        round: u32,
        /// What came back.
        found: Found,
    },
    /// A timer has run off.
    Timer {
        /// Which round it was started in.
        round: u32,
        /// Which one.
        timer: Timer,
    },
    /// The browser says that it is online again.
    Online,
    /// The browser says that it is offline.
    Offline,
    /// The browser brought the page back from its back/forward cache.
    Restored,
    /// A submission of this page was under way when the page went away: by a reload, for example.
    Resumed,
    /// Another tab placed the order of this cart.
    PlacedElsewhere(Receipt),
}

/// What came back for a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The order.
    Placed(Receipt),
    /// Why there is none.
    Refused(Failure),
    /// No answer: the connection was lost.
    Lost,
    /// An answer that can not be read.
    Unreadable,
}

/// What came back for a look-up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Found {
    /// The order.
    Placed(Receipt),
    /// It is being placed.
    Running,
    /// No order is known now, which proves nothing.
    Nothing,
    /// No answer, or none that can be read.
    NoAnswer,
}

/// What the island does about it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Note the submission where a reload finds it, then send the form.
    Send {
        /// Which request it is.
        post: u32,
        /// Whether the shopper was asked about an earlier order.
        repeat_confirmed: bool,
    },
    /// Send the very same once more.
    SendAgain {
        /// Which request it is.
        post: u32,
    },
    /// Stop waiting for the request, if one is under way.
    Abort,
    /// Ask what became of the submission.
    LookUp {
        /// Which round it is asked in.
        round: u32,
    },
    /// Tell when this time has passed.
    Start {
        /// Which round it belongs to.
        round: u32,
        /// Which timer.
        timer: Timer,
        /// After how many milliseconds.
        after_ms: u32,
    },
    /// Forget the submission that was noted: its outcome is known.
    Forget,
    /// Mark these fields as wrong, and move the focus to the summary of what is wrong.
    ShowErrors(Vec<FieldError>),
    /// Tell the other tabs of this cart.
    TellOthers(Receipt),
    /// Go to the receipt; the page is not kept in the history.
    ShowReceipt(String),
    /// Load the page anew, for a fresh token, and say why.
    FreshPage(Failure),
}

impl Button {
    /// The button that the server rendered, with what it said of the plain form, if that was sent.
    #[must_use]
    pub fn opening(rejected: Option<Failure>, online: bool) -> Self {
        Self {
            state: rejected.map_or(State::Idle, State::of),
            posts: 0,
            round: 0,
            online,
            doubt: false,
        }
    }

    /// Where it is.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }
}

impl State {
    pub(super) fn of(failure: Failure) -> Self {
        match (failure.code, failure.code.certainty()) {
            (FailureCode::Repeat, _) => Self::Repeat(failure),
            (_, Certainty::Unknown) => Self::Unresolved(Vec::new()),
            _ => Self::Failed(failure),
        }
    }

    /// Whether a submit event sends, if the browser is online.
    #[must_use]
    pub fn can_send(&self) -> bool {
        match self {
            Self::Idle | Self::Unresolved(_) | Self::Offline | Self::Repeat(_) => true,
            Self::Failed(failure) => !failure.needs_fresh_token(),
            Self::Submitting(_) | Self::Verifying(_) | Self::Placed(_) => false,
        }
    }

    /// Whether the button takes no click at all.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        matches!(self, Self::Submitting(_) | Self::Verifying(_) | Self::Placed(_))
    }
}
