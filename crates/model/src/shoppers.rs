//! What shoppers do, and what happens by itself. None of it is a fault.

use crate::invariants::Broken;
use crate::model::{Model, Nexts};
use crate::phase::{Late, Phase};
use crate::scope::Expiry;
use crate::world::{CartStatus, Guard, Id, Stock, Token, World};

const SUBMIT: [&str; 3] = [
    "is submitted from page 1",
    "is submitted from page 2",
    "is submitted from page 3",
];
const CONFIRM: [&str; 3] = [
    "is submitted from page 1, wanting it again",
    "is submitted from page 2, wanting it again",
    "is submitted from page 3, wanting it again",
];

impl Model {
    /// Any page that was rendered can be submitted at any time: by impatience, after any answer, by a proxy that
    /// repeats requests. A page can be rendered at any time: a second tab, a reload after an answer or after none.
    pub fn shoppers(&self, world: &World, nexts: &mut Nexts) {
        let running = world.submitted().filter(|id| world.at(*id).runs()).count();
        let next = (0..self.ids()).find(|id| world.at(*id).phase == Phase::Absent);
        if let Some(id) = next.filter(|_| running < self.scope.at_once) {
            for page in 0..world.rendered {
                let index = usize::from(page);
                nexts.add(world, id, SUBMIT[index], |world| self.submit(world, id, page, false));
                if self.scope.events.repeats {
                    nexts.add(world, id, CONFIRM[index], |world| self.submit(world, id, page, true));
                }
            }
        }
        let page = usize::from(world.rendered);
        if page < self.scope.pages.len() && world.carts[usize::from(self.scope.pages[page])] == CartStatus::Open {
            nexts.add(world, None, "another confirmation page is rendered", |world| {
                world.rendered += 1;
                world.redis.tokens[page] = Token::Issued;
                Broken::NOTHING
            });
        }
        if self.scope.events.cancel && world.carts[0] != CartStatus::Void && !self.cart_locked(world, 0) {
            nexts.add(world, None, "the shopper cancels", |world| self.cancel(world));
        }
    }

    /// What happens by itself.
    pub fn background(&self, world: &World, nexts: &mut Nexts) {
        for id in 0..self.ids() {
            self.late(world, id, nexts);
            let attempt = world.at(id);
            if attempt.lease && !attempt.runs() && self.rules.claim.lease_ends {
                nexts.add(world, id, "'s lease ends", |world| {
                    self.lapse(world, id);
                    Broken::NOTHING
                });
            }
        }
        let events = self.scope.events;
        let mut event = |happens: bool, what: &'static str, change: fn(&mut World)| {
            if happens {
                nexts.add(world, None, what, |world| {
                    change(world);
                    Broken::NOTHING
                });
            }
        };
        let (stock, named) = (world.stock, matches!(world.redis.guard, Guard::Names(_)));
        event(
            events.stock_goes && stock == Stock::There,
            "the stock runs out",
            |world| {
                world.stock = Stock::Gone;
            },
        );
        event(
            events.stock_returns && stock == Stock::Gone,
            "the stock is filled up",
            |world| {
                world.stock = Stock::Returned;
            },
        );
        event(self.may_expire(world), "the token of page 1 becomes too old", |world| {
            world.expired[0] = true;
        });
        event(events.repeats && named, "the repeat window ends", |world| {
            world.redis.guard = Guard::Free;
            world.ghost.guarded = None;
        });
        event(
            events.stale_redis && world.copy.is_none(),
            "a copy of Redis is made",
            |world| {
                world.copy = Some(world.redis);
            },
        );
    }

    fn may_expire(&self, world: &World) -> bool {
        match self.scope.events.expiry {
            _ if world.expired[0] => false,
            Expiry::Never => false,
            Expiry::Anytime => true,
        }
    }

    /// What was sent is executed after its sender has given up.
    fn late(&self, world: &World, id: Id, nexts: &mut Nexts) {
        if world.at(id).orphan {
            nexts.add(world, id, "'s late COMMIT is executed", |world| {
                self.commit(world, id);
                Broken::NOTHING
            });
            nexts.add(world, id, "'s late COMMIT never arrives", |world| {
                world.at_mut(id).orphan = false;
                Broken::NOTHING
            });
        }
        match world.at(id).late {
            Late::Nothing => {}
            Late::Claim => nexts.add(world, id, "'s late claim is executed", |world| {
                world.at_mut(id).late = Late::Nothing;
                self.claim(world, id).1
            }),
            Late::Settle(order) => nexts.add(world, id, "'s late settle is executed", |world| {
                world.at_mut(id).late = Late::Nothing;
                self.settle(world, id, order)
            }),
            Late::Release => nexts.add(world, id, "'s late release is executed", |world| {
                world.at_mut(id).late = Late::Nothing;
                self.release(world, id)
            }),
        }
    }
}

/// Whether nothing happens any more unless a shopper, or time, begins it.
pub fn is_quiet(world: &World) -> bool {
    let quiet = |id: Id| {
        let attempt = world.at(id);
        !attempt.runs() && !attempt.orphan && attempt.late == Late::Nothing
    };
    world.submitted().all(quiet)
}
