//! Redis: the Lua scripts of `checkout-redis`, each one step.

use crate::invariants::{Broken, foreign_hand, shares};
use crate::model::Model;
use crate::phase::Held;
use crate::world::{Guard, Id, Token, World};

/// The reply of `claim.lua`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    Claimed,
    Placed(Id),
    Held(Held),
    /// Variants only: Redis does not know the token.
    Refused,
}

impl Model {
    /// What `claim.lua` would answer.
    pub fn claim_reply(&self, world: &World, id: Id) -> Reply {
        let rules = self.rules.claim;
        match world.token(id) {
            Token::Placed(order) => return Reply::Placed(order),
            Token::Claimed(other) if other != id && world.at(other).lease && rules.respects_lease => {
                return Reply::Held(Held::Busy);
            }
            Token::Missing if !rules.takes_missing => return Reply::Refused,
            _ => {}
        }
        let page_of = |other: Id| world.at(other).page;
        let confirmed = world.at(id).confirmed;
        match world.redis.guard {
            Guard::Running(other) if page_of(other) != page_of(id) && rules.asks_running => {
                if confirmed && !rules.confirmed_waits {
                    Reply::Claimed
                } else {
                    Reply::Held(Held::Guarded)
                }
            }
            Guard::Names(other) if page_of(other) != page_of(id) && rules.asks_named && !confirmed => {
                Reply::Held(Held::Named)
            }
            _ => Reply::Claimed,
        }
    }

    /// What `claim.lua` does when it answers "claimed".
    pub fn grant(&self, world: &mut World, id: Id) -> Broken {
        let broken = shares(world, id) | self.unasked(world, id);
        *world.token_mut(id) = Token::Claimed(id);
        if self.rules.claim.sets_guard {
            world.redis.guard = Guard::Running(id);
        }
        if world.at(id).confirmed {
            world.ghost.guarded = None;
        }
        let attempt = world.at_mut(id);
        attempt.lease = true;
        attempt.sole = true;
        broken
    }

    /// `claim.lua`
    pub fn claim(&self, world: &mut World, id: Id) -> (Reply, Broken) {
        let reply = self.claim_reply(world, id);
        let broken = match reply {
            Reply::Claimed => self.grant(world, id),
            _ => Broken::NOTHING,
        };
        (reply, broken)
    }

    /// `settle.lua`
    pub fn settle(&self, world: &mut World, id: Id, order: Id) -> Broken {
        let before = *world;
        let held = world.token(id) == Token::Claimed(id);
        let page_of = |other: Id| before.at(other).page;
        let own_guard = match world.redis.guard {
            Guard::Free => true,
            Guard::Running(other) | Guard::Names(other) => page_of(other) == page_of(id),
        };
        if held && own_guard {
            world.ghost.guarded = Some(self.cart_of(world, id));
        }
        let rules = self.rules.ending;
        if held || !rules.settle_compares {
            *world.token_mut(id) = Token::Placed(order);
            if rules.settle_names_order && (own_guard || !rules.settle_spares_guard) {
                world.redis.guard = Guard::Names(id);
            }
        }
        foreign_hand(&before, world, id)
    }

    /// `release.lua`
    pub fn release(&self, world: &mut World, id: Id) -> Broken {
        let before = *world;
        let rules = self.rules.ending;
        if world.token(id) == Token::Claimed(id) || !rules.release_compares {
            self.free(world, id);
        }
        foreign_hand(&before, world, id)
    }

    /// The token is as issued again.
    pub fn free(&self, world: &mut World, id: Id) {
        let rules = self.rules.ending;
        *world.token_mut(id) = Token::Issued;
        let own = match world.redis.guard {
            Guard::Running(other) => world.at(other).page == world.at(id).page,
            Guard::Free | Guard::Names(_) => false,
        };
        if rules.release_frees_guard && (own || !rules.release_spares_guard) {
            world.redis.guard = Guard::Free;
        }
    }

    /// The lease of a claim is over, and with it the guard that was set with it.
    pub fn lapse(&self, world: &mut World, id: Id) {
        let rules = self.rules.claim;
        let attempt = world.at_mut(id);
        attempt.lease &= !rules.lease_ends;
        attempt.sole = false;
        let ended = |guard: &mut Guard| {
            if rules.guard_ends && *guard == Guard::Running(id) {
                *guard = Guard::Free;
            }
        };
        ended(&mut world.redis.guard);
        if let Some(copy) = &mut world.copy {
            ended(&mut copy.guard);
        }
    }
}
