//! `place_order`, step by step, as long as nothing goes wrong. What goes wrong stands in `faults`.

use crate::answers::Answer;
use crate::database::Decision;
use crate::invariants::{Broken, foreign_hand};
use crate::model::{Model, Nexts};
use crate::phase::{Held, Phase, Refusal};
use crate::rules::{OnUnknown, TokenRule};
use crate::token_store::Reply;
use crate::world::{CartStatus, Id, Token, World};

/// How many inserts with an unknown outcome may come before another: three inserts in all.
const LAST_INSERT: u8 = 2;

impl Model {
    /// A submission arrives.
    pub fn submit(&self, world: &mut World, id: Id, page: u8, confirmed: bool) -> Broken {
        let first = match self.rules.token {
            _ if world.expired[usize::from(page)] => Phase::LookExpired,
            TokenRule::Ignored => Phase::Insert(0),
            _ if self.rules.attempt.finds_first => Phase::Find,
            _ => Phase::Claim,
        };
        let attempt = world.at_mut(id);
        attempt.phase = first;
        attempt.page = page;
        attempt.confirmed = confirmed;
        if first == Phase::LookExpired && !self.rules.attempt.expired_looks {
            return self.tell(world, id, Answer::Expired);
        }
        Broken::NOTHING
    }

    /// What the attempt does next.
    pub fn steps(&self, world: &World, id: Id, nexts: &mut Nexts) {
        match world.at(id).phase {
            Phase::Absent | Phase::Over => {}
            Phase::Find => nexts.add(world, id, "reads the cart", |world| self.find(world, id)),
            Phase::Claim => self.claims(world, id, nexts),
            Phase::Take => self.takes(world, id, nexts),
            Phase::Look(held) => nexts.add(world, id, "looks for the order in the database", |world| {
                self.look(world, id, held)
            }),
            Phase::Wait(held) => self.waits(world, id, held, nexts),
            Phase::LookNamed => nexts.add(world, id, "reads the order that Redis named", |world| {
                self.replay_or(world, id, Answer::Unknown)
            }),
            Phase::Insert(earlier) => self.inserts(world, id, earlier, nexts),
            Phase::Commit(earlier) => nexts.add(world, id, "commits", |world| {
                self.commit(world, id);
                self.committed(world, id, earlier)
            }),
            Phase::ReadBack(earlier) => self.reads_back(world, id, earlier, nexts),
            Phase::Settle(_) | Phase::Release(_) | Phase::PutBack => self.ends(world, id, nexts),
            Phase::LookExpired | Phase::AskStatus | Phase::Outgrow => self.expired_steps(world, id, nexts),
        }
    }

    /// What an attempt does last.
    fn ends(&self, world: &World, id: Id, nexts: &mut Nexts) {
        match world.at(id).phase {
            Phase::Settle(order) => nexts.add(world, id, "settles the claim and answers", |world| {
                let broken = self.settle(world, id, order);
                broken | self.tell(world, id, Answer::Order(order))
            }),
            Phase::Release(refusal) => nexts.add(world, id, "releases the claim and answers", |world| {
                let broken = self.release(world, id);
                broken | self.tell(world, id, refusal.into())
            }),
            _ => nexts.add(world, id, "puts the token back and answers \"error\"", |world| {
                *world.token_mut(id) = Token::Issued;
                self.tell(world, id, Answer::Unknown)
            }),
        }
    }

    fn find(&self, world: &mut World, id: Id) -> Broken {
        let cart = self.cart_of(world, id);
        let ordered = world.carts[usize::from(cart)] == CartStatus::Ordered;
        match self.order_of(world, cart).filter(|_| ordered) {
            Some(order) => self.tell(world, id, Answer::Order(order)),
            None => go(world, id, Phase::Claim),
        }
    }

    pub fn replay_or(&self, world: &mut World, id: Id, otherwise: Answer) -> Broken {
        let order = self.order_of(world, self.cart_of(world, id));
        self.tell(world, id, order.map_or(otherwise, Answer::Order))
    }

    fn claims(&self, world: &World, id: Id, nexts: &mut Nexts) {
        match self.rules.token {
            TokenRule::Claim => {
                let what = match self.claim_reply(world, id) {
                    Reply::Claimed => "claims the token",
                    Reply::Placed(_) => "finds the token placed",
                    Reply::Held(Held::Busy) => "finds the token claimed by another",
                    Reply::Held(_) => "finds the repeat guard held by another page",
                    Reply::Refused => "is refused: Redis does not know the token",
                };
                nexts.add(world, id, what, |world| {
                    let (reply, broken) = self.claim(world, id);
                    broken | self.claimed(world, id, reply)
                });
            }
            TokenRule::ClaimInTwoSteps => nexts.add(world, id, "reads the token's state", |world| {
                match self.claim_reply(world, id) {
                    Reply::Claimed => go(world, id, Phase::Take),
                    reply => self.claimed(world, id, reply),
                }
            }),
            _ => self.consumes(world, id, nexts),
        }
    }

    /// After the reply to a claim.
    pub fn claimed(&self, world: &mut World, id: Id, reply: Reply) -> Broken {
        match reply {
            Reply::Claimed => {
                world.at_mut(id).owner = true;
                go(world, id, Phase::Insert(0))
            }
            Reply::Placed(order) if !self.rules.attempt.reads_named_order => self.tell(world, id, Answer::Order(order)),
            Reply::Placed(_) => go(world, id, Phase::LookNamed),
            Reply::Held(held) if self.rules.attempt.looks_when_held => go(world, id, Phase::Look(held)),
            Reply::Held(held) => self.held(world, id, held),
            Reply::Refused => self.tell(world, id, Answer::NotOrdered),
        }
    }

    fn look(&self, world: &mut World, id: Id, held: Held) -> Broken {
        match self.order_of(world, self.cart_of(world, id)) {
            Some(order) => self.tell(world, id, Answer::Order(order)),
            None => self.held(world, id, held),
        }
    }

    /// Someone else holds the token or the guard, and no order is known.
    fn held(&self, world: &mut World, id: Id, held: Held) -> Broken {
        match held {
            Held::Named => self.tell(world, id, Answer::Repeat),
            Held::Busy | Held::Guarded => go(world, id, Phase::Wait(held)),
        }
    }

    fn waits(&self, world: &World, id: Id, held: Held, nexts: &mut Nexts) {
        nexts.add(world, id, "asks again", |world| go(world, id, Phase::Claim));
        let (what, answer) = match held {
            Held::Busy => ("is answered \"in progress\"", Answer::InProgress),
            _ => ("is answered \"repeat\"", Answer::RepeatRunning),
        };
        nexts.add(world, id, what, |world| {
            let before = *world;
            if !self.rules.ending.loser_keeps_hands_off {
                self.free(world, id);
            }
            let broken = foreign_hand(&before, world, id);
            broken | self.tell(world, id, answer)
        });
    }

    fn inserts(&self, world: &World, id: Id, earlier: u8, nexts: &mut Nexts) {
        let mut after = *world;
        match self.decide(&mut after, id) {
            Decision::Blocked => {}
            Decision::Written => nexts.add(&after, id, "inserts, and has yet to commit", |world| {
                world.at_mut(id).phase = Phase::Commit(earlier);
                self.written(world, id)
            }),
            Decision::Decided(Some(order)) => nexts.add(&after, id, "meets the order that stands", |world| {
                if self.rules.answer.conflict_replays {
                    self.ends_with(world, id, order)
                } else {
                    self.tell(world, id, Answer::NotOrdered)
                }
            }),
            Decision::Decided(None) => nexts.add(&after, id, "meets a cart that is closed without an order", |world| {
                self.refuses(world, id, Refusal::Definite)
            }),
            Decision::Refused => nexts.add(&after, id, "is refused: the cart can not become the order", |world| {
                if self.rules.attempt.refusal_outgrows {
                    go(world, id, Phase::Outgrow)
                } else {
                    self.refuses(world, id, Refusal::Definite)
                }
            }),
        }
    }

    /// Variants only: what comes too early.
    fn written(&self, world: &mut World, id: Id) -> Broken {
        let mut broken = Broken::NOTHING;
        if !self.rules.attempt.settles_after_commit {
            broken |= self.settle(world, id, id);
        }
        if !self.rules.attempt.acknowledges_after_commit {
            broken |= self.judge(world, id, Answer::Order(id));
        }
        broken
    }

    /// After a commit that was acknowledged.
    pub fn committed(&self, world: &mut World, id: Id, earlier: u8) -> Broken {
        if self.rules.attempt.reads_back {
            go(world, id, Phase::ReadBack(earlier))
        } else {
            self.ends_with(world, id, id)
        }
    }

    fn reads_back(&self, world: &World, id: Id, earlier: u8, nexts: &mut Nexts) {
        if world.at(id).ordered {
            nexts.add(world, id, "reads its order back", |world| self.ends_with(world, id, id));
        } else {
            self.unknown(world, id, earlier, "does not find its order after the commit", nexts);
        }
    }

    /// The outcome of an insert is unknown.
    pub fn unknown(&self, world: &World, id: Id, earlier: u8, what: &'static str, nexts: &mut Nexts) {
        if self.rules.attempt.on_unknown == OnUnknown::InsertAgain && earlier < LAST_INSERT {
            nexts.add(world, id, what, |world| go(world, id, Phase::Insert(earlier + 1)));
        }
        nexts.add(world, id, what, |world| match self.rules.attempt.on_unknown {
            OnUnknown::InsertAgain => self.leaves_open(world, id),
            OnUnknown::Select => match self.order_of(world, self.cart_of(world, id)) {
                Some(order) => self.ends_with(world, id, order),
                None => self.refuses(world, id, Refusal::Unavailable),
            },
            OnUnknown::NotDone => self.refuses(world, id, Refusal::Unavailable),
            OnUnknown::Done => self.ends_with(world, id, id),
            OnUnknown::GiveUp if self.rules.token == TokenRule::GetDeletePutBack => go(world, id, Phase::PutBack),
            OnUnknown::GiveUp => self.tell(world, id, Answer::Unknown),
        });
    }

    /// Three inserts, or the time for them, are over without an outcome.
    fn leaves_open(&self, world: &mut World, id: Id) -> Broken {
        let mut broken = Broken::NOTHING;
        if !self.rules.attempt.unknown_keeps_claim && world.at(id).owner {
            broken |= self.release(world, id);
        }
        broken | self.tell(world, id, Answer::Unknown)
    }

    /// The insert was certainly not done.
    pub fn not_done(&self, world: &World, id: Id, earlier: u8, what: &'static str, nexts: &mut Nexts) {
        if earlier > 0 && self.rules.attempt.not_done_stays_unknown {
            self.unknown(world, id, earlier, what, nexts);
        } else {
            nexts.add(world, id, what, |world| match self.rules.token {
                TokenRule::GetDeletePutBack => go(world, id, Phase::PutBack),
                _ => self.refuses(world, id, Refusal::Unavailable),
            });
        }
    }

    /// The intent has this order.
    pub fn ends_with(&self, world: &mut World, id: Id, order: Id) -> Broken {
        if world.at(id).owner && self.rules.attempt.order_settles {
            go(world, id, Phase::Settle(order))
        } else {
            self.tell(world, id, Answer::Order(order))
        }
    }

    /// This submission wrote nothing.
    pub fn refuses(&self, world: &mut World, id: Id, refusal: Refusal) -> Broken {
        if world.at(id).owner && self.rules.attempt.refusal_releases {
            go(world, id, Phase::Release(refusal))
        } else {
            self.tell(world, id, refusal.into())
        }
    }
}

/// The attempt goes on with `phase`.
pub fn go(world: &mut World, id: Id, phase: Phase) -> Broken {
    world.at_mut(id).phase = phase;
    Broken::NOTHING
}
