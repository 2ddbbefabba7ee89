//! What the shopper is told, and what that promises.

use crate::invariants::Broken;
use crate::model::Model;
use crate::phase::{Phase, Refusal};
use crate::world::{Cart, Id, PAGES, World};

/// An answer to a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `placed` or `replayed`, with this order.
    Order(Id),
    /// `in_progress`
    InProgress,
    /// `repeat`: the product was ordered a moment ago.
    Repeat,
    /// `repeat`: another page orders the product right now, or did while this submission waited.
    RepeatRunning,
    /// `cart_changed` or `out_of_stock`: nothing was ordered.
    Refused,
    /// `token_expired`: nothing was ordered.
    Expired,
    /// `unavailable`: this submission placed nothing.
    Unavailable,
    /// `outcome_unknown`
    Unknown,
    /// Variants only: "already submitted", which sounds like success.
    AlreadySubmitted,
    /// Variants only: "could not be ordered".
    NotOrdered,
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Definite => Self::Refused,
            Refusal::Unavailable => Self::Unavailable,
        }
    }
}

impl Model {
    /// The submission is over, with this answer.
    pub fn tell(&self, world: &mut World, id: Id, answer: Answer) -> Broken {
        world.at_mut(id).phase = Phase::Over;
        world.told = Some(answer);
        self.judge(world, id, answer)
    }

    /// What the answer promises, and whether that is true already.
    pub fn judge(&self, world: &mut World, id: Id, answer: Answer) -> Broken {
        let cart = self.cart_of(world, id);
        let rules = self.rules.answer;
        match answer {
            Answer::Order(order) if !world.at(order).ordered => Broken::PHANTOM,
            Answer::Order(order) if self.cart_of(world, order) != cart => Broken::LOST,
            Answer::Refused | Answer::Expired | Answer::NotOrdered => deny(world, self.spoken_of(world, id)),
            Answer::Unavailable if !rules.unavailable_is_open => deny(world, self.spoken_of(world, id)),
            Answer::InProgress if !rules.in_progress_is_open => deny(world, self.spoken_of(world, id)),
            Answer::Order(_) | Answer::Unknown | Answer::InProgress => Broken::NOTHING,
            Answer::Repeat if self.order_of(world, cart).is_some() => Broken::FALSE_FAILURE,
            Answer::Repeat | Answer::RepeatRunning | Answer::Unavailable => {
                world.at_mut(id).denied = true;
                Broken::NOTHING
            }
            Answer::AlreadySubmitted => {
                world.ghost.told_submitted = true;
                Broken::NOTHING
            }
        }
    }

    /// The pages that a "nothing was ordered", told to `id`, speaks of: all of its cart. The refusal of a quote that the
    /// cart has outgrown speaks of such quotes alone: a newer page may be on its way to an order.
    fn spoken_of(&self, world: &World, id: Id) -> [bool; PAGES] {
        let mut pages = self.pages_of(self.cart_of(world, id));
        if world.outgrown[usize::from(world.at(id).page)] {
            for (page, outgrown) in pages.iter_mut().zip(world.outgrown) {
                *page &= outgrown;
            }
        }
        pages
    }

    /// The pages of the cart.
    pub fn pages_of(&self, cart: Cart) -> [bool; PAGES] {
        let mut pages = [false; PAGES];
        for (page, of) in pages.iter_mut().zip(self.scope.pages) {
            *page = *of == cart;
        }
        pages
    }
}

/// The shopper is told that nothing was ordered: no submission of these pages up to now has an order or ever will.
pub fn deny(world: &mut World, pages: [bool; PAGES]) -> Broken {
    for attempt in &mut world.attempts {
        attempt.denied |= attempt.phase != Phase::Absent && pages[usize::from(attempt.page)];
    }
    Broken::NOTHING
}
