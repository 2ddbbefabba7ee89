//! What follows from what.

use super::state::{Answer, Button, Effect, Event, Found, Look, Patience, Sending, State, Timer};
use crate::wire::{Failure, FailureCode, Receipt};

/// The next button, and what to do about it. An event that the state does not expect changes nothing.
#[must_use]
pub fn step(button: &Button, event: Event) -> (Button, Vec<Effect>) {
    let mut next = button.clone();
    let effects = next.on(event);
    (next, effects)
}

impl Button {
    fn on(&mut self, event: Event) -> Vec<Effect> {
        if let State::Placed(receipt) = &self.state {
            return match event {
                // The page came back from the receipt.
                Event::Restored => vec![Effect::ShowReceipt(receipt.url.clone())],
                _ => vec![],
            };
        }
        match event {
            Event::Submit { online } => {
                self.online = online;
                self.submitted()
            }
            // "Placed" wins, however late it comes.
            Event::Answered {
                answer: Answer::Placed(receipt),
                ..
            }
            | Event::Found {
                found: Found::Placed(receipt),
                ..
            } => self.placed(receipt, true),
            Event::PlacedElsewhere(receipt) => self.placed(receipt, false),
            Event::Answered { post, answer, jitter } => self.answered(post, answer, jitter),
            Event::Found { round, found } => self.found(round, &found),
            Event::Timer { round, timer } if round == self.round => self.waited(timer),
            Event::Timer { .. } => vec![],
            Event::Online => self.came_online(),
            Event::Offline => self.went_offline(),
            Event::Restored => self.restored(),
            Event::Resumed => self.verify(Look::Once),
        }
    }

    fn submitted(&mut self) -> Vec<Effect> {
        match &self.state {
            State::Submitting(_) | State::Verifying(_) | State::Placed(_) => vec![],
            // The page with the fresh token is still on its way: nothing is sent with a token that was refused.
            State::Failed(failure) if failure.needs_fresh_token() => vec![Effect::FreshPage(failure.clone())],
            _ if self.online => self.send(),
            // An earlier submission may have been placed: "your order was not sent" would not be true.
            _ if self.doubt => self.verify(Look::Often),
            _ => {
                self.state = State::Offline;
                vec![]
            }
        }
    }

    fn send(&mut self) -> Vec<Effect> {
        let repeat_confirmed = matches!(self.state, State::Repeat(_));
        self.posts += 1;
        self.round += 1;
        self.state = State::Submitting(Sending {
            patience: Patience::Fresh,
            repeats: 0,
            held: None,
        });
        let post = self.posts;
        let mut effects = vec![Effect::Send { post, repeat_confirmed }];
        effects.extend(Patience::STEPS.map(|(patience, after_ms)| self.start(Timer::Waited(patience), after_ms)));
        effects
    }

    fn answered(&mut self, post: u32, answer: Answer, jitter: u32) -> Vec<Effect> {
        let State::Submitting(sending) = &mut self.state else {
            return vec![];
        };
        if post != self.posts || sending.held.is_some() {
            return vec![];
        }
        match answer {
            Answer::Placed(receipt) => self.placed(receipt, true),
            Answer::Lost => self.repeat_later(jitter),
            Answer::Unreadable => self.verify(Look::Often),
            Answer::Refused(failure) if failure.code == FailureCode::Unavailable => self.repeat_later(jitter),
            Answer::Refused(failure) if failure.is_undecided() => self.verify(Look::Often),
            Answer::Refused(failure) if sending.patience == Patience::Waiting => {
                sending.held = Some(failure);
                vec![]
            }
            Answer::Refused(failure) => self.refused(failure),
        }
    }

    /// The token makes it safe to send the same once more, while the shopper waits anyway.
    fn repeat_later(&mut self, jitter: u32) -> Vec<Effect> {
        let State::Submitting(sending) = &mut self.state else {
            return vec![];
        };
        let Some(least_ms) = Timer::REPEATS_MS.get(usize::from(sending.repeats)).copied() else {
            return self.verify(Look::Often);
        };
        if !self.online {
            return self.verify(Look::Often);
        }
        sending.repeats += 1;
        let after_ms = least_ms + least_ms * jitter.min(1_000) / 1_000;
        vec![self.start(Timer::Repeat, after_ms)]
    }

    fn waited(&mut self, timer: Timer) -> Vec<Effect> {
        match (&mut self.state, timer) {
            (State::Submitting(Sending { held: None, .. }), Timer::Waited(Patience::GivenUp)) => {
                self.verify(Look::Often)
            }
            (State::Submitting(sending), Timer::Waited(patience)) if patience > sending.patience => {
                sending.patience = patience;
                match sending.held.take() {
                    Some(failure) => self.refused(failure),
                    None => vec![],
                }
            }
            (State::Submitting(_), Timer::Repeat) => {
                self.posts += 1;
                vec![Effect::SendAgain { post: self.posts }]
            }
            (State::Verifying(_), Timer::Look) => self.look_up(),
            (State::Verifying(_), Timer::StopLooking) => self.unresolved(),
            _ => vec![],
        }
    }

    fn refused(&mut self, failure: Failure) -> Vec<Effect> {
        let fields = failure.fields.clone();
        // Refused are the fields as they are now; an earlier submission may have had others, and have been placed.
        if self.doubt && failure.code == FailureCode::Invalid {
            self.state = State::Unresolved(fields.clone());
            return vec![Effect::ShowErrors(fields)];
        }
        self.state = State::of(failure.clone());
        if failure.code == FailureCode::Repeat {
            return if self.doubt { vec![] } else { vec![Effect::Forget] };
        }
        let told = if failure.needs_fresh_token() {
            Effect::FreshPage(failure)
        } else {
            Effect::ShowErrors(fields)
        };
        vec![Effect::Forget, told]
    }

    fn placed(&mut self, receipt: Receipt, here: bool) -> Vec<Effect> {
        let show = Effect::ShowReceipt(receipt.url.clone());
        let tell = here.then(|| Effect::TellOthers(receipt.clone()));
        self.state = State::Placed(receipt);
        [Effect::Forget].into_iter().chain(tell).chain([show]).collect()
    }

    /// Asks what became of the submission: no request is sent from here on but by the shopper.
    fn verify(&mut self, look: Look) -> Vec<Effect> {
        self.round += 1;
        self.doubt = true;
        self.state = State::Verifying(look);
        let mut effects = vec![Effect::Abort];
        effects.extend(self.look_up());
        if look == Look::Often {
            effects.extend(Timer::LOOKS_MS.map(|after_ms| self.start(Timer::Look, after_ms)));
        }
        effects.push(self.start(Timer::StopLooking, Timer::STOP_LOOKING_MS));
        effects
    }

    fn found(&mut self, round: u32, found: &Found) -> Vec<Effect> {
        match (&self.state, found) {
            _ if round != self.round => vec![],
            (State::Verifying(Look::Once), Found::Nothing | Found::NoAnswer) => self.unresolved(),
            (State::Verifying(Look::Once), Found::Running) => self.verify(Look::Often),
            _ => vec![],
        }
    }

    fn unresolved(&mut self) -> Vec<Effect> {
        self.state = State::Unresolved(Vec::new());
        vec![]
    }

    fn came_online(&mut self) -> Vec<Effect> {
        self.online = true;
        match &self.state {
            State::Offline => {
                self.state = State::Idle;
                vec![]
            }
            State::Verifying(_) => self.verify(Look::Once),
            State::Unresolved(_) => self.look_up(),
            _ => vec![],
        }
    }

    fn went_offline(&mut self) -> Vec<Effect> {
        self.online = false;
        match &self.state {
            // A refusal that is held is known already.
            State::Submitting(Sending { held: None, .. }) => self.verify(Look::Often),
            _ => vec![],
        }
    }

    /// Time stood still for the page, not for the order.
    fn restored(&mut self) -> Vec<Effect> {
        match &self.state {
            State::Submitting(Sending { held: None, .. }) | State::Verifying(_) => self.verify(Look::Once),
            _ => self.look_up(),
        }
    }

    fn look_up(&self) -> Vec<Effect> {
        if self.online {
            vec![Effect::LookUp { round: self.round }]
        } else {
            vec![]
        }
    }

    fn start(&self, timer: Timer, after_ms: u32) -> Effect {
        Effect::Start {
            round: self.round,
            timer,
            after_ms,
        }
    }
}
