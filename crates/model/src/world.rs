//! The state of everything: what the shop, its stores and its shoppers know at one moment, in 128 bits.

use crate::answers::Answer;
use crate::bits::{ATTEMPT, Reader, Writer};
use crate::phase::{Late, Phase};

/// An attempt, and the order that it writes: each attempt has one order id of its own.
pub type Id = u8;
/// A confirmation page, and the token in it.
pub type Page = u8;
/// A cart: one buying intent.
pub type Cart = u8;

/// The most submissions of a walk.
pub const ATTEMPTS: usize = 4;
/// The attempt that asks, at the end, whether all is decided. It is never part of a stored state.
pub const PROBE: Id = 4;
/// The most confirmation pages of a walk.
pub const PAGES: usize = 3;
/// The most carts of a walk. All of them hold the same product.
pub const CARTS: usize = 2;

/// Everything at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct World {
    pub attempts: [Attempt; ATTEMPTS + 1],
    pub redis: Redis,
    /// An earlier state of Redis, from which it can be restored.
    pub copy: Option<Redis>,
    pub carts: [CartStatus; CARTS],
    pub stock: Stock,
    /// How many pages were rendered.
    pub rendered: u8,
    /// Pages whose token is too old to be claimed.
    pub expired: [bool; PAGES],
    /// Pages whose quote the cart has outgrown: its version is another one.
    pub outgrown: [bool; PAGES],
    /// How many faults may still happen.
    pub faults: u8,
    pub ghost: Ghost,
    /// The latest answer. Not part of a stored state.
    pub told: Option<Answer>,
}

/// What no program knows: remembered to judge by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ghost {
    /// The cart whose order the repeat guard must name.
    pub guarded: Option<Cart>,
    /// The shopper was told "already submitted", which sounds like success.
    pub told_submitted: bool,
    /// The database lost orders. What follows is no protocol's fault, except telling orders that are not there.
    pub database_lost: bool,
}

/// One submission, from its arrival to its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Attempt {
    pub phase: Phase,
    pub page: Page,
    /// The shopper was asked about an earlier order and wants it again.
    pub confirmed: bool,
    /// It holds the claim. Otherwise it goes on with the database alone.
    pub owner: bool,
    /// Its COMMIT is under way although nobody waits for it: it happens later, or never. Until then its locks hold.
    pub orphan: bool,
    /// Its order is committed.
    pub ordered: bool,
    /// What it sent to Redis and gave up waiting for.
    pub late: Late,
    /// The lease of its claim is not over.
    pub lease: bool,
    /// Ghost: Redis gave it the right to try alone, and neither time nor a fault of Redis has taken that away.
    pub sole: bool,
    /// Ghost: the shopper was told that this submission came to nothing, and that nothing comes of it.
    pub denied: bool,
}

/// What Redis holds for the shopper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redis {
    pub tokens: [Token; PAGES],
    pub guard: Guard,
}

/// A token in Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    Missing,
    Issued,
    Claimed(Id),
    Placed(Id),
}

/// The repeat guard of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    Free,
    /// The page of this attempt holds it, until the attempt's lease is over.
    Running(Id),
    /// It names the order that this attempt settled.
    Names(Id),
}

/// `carts.status`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CartStatus {
    Open,
    Ordered,
    Void,
}

/// Whether the product can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stock {
    There,
    Gone,
    Returned,
}

impl Attempt {
    const ABSENT: Self = Self {
        phase: Phase::Absent,
        page: 0,
        confirmed: false,
        owner: false,
        orphan: false,
        ordered: false,
        late: Late::Nothing,
        lease: false,
        sole: false,
        denied: false,
    };

    /// Whether a server works on it.
    pub fn runs(&self) -> bool {
        !matches!(self.phase, Phase::Absent | Phase::Over)
    }

    /// Whether it has begun to write and its outcome is still open.
    pub fn writes(&self) -> bool {
        self.orphan || matches!(self.phase, Phase::Insert(_) | Phase::Commit(_) | Phase::ReadBack(_))
    }

    /// Whether its transaction holds what it locked.
    pub fn locks(&self) -> bool {
        self.orphan || matches!(self.phase, Phase::Commit(_))
    }
}

impl Redis {
    pub const EMPTY: Self = Self {
        tokens: [Token::Missing; PAGES],
        guard: Guard::Free,
    };

    /// The attempts whose claims are there, each with a bit of its own.
    fn claimants(self) -> u8 {
        let mut claimants = match self.guard {
            Guard::Running(id) => 1 << id,
            _ => 0,
        };
        for token in self.tokens {
            if let Token::Claimed(id) = token {
                claimants |= 1 << id;
            }
        }
        claimants
    }
}

impl World {
    /// Before anything happened.
    pub fn new(rendered: u8, faults: u8) -> Self {
        let mut world = Self {
            attempts: [Attempt::ABSENT; ATTEMPTS + 1],
            redis: Redis::EMPTY,
            copy: None,
            carts: [CartStatus::Open; CARTS],
            stock: Stock::There,
            rendered,
            expired: [false; PAGES],
            outgrown: [false; PAGES],
            faults,
            ghost: Ghost::default(),
            told: None,
        };
        world.redis.tokens[..usize::from(rendered)].fill(Token::Issued);
        world
    }

    pub fn at(&self, id: Id) -> &Attempt {
        &self.attempts[usize::from(id)]
    }

    pub fn at_mut(&mut self, id: Id) -> &mut Attempt {
        &mut self.attempts[usize::from(id)]
    }

    /// The token of the attempt's page.
    pub fn token(&self, id: Id) -> Token {
        self.redis.tokens[usize::from(self.at(id).page)]
    }

    pub fn token_mut(&mut self, id: Id) -> &mut Token {
        &mut self.redis.tokens[usize::from(self.at(id).page)]
    }

    /// Every attempt that was submitted.
    pub fn submitted(&self) -> impl Iterator<Item = Id> {
        (0..=PROBE).filter(|id| self.at(*id).phase != Phase::Absent)
    }

    /// Forgets what makes no difference any more, so that equal states look equal.
    pub fn tidy(&mut self) {
        let claimants = self.redis.claimants() | self.copy.map_or(0, Redis::claimants);
        for (id, attempt) in self.attempts.iter_mut().enumerate() {
            if attempt.phase == Phase::Over {
                attempt.owner = false;
                attempt.confirmed &= attempt.late == Late::Claim;
                attempt.sole &= attempt.orphan;
            }
            attempt.lease &= attempt.sole || claimants >> id & 1 == 1;
        }
    }

    pub fn pack(&self) -> u128 {
        let mut bits = Writer::default();
        for attempt in &self.attempts[..ATTEMPTS] {
            bits.put(ATTEMPT, attempt.word());
        }
        self.redis.write(&mut bits);
        bits.put(1, self.copy.is_some());
        self.copy.unwrap_or(Redis::EMPTY).write(&mut bits);
        for cart in self.carts {
            bits.put(2, cart as u8);
        }
        bits.put(2, self.stock as u8);
        bits.put(2, self.rendered);
        for page in 0..PAGES {
            bits.put(1, self.expired[page]);
            bits.put(1, self.outgrown[page]);
        }
        bits.put(2, self.faults);
        bits.put(2, self.ghost.guarded.map_or(0, |cart| cart + 1));
        bits.put(1, self.ghost.told_submitted);
        bits.put(1, self.ghost.database_lost);
        bits.word()
    }

    pub fn unpack(packed: u128) -> Self {
        let mut bits = Reader::new(packed);
        let mut world = Self::new(0, 0);
        for attempt in &mut world.attempts[..ATTEMPTS] {
            *attempt = Attempt::of(bits.word(ATTEMPT));
        }
        world.redis = Redis::read(&mut bits);
        let copied = bits.flag();
        let copy = Redis::read(&mut bits);
        world.copy = copied.then_some(copy);
        for cart in &mut world.carts {
            *cart = [CartStatus::Open, CartStatus::Ordered, CartStatus::Void][usize::from(bits.take(2))];
        }
        world.stock = [Stock::There, Stock::Gone, Stock::Returned][usize::from(bits.take(2))];
        world.rendered = bits.take(2);
        for page in 0..PAGES {
            world.expired[page] = bits.flag();
            world.outgrown[page] = bits.flag();
        }
        world.faults = bits.take(2);
        world.ghost = Ghost {
            guarded: bits.take(2).checked_sub(1),
            told_submitted: bits.flag(),
            database_lost: bits.flag(),
        };
        world
    }
}
