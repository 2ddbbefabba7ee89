//! What must never be.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

use crate::model::Model;
use crate::world::{CARTS, Guard, Id, Token, World};

/// A promise of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invariant {
    /// A cart has two orders.
    Duplicate,
    /// The shopper was told of success, and no such order of theirs stands or can still come.
    Lost,
    /// The shopper was told that nothing was ordered, and an order of a submission sent before stands, or came later.
    FalseFailure,
    /// An order was told that was not committed.
    Phantom,
    /// Everything stops, leases end, the page is submitted once more, alone: and is not answered as it must be.
    Stuck,
    /// Nothing went wrong, everybody is answered, and still the page must wait for a lease.
    Wait,
    /// While Redis is well and the lease lasts, someone else was let in beside an attempt that writes, or ended its
    /// claim.
    Claim,
    /// The product was ordered a moment ago, through another cart, and the shopper was not asked.
    Unasked,
}

impl Invariant {
    pub const ALL: [Self; 8] = [
        Self::Duplicate,
        Self::Lost,
        Self::FalseFailure,
        Self::Phantom,
        Self::Stuck,
        Self::Wait,
        Self::Claim,
        Self::Unasked,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Lost => "lost",
            Self::FalseFailure => "false failure",
            Self::Phantom => "phantom",
            Self::Stuck => "stuck",
            Self::Wait => "wait",
            Self::Claim => "claim",
            Self::Unasked => "unasked",
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A set of broken invariants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Broken(u8);

impl Broken {
    pub const NOTHING: Self = Self(0);
    pub const DUPLICATE: Self = Self::of(Invariant::Duplicate);
    pub const LOST: Self = Self::of(Invariant::Lost);
    pub const FALSE_FAILURE: Self = Self::of(Invariant::FalseFailure);
    pub const PHANTOM: Self = Self::of(Invariant::Phantom);
    pub const STUCK: Self = Self::of(Invariant::Stuck);
    pub const WAIT: Self = Self::of(Invariant::Wait);
    pub const CLAIM: Self = Self::of(Invariant::Claim);
    pub const UNASKED: Self = Self::of(Invariant::Unasked);

    const fn of(invariant: Invariant) -> Self {
        Self(1 << invariant as u8)
    }

    pub fn holds(self, invariant: Invariant) -> bool {
        self.0 & Self::of(invariant).0 != 0
    }

    fn when(self, broken: bool) -> Self {
        if broken { self } else { Self::NOTHING }
    }
}

impl BitOr for Broken {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Broken {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl Model {
    /// What is wrong with a state as such.
    pub fn wrong(&self, world: &World) -> Broken {
        let mut orders = [0; CARTS];
        let mut broken = Broken::NOTHING;
        for id in world.submitted().filter(|id| world.at(*id).ordered) {
            orders[usize::from(self.cart_of(world, id))] += 1;
            broken |= Broken::FALSE_FAILURE.when(world.at(id).denied);
        }
        let comes = |id: Id| world.at(id).runs() || world.at(id).orphan;
        let lost = world.ghost.told_submitted && orders == [0; CARTS] && !world.submitted().any(comes);
        broken | Broken::LOST.when(lost) | Broken::DUPLICATE.when(orders.iter().any(|orders| *orders > 1))
    }

    /// The attempt is let in although the shopper should be asked first.
    pub fn unasked(&self, world: &World, id: Id) -> Broken {
        let other = world.ghost.guarded.is_some_and(|cart| cart != self.cart_of(world, id));
        Broken::UNASKED.when(other && !world.at(id).confirmed)
    }
}

/// The attempt is let in beside another that writes and was promised to be alone.
pub fn shares(world: &World, id: Id) -> Broken {
    let writes = |other: Id| other != id && world.at(other).sole && world.at(other).writes();
    Broken::CLAIM.when(world.submitted().any(writes))
}

/// `id` ended a claim, or a guard, of another that was promised to be alone.
pub fn foreign_hand(before: &World, after: &World, id: Id) -> Broken {
    let others = |other: &Id| *other != id && before.at(*other).sole && before.at(*other).writes();
    let ended = |other: Id| {
        let claim = Token::Claimed(other);
        let guard = Guard::Running(other);
        before.token(other) == claim && after.token(other) != claim
            || before.redis.guard == guard && after.redis.guard != guard
    };
    Broken::CLAIM.when(before.submitted().filter(others).any(ended))
}
