//! What goes wrong. Each takes one of the faults that a walk allows; several can follow one another in any order.

use crate::answers::Answer;
use crate::invariants::Broken;
use crate::model::{Model, Nexts};
use crate::phase::{Late, Phase, Refusal};
use crate::protocol::go;
use crate::rules::{Outage, TokenRule};
use crate::shoppers::is_quiet;
use crate::world::{CartStatus, Guard, Id, Redis, World};

impl Model {
    /// What goes wrong for one attempt, wherever it stands.
    pub fn faults_of(&self, world: &World, id: Id, nexts: &mut Nexts) {
        if let Phase::Insert(earlier) = world.at(id).phase {
            // No fault of its own: what it waits for is one.
            if self.waits_for(world, id).is_some_and(|other| world.at(other).orphan) {
                self.not_done(world, id, earlier, "waits too long for the lock", nexts);
            }
        }
        let Some(faults) = world.faults.checked_sub(1) else {
            return;
        };
        let world = &World { faults, ..*world };
        self.crashes(world, id, nexts);
        if world.at(id).lease && self.rules.claim.lease_ends {
            nexts.add(world, id, "is stopped for longer than its lease", |world| {
                self.lapse(world, id);
                Broken::NOTHING
            });
        }
        match world.at(id).phase {
            Phase::Find | Phase::Look(_) | Phase::LookNamed | Phase::LookExpired => {
                nexts.add(world, id, "gets no answer from the database", |world| {
                    self.tell(world, id, Answer::Unavailable)
                });
            }
            Phase::Claim => self.claim_faults(world, id, nexts),
            Phase::Insert(earlier) => self.not_done(world, id, earlier, "gets no database connection", nexts),
            Phase::Commit(earlier) => self.commit_faults(world, id, earlier, nexts),
            Phase::ReadBack(earlier) => self.unknown(world, id, earlier, "can not read its order back", nexts),
            Phase::Settle(order) => self.settle_faults(world, id, order, nexts),
            Phase::Release(refusal) => self.release_faults(world, id, refusal, nexts),
            Phase::AskStatus | Phase::Outgrow => self.expired_faults(world, id, nexts),
            Phase::Absent | Phase::Over | Phase::Take | Phase::Wait(_) | Phase::PutBack => {}
        }
    }

    /// Its server dies. What it sent may still be executed.
    fn crashes(&self, world: &World, id: Id, nexts: &mut Nexts) {
        let late = match world.at(id).phase {
            Phase::Claim if self.rules.token == TokenRule::Claim => Late::Claim,
            Phase::Settle(order) => Late::Settle(order),
            Phase::Release(_) => Late::Release,
            _ => Late::Nothing,
        };
        nexts.add(world, id, "'s server dies", |world| go(world, id, Phase::Over));
        if matches!(world.at(id).phase, Phase::Commit(_)) {
            nexts.add(world, id, "'s server dies with COMMIT under way", |world| {
                world.at_mut(id).orphan = true;
                go(world, id, Phase::Over)
            });
        }
        if late != Late::Nothing {
            nexts.add(
                world,
                id,
                "'s server dies with its request to Redis under way",
                |world| {
                    world.at_mut(id).late = late;
                    go(world, id, Phase::Over)
                },
            );
        }
    }

    fn claim_faults(&self, world: &World, id: Id, nexts: &mut Nexts) {
        nexts.add(world, id, "can not reach Redis", |world| self.degrade(world, id));
        if self.rules.token != TokenRule::Claim {
            return;
        }
        nexts.add(world, id, "claims, and the reply is lost", |world| {
            let (_, broken) = self.claim(world, id);
            broken | self.degrade(world, id)
        });
        nexts.add(world, id, "claims, Redis is late, and it stops waiting", |world| {
            world.at_mut(id).late = Late::Claim;
            self.degrade(world, id)
        });
    }

    /// Redis did not answer.
    fn degrade(&self, world: &mut World, id: Id) -> Broken {
        let claims = matches!(self.rules.token, TokenRule::Claim | TokenRule::ClaimInTwoSteps);
        if self.rules.outage == Outage::Database && claims {
            return go(world, id, Phase::Insert(0));
        }
        let order = self.order_of(world, self.cart_of(world, id));
        self.tell(world, id, order.map_or(Answer::Unavailable, Answer::Order))
    }

    fn commit_faults(&self, world: &World, id: Id, earlier: u8, nexts: &mut Nexts) {
        let mut lost = *world;
        self.commit(&mut lost, id);
        self.unknown(
            &lost,
            id,
            earlier,
            "'s COMMIT is executed, its acknowledgement lost",
            nexts,
        );
        self.unknown(world, id, earlier, "'s COMMIT never arrives", nexts);
        let mut late = *world;
        late.at_mut(id).orphan = true;
        self.unknown(&late, id, earlier, "'s COMMIT is late, and it stops waiting", nexts);
        nexts.add(world, id, "'s COMMIT is acknowledged, and nothing is stored", |world| {
            self.committed(world, id, earlier)
        });
    }

    fn settle_faults(&self, world: &World, id: Id, order: Id, nexts: &mut Nexts) {
        let answer = if self.rules.answer.settle_may_fail {
            Answer::Order(order)
        } else {
            Answer::Unavailable
        };
        nexts.add(world, id, "can not reach Redis to settle, and answers", |world| {
            self.tell(world, id, answer)
        });
        nexts.add(world, id, "settles, Redis is late, and answers", |world| {
            world.at_mut(id).late = Late::Settle(order);
            self.tell(world, id, answer)
        });
    }

    fn release_faults(&self, world: &World, id: Id, refusal: Refusal, nexts: &mut Nexts) {
        nexts.add(world, id, "can not reach Redis to release, and answers", |world| {
            self.tell(world, id, refusal.into())
        });
        nexts.add(world, id, "releases, Redis is late, and answers", |world| {
            world.at_mut(id).late = Late::Release;
            self.tell(world, id, refusal.into())
        });
    }

    /// What goes wrong for everyone.
    pub fn faults(&self, world: &World, nexts: &mut Nexts) {
        let Some(faults) = world.faults.checked_sub(1) else {
            return;
        };
        let world = &World { faults, ..*world };
        if world.redis != Redis::EMPTY && !self.scope.events.redis_keeps {
            nexts.add(world, None, "Redis loses everything", |world| {
                replace_redis(world, Redis::EMPTY)
            });
        }
        if let Some(copy) = world.copy.filter(|copy| *copy != world.redis) {
            nexts.add(world, None, "Redis is restored from its copy", |world| {
                replace_redis(world, copy)
            });
        }
        let ordered = world.submitted().any(|id| world.at(id).ordered);
        if self.scope.events.stale_database && ordered && is_quiet(world) {
            nexts.add(world, None, "the database is restored from its first copy", |world| {
                lose_orders(world);
                Broken::NOTHING
            });
        }
    }
}

/// Redis holds something else, and the promises it gave are void.
fn replace_redis(world: &mut World, holds: Redis) -> Broken {
    world.redis = holds;
    world.ghost.guarded = None;
    for attempt in &mut world.attempts {
        attempt.sole = false;
    }
    if let Guard::Running(id) = world.redis.guard
        && !world.at(id).lease
    {
        world.redis.guard = Guard::Free;
    }
    Broken::NOTHING
}

/// The database is as it was before any order.
fn lose_orders(world: &mut World) {
    for attempt in &mut world.attempts {
        attempt.ordered = false;
        attempt.denied = false;
    }
    for cart in &mut world.carts {
        if *cart == CartStatus::Ordered {
            *cart = CartStatus::Open;
        }
    }
    world.ghost.database_lost = true;
}
