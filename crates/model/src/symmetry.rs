//! Submissions are numbered in the order of their arrival, and nothing in the protocol knows the numbers: two states that
//! differ in them alone are one state.

use crate::phase::{Late, Phase};
use crate::world::{ATTEMPTS, Guard, Id, Redis, Token, World};

/// The new number of each attempt; the probe keeps its own.
type Renaming = [Id; ATTEMPTS + 1];

impl World {
    /// The same state with its attempts in a fixed order.
    pub fn sorted(&self) -> Self {
        let mut keyed = [(0, 0); ATTEMPTS];
        for (id, keyed) in (0..).zip(&mut keyed) {
            *keyed = (self.key(id), id);
        }
        if keyed.is_sorted() {
            return *self;
        }
        keyed.sort_unstable();
        let mut renaming: Renaming = [0, 1, 2, 3, 4];
        let mut world = *self;
        for (new, (_, old)) in (0..).zip(keyed) {
            renaming[usize::from(old)] = new;
            *world.at_mut(new) = *self.at(old);
        }
        world.rename(renaming);
        world
    }

    /// What tells an attempt from others, whatever their numbers.
    fn key(&self, id: Id) -> u64 {
        let attempt = self.at(id);
        if attempt.phase == Phase::Absent {
            return u64::MAX;
        }
        let copy = self.copy.map_or(0, |copy| copy.mentions_of(id));
        u64::from(attempt.key(id)) << 32 | u64::from(self.redis.mentions_of(id)) << 16 | u64::from(copy)
    }

    /// The same state with two attempts in each other's place.
    #[cfg(test)]
    pub fn swap(&mut self, one: Id, other: Id) {
        let mut renaming: Renaming = [0, 1, 2, 3, 4];
        renaming.swap(usize::from(one), usize::from(other));
        self.attempts.swap(usize::from(one), usize::from(other));
        self.rename(renaming);
    }

    fn rename(&mut self, renaming: Renaming) {
        let new = |id: Id| renaming[usize::from(id)];
        for attempt in &mut self.attempts {
            if let Phase::Settle(order) = attempt.phase {
                attempt.phase = Phase::Settle(new(order));
            }
            if let Late::Settle(order) = attempt.late {
                attempt.late = Late::Settle(new(order));
            }
        }
        self.redis.rename(renaming);
        if let Some(copy) = &mut self.copy {
            copy.rename(renaming);
        }
    }
}

impl Redis {
    /// Where the attempt is mentioned: two bits for each token, two for the guard.
    fn mentions_of(self, id: Id) -> u16 {
        let mut mentions = match self.guard {
            Guard::Running(other) if other == id => 1,
            Guard::Names(other) if other == id => 2,
            _ => 0,
        };
        for token in self.tokens {
            mentions = mentions << 2
                | match token {
                    Token::Claimed(other) if other == id => 1,
                    Token::Placed(order) if order == id => 2,
                    _ => 0,
                };
        }
        mentions
    }

    fn rename(&mut self, renaming: Renaming) {
        let new = |id: Id| renaming[usize::from(id)];
        for token in &mut self.tokens {
            *token = match *token {
                Token::Claimed(id) => Token::Claimed(new(id)),
                Token::Placed(order) => Token::Placed(new(order)),
                same => same,
            };
        }
        self.guard = match self.guard {
            Guard::Running(id) => Guard::Running(new(id)),
            Guard::Names(id) => Guard::Names(new(id)),
            Guard::Free => Guard::Free,
        };
    }
}
