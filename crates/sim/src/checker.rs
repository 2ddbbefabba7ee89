//! The checker: compares what clients were told with what the database held, while it happens and at the end.

use std::collections::HashSet;
use std::time::Duration;

use checkout::attempt_status::AttemptStatus;
use checkout::order::Order;
use checkout::time::Timestamp;
use checkout::token::TokenDigest;

use crate::history::{Answer, Fact, History, Request, State, Submission};

/// What must never happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An intent or a token has two orders, or was told two.
    Duplicate,
    /// An order that was acknowledged can not be read.
    Lost,
    /// An order was acknowledged that was not committed then, or another one than was committed.
    Phantom,
    /// Told that it ordered nothing; it did.
    FalseFailure,
    /// An undecided answer that a fair retry does not decide within the lease and two seconds.
    Undecided,
    /// The stock is not what was sold.
    Stock,
    /// Not one event for each order.
    Event,
    /// The answers of an intent are not those of a register that is written once.
    Register,
    /// An attempt that a server took never ended, though the server lives.
    Abandoned,
    /// Two attempts held a token at once, an attempt ended another's claim, or one that does not know let go of its own.
    Claim,
    /// The status of a token is not what the database says.
    Status,
    /// Something panicked that was not told to, or the world never came to rest.
    Broken,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Duplicate,
        Self::Lost,
        Self::Phantom,
        Self::FalseFailure,
        Self::Undecided,
        Self::Stock,
        Self::Event,
        Self::Register,
        Self::Abandoned,
        Self::Claim,
        Self::Status,
        Self::Broken,
    ];

    /// Its name in the table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Lost => "lost",
            Self::Phantom => "phantom success",
            Self::FalseFailure => "false failure",
            Self::Undecided => "undecided",
            Self::Stock => "stock",
            Self::Event => "event",
            Self::Register => "not write-once",
            Self::Abandoned => "abandoned attempt",
            Self::Claim => "claim",
            Self::Status => "false status",
            Self::Broken => "broken world",
        }
    }
}

/// Something that must never happen, and did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What.
    pub kind: Kind,
    /// Where.
    pub text: String,
}

impl History {
    /// Judges an answer as it is given.
    pub(crate) fn judge(&mut self, request: Request, now: Timestamp, answer: &Answer) {
        let submission = self.submissions[request.0].clone();
        if let Some(order) = answer.order() {
            self.judge_order(request, &submission, order, matches!(answer, Answer::Placed(_)));
        } else if answer.is_negative() {
            self.judge_negative(request, &submission, answer, now);
        }
        if *answer == Answer::Panicked && !submission.is(Fact::Excused) {
            let text = format!(
                "request {} ended without an answer, and nothing was told to panic",
                request.0
            );
            self.violated(Kind::Broken, text);
        }
    }

    /// What is acknowledged is committed, is this intent's, and was placed by whom it is said to be.
    fn judge_order(&mut self, request: Request, submission: &Submission, order: &Order, placed: bool) {
        let Some(commit) = self.commit_of(submission.cart).cloned() else {
            let text = format!(
                "request {} was told order {}, which is not committed",
                request.0, order.id
            );
            return self.violated(Kind::Phantom, text);
        };
        if commit.order != *order {
            let text = format!(
                "request {} was told {order:?}, committed is {:?}",
                request.0, commit.order
            );
            self.violated(Kind::Phantom, text);
        }
        if placed != (commit.by == Some(request)) {
            let told = if placed { "placed" } else { "replayed" };
            let text = format!("request {} was told {told}, and {:?} placed it", request.0, commit.by);
            self.violated(Kind::Register, text);
        }
    }

    /// What is said not to be ordered was not ordered before it was asked, and there was a reason.
    fn judge_negative(&mut self, request: Request, submission: &Submission, answer: &Answer, now: Timestamp) {
        let name = answer.name();
        let before = self
            .commit_of(submission.cart)
            .filter(|commit| commit.at < submission.invoked);
        // It may say that it could not look; not when it could.
        let excused = *answer == Answer::Unavailable && submission.is(Fact::Unread);
        if let Some(commit) = before.filter(|_| !excused) {
            let text = format!(
                "request {} was told {name}; its cart was order {}",
                request.0, commit.order.id
            );
            self.violated(Kind::FalseFailure, text);
        }
        let true_then = match answer {
            Answer::CartChanged => self.states_since(submission.invoked).any(|state| {
                let cart = state.carts.get(&submission.cart);
                cart.is_some_and(|(fingerprint, _)| *fingerprint != Some(submission.fingerprint))
            }),
            Answer::OutOfStock => self.states_since(submission.invoked).any(|state| {
                state
                    .carts
                    .get(&submission.cart)
                    .is_some_and(|(_, all_there)| !all_there)
            }),
            Answer::TokenExpired => submission.expires <= now,
            Answer::Repeat(Some(earlier)) => {
                let earlier = self.commits.iter().find(|commit| commit.order.id == *earlier);
                earlier.is_some_and(|earlier| earlier.order.cart != submission.cart)
            }
            Answer::TokenMismatch | Answer::TokenRefused => false,
            _ => true,
        };
        if !true_then {
            let text = format!("request {} was told {name}, which was not so", request.0);
            self.violated(Kind::FalseFailure, text);
        }
    }

    /// What is not known was asked again for as long as an attempt may, and its claim was kept.
    pub(crate) fn judge_unknown(&mut self, request: Request, now: Duration, attempt: Duration, answer: &Answer) {
        if *answer != Answer::OutcomeUnknown {
            return;
        }
        let submission = self.submission(request).clone();
        if submission.is(Fact::Released) {
            let text = format!("request {} released its claim without knowing", request.0);
            self.violated(Kind::Claim, text);
        }
        // Pauses double, so that the last one may take half of the time; and an order may have waited for a writer.
        let soon = submission.first_insert.is_none_or(|first| now < first + attempt / 5);
        if soon && !submission.is(Fact::Corrupt) {
            let text = format!("request {} gave up without asking again", request.0);
            self.violated(Kind::Undecided, text);
        }
    }

    /// Every state of the shop since a moment, the one that held at it included.
    fn states_since(&self, moment: usize) -> impl Iterator<Item = &State> {
        let later = self.states.partition_point(|state| state.at <= moment);
        self.states[later.saturating_sub(1)..].iter()
    }

    /// Judges what the status of a token was said to be, asked at a moment.
    pub(crate) fn judge_status(&mut self, token: TokenDigest, asked: usize, status: &AttemptStatus) {
        let of_token = self.commits.iter().find(|commit| commit.order.token == token);
        let text = match (status, of_token) {
            (AttemptStatus::Placed(order), _) if !self.commits.iter().any(|commit| commit.order == *order) => {
                format!("the status of {token} is order {}, which is not committed", order.id)
            }
            (AttemptStatus::Placed(order), Some(commit)) if commit.order.id != order.id => {
                format!("the status of {token} is order {}, not {}", order.id, commit.order.id)
            }
            (AttemptStatus::Running | AttemptStatus::NotOrdered, Some(commit)) if commit.at < asked => {
                format!(
                    "the status of {token} is {status:?}, and it is order {}",
                    commit.order.id
                )
            }
            _ => return,
        };
        self.violated(Kind::Status, text);
    }

    /// Judges everything once more when nothing moves any longer.
    pub(crate) fn judge_whole(&mut self) {
        self.judge_commits();
        for request in (0..self.submissions.len()).map(Request) {
            self.judge_end(request);
        }
        self.judge_register();
    }

    fn judge_commits(&mut self) {
        let (mut carts, mut tokens) = (HashSet::new(), HashSet::new());
        for commit in self.commits.clone() {
            if !carts.insert(commit.order.cart) || !tokens.insert(commit.order.token) {
                let text = format!("order {} is the second of its intent", commit.order.id);
                self.violated(Kind::Duplicate, text);
            }
        }
    }

    /// What was said of a submission must still hold, and what a server took must have ended.
    fn judge_end(&mut self, request: Request) {
        let submission = self.submissions[request.0].clone();
        let placed = self.commits.iter().any(|commit| commit.by == Some(request));
        if let Some((_, answer)) = submission.answered.as_ref().filter(|(_, answer)| answer.is_negative())
            && placed
        {
            let text = format!("request {} was told {}, and placed an order", request.0, answer.name());
            self.violated(Kind::FalseFailure, text);
        }
        if submission.taken.is_some() && !submission.is(Fact::Ended) && !submission.is(Fact::Excused) {
            let text = format!("the attempt of request {} never ended", request.0);
            self.violated(Kind::Abandoned, text);
        }
    }

    /// From the answers alone: what was read stays, and is the same for everyone.
    fn judge_register(&mut self) {
        let answered = |submission: &Submission| submission.answered.clone().map(|told| (submission.clone(), told));
        let told: Vec<_> = self.submissions.iter().filter_map(answered).collect();
        for (read, (at, answer)) in &told {
            let Some(order) = answer.order() else { continue };
            for (other, (_, later)) in told.iter().filter(|(other, _)| other.cart == read.cart) {
                if later.order().is_some_and(|other| other.id != order.id) {
                    self.violated(Kind::Duplicate, format!("cart {} was told two orders", read.cart));
                }
                let forgotten = later.is_negative() && *later != Answer::Unavailable;
                if forgotten && other.invoked > *at {
                    let text = format!("cart {} was told an order and then {}", read.cart, later.name());
                    self.violated(Kind::Register, text);
                }
            }
        }
    }

    /// Submissions that were told that nothing was ordered while an earlier one of the same page, whose answer nobody
    /// had, was still on its way; and which of those ordered later.
    pub(crate) fn overtaken(&self) -> Vec<(Request, Request)> {
        let mut overtaken = Vec::new();
        for (number, submission) in self.submissions.iter().enumerate() {
            let Some((at, answer)) = &submission.answered else {
                continue;
            };
            if !answer.is_decided() || answer.order().is_some() {
                continue;
            }
            let later = self.commit_of(submission.cart).filter(|commit| commit.at > *at);
            let Some(by) = later.and_then(|commit| commit.by) else {
                continue;
            };
            let earlier = &self.submissions[by.0];
            if earlier.token == submission.token && earlier.invoked < submission.invoked {
                overtaken.push((Request(number), by));
            }
        }
        overtaken
    }
}

#[cfg(test)]
mod tests;
