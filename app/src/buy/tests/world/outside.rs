//! What happens around the button, and what the button hears of it.

use super::World;
use crate::buy::tests::happening::{FoundKind, Happening};
use crate::buy::tests::{answer, receipt, refused};
use crate::buy::{Answer, Button, Event, State};
use crate::wire::{Certainty, FailureCode};

impl World {
    /// Lets it happen outside, and tells what the button hears of it.
    pub(super) fn event(&mut self, happening: Happening) -> Option<Event> {
        let posts = self.button.posts;
        Some(match happening {
            Happening::Click => Event::Submit { online: self.online },
            Happening::TimerRunsOff(timer) => {
                self.timers.remove(&timer);
                Event::Timer {
                    round: self.button.round,
                    timer,
                }
            }
            Happening::AnswerPlaced => {
                self.waiting = None;
                self.ordered = true;
                answer(posts, Answer::Placed(receipt()))
            }
            Happening::AnswerRefused(code) => {
                self.refuse(code);
                refused(posts, code)
            }
            Happening::AnswerLost => {
                self.adrift.extend(self.waiting.take());
                answer(posts, Answer::Lost)
            }
            Happening::AnswerUnreadable => {
                self.adrift.extend(self.waiting.take());
                answer(posts, Answer::Unreadable)
            }
            Happening::AdriftPlaces { latest_click } => {
                self.adrift.retain(|post| post.latest_click != latest_click);
                self.latest_click_placed |= latest_click;
                self.ordered = true;
                self.late_answer = true;
                return None;
            }
            Happening::LateAnswer => {
                self.late_answer = false;
                answer(posts.wrapping_sub(1), Answer::Placed(receipt()))
            }
            Happening::Found(found) => {
                self.looking = false;
                found.event(self.button.round)
            }
            Happening::FoundLate => {
                self.looking_late = false;
                FoundKind::Placed.event(self.button.round.wrapping_sub(1))
            }
            Happening::GoesOffline => {
                self.online = false;
                Event::Offline
            }
            Happening::ComesOnline => {
                self.online = true;
                Event::Online
            }
            Happening::BackFromCache => Event::Restored,
            Happening::AnotherTabOrders => {
                self.ordered = true;
                Event::PlacedElsewhere(receipt())
            }
            Happening::Reload => return self.reload(),
            Happening::FreshPageArrives => {
                self.renewing = false;
                return self.reload();
            }
        })
    }

    fn refuse(&mut self, code: FailureCode) {
        let post = self.waiting.take();
        match code.certainty() {
            // It may have been placed, or be placed yet, by this request or an earlier one.
            Certainty::Unknown => self.adrift.extend(post),
            // The same click is refused for the same reason.
            Certainty::NotOrderedSameToken => self.adrift.retain(|post| !post.latest_click),
            // The server saw to it that nothing that is on its way can order any more.
            Certainty::NotOrderedFreshToken => self.adrift.clear(),
        }
    }

    /// The page is loaded anew: with the token that is noted, else with a fresh one.
    fn reload(&mut self) -> Option<Event> {
        self.adrift.extend(self.waiting.take());
        self.timers.clear();
        (self.looking, self.looking_late, self.late_answer, self.renewing) = (false, false, false, false);
        (self.repeats, self.latest_click_placed) = (0, false);
        self.button = Button::opening(None, self.online);
        if self.ordered {
            // The server shows that the cart is ordered, and no button.
            self.button.state = State::Placed(receipt());
            return None;
        }
        if let Some(token) = self.noted {
            self.token = token;
            return Some(Event::Resumed);
        }
        self.token = u8::from(self.adrift.iter().any(|post| post.token == 0));
        None
    }
}
