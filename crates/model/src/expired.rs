//! `place_order` with a token that is too old to be claimed.

use crate::answers::Answer;
use crate::invariants::Broken;
use crate::model::Model;
use crate::phase::Phase;
use crate::protocol::go;
use crate::world::{Id, Token, World};

impl Model {
    pub fn look_expired(&self, world: &mut World, id: Id) -> Broken {
        match self.order_of(world, self.cart_of(world, id)) {
            Some(order) => self.tell(world, id, Answer::Order(order)),
            None if self.rules.attempt.expired_asks_status => go(world, id, Phase::AskStatus),
            None => self.expires(world, id),
        }
    }

    /// `attempt_status`: the token's order, then what Redis knows of it.
    pub fn ask_status(&self, world: &mut World, id: Id) -> Broken {
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
    pub fn expires(&self, world: &mut World, id: Id) -> Broken {
        if self.rules.cures.expired_outgrows {
            go(world, id, Phase::Outgrow)
        } else {
            self.tell(world, id, Answer::Expired)
        }
    }
}
