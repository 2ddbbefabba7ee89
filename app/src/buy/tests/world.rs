//! The button with everything around it that can go wrong: a network that loses requests and answers, a server that
//! places or refuses whenever it likes, a shopper who clicks, reloads and goes back, and another tab.

mod outside;

use std::collections::BTreeSet;

use super::checker::check_step;
use super::happening::{FoundKind, Happening};
use crate::buy::{Button, Effect, Event, Patience, State, Timer};
use crate::wire::FailureCode;

/// The step function that is checked: the real one, or one with a mistake.
pub(super) type Step = fn(&Button, Event) -> (Button, Vec<Effect>);

/// A request that the page still waits for, or that is on its way without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Post {
    /// Which token it carries.
    token: u8,
    /// Whether it belongs to the latest click: the same fields, thus the same refusal.
    latest_click: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct World {
    pub(super) button: Button,
    /// The page's token.
    token: u8,
    /// The request whose answer the page waits for.
    waiting: Option<Post>,
    /// Requests that the page no longer waits for, and that may still reach the server.
    adrift: BTreeSet<Post>,
    /// An answer "placed" to one of those is still on its way back.
    late_answer: bool,
    /// A look-up of this round, and one of an earlier round, are without an answer.
    looking: bool,
    looking_late: bool,
    pub(super) timers: BTreeSet<Timer>,
    pub(super) online: bool,
    /// The token that a reload finds noted.
    noted: Option<u8>,
    /// Whether the cart is ordered.
    ordered: bool,
    /// The page with a fresh token is being loaded.
    pub(super) renewing: bool,
    /// How often the page repeated the request of the latest click by itself.
    repeats: u8,
    /// Whether a request of the latest click placed the order: its fields are good then.
    latest_click_placed: bool,
}

impl World {
    pub(super) fn opening() -> Self {
        Self {
            button: Button::opening(None, true),
            token: 0,
            waiting: None,
            adrift: BTreeSet::new(),
            late_answer: false,
            looking: false,
            looking_late: false,
            timers: BTreeSet::new(),
            online: true,
            noted: None,
            ordered: false,
            renewing: false,
            repeats: 0,
            latest_click_placed: false,
        }
    }

    /// Everything that can happen next.
    pub(super) fn happenings(&self) -> Vec<Happening> {
        let mut all = vec![Happening::Click, Happening::BackFromCache, Happening::Reload];
        all.push(if self.online {
            Happening::GoesOffline
        } else {
            Happening::ComesOnline
        });
        all.push(Happening::AnotherTabOrders);
        all.extend(self.next_timers());
        if self.waiting.is_some() {
            all.extend([
                Happening::AnswerLost,
                Happening::AnswerUnreadable,
                Happening::AnswerPlaced,
            ]);
            all.extend([FailureCode::Unavailable, FailureCode::InProgress].map(Happening::AnswerRefused));
            if !self.latest_click_placed {
                all.push(Happening::AnswerRefused(FailureCode::Invalid));
            }
            if !self.ordered {
                all.extend([FailureCode::Repeat, FailureCode::CartChanged].map(Happening::AnswerRefused));
            }
        }
        all.extend(self.adrift.iter().map(|post| Happening::AdriftPlaces {
            latest_click: post.latest_click,
        }));
        if self.late_answer {
            all.push(Happening::LateAnswer);
        }
        if self.looking {
            all.push(Happening::Found(FoundKind::NoAnswer));
            let truths: &[FoundKind] = if self.ordered {
                &[FoundKind::Placed]
            } else {
                &[FoundKind::Running, FoundKind::Nothing]
            };
            all.extend(truths.iter().copied().map(Happening::Found));
        }
        if self.looking_late && self.ordered {
            all.push(Happening::FoundLate);
        }
        if self.renewing {
            all.push(Happening::FreshPageArrives);
        }
        all
    }

    /// The steps of patience run off in their order; everything else in any.
    fn next_timers(&self) -> impl Iterator<Item = Happening> {
        let next_step = self
            .timers
            .iter()
            .find(|timer| matches!(timer, Timer::Waited(_)))
            .copied();
        let others = self
            .timers
            .iter()
            .filter(|timer| !matches!(timer, Timer::Waited(_)))
            .copied();
        others
            .chain(next_step)
            .map(Happening::TimerRunsOff)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// The world after it, with what the button was told and what it did; or what must not have happened.
    pub(super) fn after(&self, happening: Happening, step: Step) -> Result<Self, String> {
        let mut next = self.clone();
        let Some(event) = next.event(happening) else {
            return Ok(next);
        };
        let before = next.button.clone();
        let (button, effects) = step(&before, event.clone());
        check_step(&before, &event, &button, &effects)?;
        next.button = button;
        if next.button.round != before.round {
            // What was started in an earlier round means nothing any more, whenever it ends.
            next.timers.clear();
            next.looking_late |= std::mem::take(&mut next.looking);
        }
        for effect in effects {
            next.perform(effect)?;
        }
        next.normalise();
        next.check()?;
        Ok(next)
    }

    fn perform(&mut self, effect: Effect) -> Result<(), String> {
        match effect {
            Effect::Send { .. } => {
                (self.repeats, self.latest_click_placed) = (0, false);
                self.adrift = std::mem::take(&mut self.adrift)
                    .into_iter()
                    .map(Post::of_an_earlier_click)
                    .collect();
                self.noted = Some(self.token);
                self.send()?;
            }
            Effect::SendAgain { .. } => {
                self.repeats += 1;
                self.send()?;
            }
            Effect::Abort => self.adrift.extend(self.waiting.take()),
            Effect::LookUp { .. } => self.looking = true,
            Effect::Start { timer, .. } => {
                self.timers.insert(timer);
            }
            Effect::Forget => self.noted = None,
            Effect::FreshPage(_) => self.renewing = true,
            Effect::ShowReceipt(_) if !self.ordered => return Err("a receipt is shown and nothing is ordered".into()),
            Effect::ShowReceipt(_) | Effect::ShowErrors(_) | Effect::TellOthers(_) => {}
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), String> {
        if !self.online {
            return Err("it sends while offline".into());
        }
        if self.waiting.is_some() {
            return Err("it sends while an answer is awaited".into());
        }
        if self.repeats > 2 {
            return Err("it repeats a request more than twice".into());
        }
        let post = Post {
            token: self.token,
            latest_click: true,
        };
        if self.adrift.iter().any(|adrift| adrift.token != post.token) {
            return Err("two tokens are on their way".into());
        }
        self.waiting = Some(post);
        Ok(())
    }

    /// Counters that only grow would make every world a new one.
    fn normalise(&mut self) {
        self.button.round = 1;
        self.button.posts = 1;
    }

    /// What must hold in every world.
    fn check(&self) -> Result<(), String> {
        let state = &self.button.state;
        let on_its_way = self.waiting.is_some() || !self.adrift.is_empty();
        if matches!(state, State::Placed(_)) {
            return if self.ordered {
                Ok(())
            } else {
                Err("placed, and nothing is ordered".into())
            };
        }
        if matches!(state, State::Failed(_)) && (on_its_way || self.ordered) {
            return Err("unknown is called failed".into());
        }
        if on_its_way && self.noted != Some(self.token) {
            return Err("a reload would not know of what is on its way".into());
        }
        let patient = self.timers.iter().any(|timer| leads_on(state, *timer));
        if !state.can_send() && !patient && !self.renewing {
            return Err("nothing leads on from here".into());
        }
        Ok(())
    }
}

fn leads_on(state: &State, timer: Timer) -> bool {
    matches!(
        (state, timer),
        (State::Submitting(_), Timer::Waited(Patience::GivenUp)) | (State::Verifying(_), Timer::StopLooking)
    )
}

impl Post {
    fn of_an_earlier_click(self) -> Self {
        Self {
            latest_click: false,
            ..self
        }
    }
}
