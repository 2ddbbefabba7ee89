//! `place_order` with a token that is too old to be claimed.

use crate::answers::Answer;
use crate::invariants::Broken;
use crate::model::{Model, Nexts};
use crate::phase::{Phase, Refusal};
use crate::protocol::go;
use crate::world::{Id, Token, World};

impl Model {
    /// What the attempt does next.
    pub fn expired_steps(&self, world: &World, id: Id, nexts: &mut Nexts) {
        match world.at(id).phase {
            Phase::LookExpired => nexts.add(world, id, "is too old; looks for the cart's order", |world| {
                self.look_expired(world, id)
            }),
            Phase::AskStatus => nexts.add(world, id, "is too old; asks for the token's state", |world| {
                self.ask_status(world, id)
            }),
            _ if self.cart_locked(world, self.cart_of(world, id)) => {}
            _ => nexts.add(
                world,
                id,
                "outgrows the cart's quotes, and looks for its order",
                |world| {
                    self.outgrow(world, id);
                    match self.order_of(world, self.cart_of(world, id)) {
                        Some(order) => self.ends_with(world, id, order),
                        None if world.expired[usize::from(world.at(id).page)] && !world.at(id).owner => {
                            self.tell(world, id, Answer::Expired)
                        }
                        None => self.refuses(world, id, Refusal::Definite),
                    }
                },
            ),
        }
    }

    fn look_expired(&self, world: &mut World, id: Id) -> Broken {
        match self.order_of(world, self.cart_of(world, id)) {
            Some(order) => self.tell(world, id, Answer::Order(order)),
            None if self.rules.attempt.expired_asks_status => go(world, id, Phase::AskStatus),
            None => self.expires(world, id),
        }
    }

    /// `attempt_status`: the token's order, then what Redis knows of it.
    fn ask_status(&self, world: &mut World, id: Id) -> Broken {
        let of_page = |other: &Id| world.at(*other).ordered && world.at(*other).page == world.at(id).page;
        let order = world.submitted().find(of_page);
        if let Some(order) = order {
            return self.tell(world, id, Answer::Order(order));
        }
        match world.token(id) {
            Token::Claimed(other) if world.at(other).lease => self.tell(world, id, Answer::InProgress),
            Token::Placed(order) if world.at(order).ordered => self.tell(world, id, Answer::Order(order)),
            _ => self.expires(world, id),
        }
    }

    /// Neither an order nor an attempt is known.
    fn expires(&self, world: &mut World, id: Id) -> Broken {
        if self.rules.attempt.expired_outgrows {
            go(world, id, Phase::Outgrow)
        } else {
            self.tell(world, id, Answer::Expired)
        }
    }

    /// What goes wrong meanwhile.
    pub fn expired_faults(&self, world: &World, id: Id, nexts: &mut Nexts) {
        if world.at(id).phase == Phase::AskStatus {
            nexts.add(world, id, "is too old; Redis does not answer", |world| {
                self.expires(world, id)
            });
            nexts.add(world, id, "gets no answer from the database", |world| {
                self.tell(world, id, Answer::Unavailable)
            });
            return;
        }
        nexts.add(world, id, "gets no answer from the database", |world| {
            self.tell(world, id, Answer::Unknown)
        });
        nexts.add(world, id, "outgrows the quotes, and the answer is lost", |world| {
            self.outgrow(world, id);
            self.tell(world, id, Answer::Unknown)
        });
    }
}
