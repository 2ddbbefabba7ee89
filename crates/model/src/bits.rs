//! How a state becomes 128 bits, and back.

use crate::phase::{Held, Late, Phase, Refusal};
use crate::world::{Attempt, Guard, Id, Redis, Token};

/// How many bits an attempt takes.
pub const ATTEMPT: u32 = 17;

/// Lays small numbers side by side.
#[derive(Default)]
pub struct Writer {
    word: u128,
    used: u32,
}

impl Writer {
    pub fn put(&mut self, bits: u32, value: impl Into<u32>) {
        let value = value.into();
        debug_assert!(value < 1 << bits, "{value} does not fit into {bits} bits");
        self.word |= u128::from(value) << self.used;
        self.used += bits;
    }

    pub fn word(self) -> u128 {
        debug_assert!(self.used <= u128::BITS, "{} bits are too many", self.used);
        self.word
    }
}

/// Takes them up again, in the same order.
pub struct Reader(u128);

impl Reader {
    pub fn new(word: u128) -> Self {
        Self(word)
    }

    pub fn word(&mut self, bits: u32) -> u32 {
        let low = self.0 & ((1 << bits) - 1);
        self.0 >>= bits;
        u32::try_from(low).expect("at most 32 bits at a time")
    }

    pub fn take(&mut self, bits: u32) -> u8 {
        narrow(self.word(bits))
    }

    pub fn flag(&mut self) -> bool {
        self.word(1) == 1
    }
}

fn narrow(bits: u32) -> u8 {
    u8::try_from(bits & 0xff).expect("eight bits")
}

impl Attempt {
    pub fn word(&self) -> u32 {
        self.word_with(self.phase, self.late)
    }

    /// What tells it from other attempts; an order that it names is its own or another's.
    pub fn key(&self, id: Id) -> u32 {
        let own = |order: Id| Id::from(order != id);
        let phase = match self.phase {
            Phase::Settle(order) => Phase::Settle(own(order)),
            phase => phase,
        };
        let late = match self.late {
            Late::Settle(order) => Late::Settle(own(order)),
            late => late,
        };
        self.word_with(phase, late)
    }

    fn word_with(&self, phase: Phase, late: Late) -> u32 {
        u32::from(phase.code())
            | u32::from(self.page) << 5
            | u32::from(late.code()) << 7
            | u32::from(self.confirmed) << 10
            | u32::from(self.owner) << 11
            | u32::from(self.orphan) << 12
            | u32::from(self.ordered) << 13
            | u32::from(self.lease) << 14
            | u32::from(self.sole) << 15
            | u32::from(self.denied) << 16
    }

    pub fn of(word: u32) -> Self {
        let flag = |place: u32| word >> place & 1 == 1;
        Self {
            phase: Phase::of(narrow(word & 0b1_1111)),
            page: narrow(word >> 5 & 0b11),
            late: Late::of(narrow(word >> 7 & 0b111)),
            confirmed: flag(10),
            owner: flag(11),
            orphan: flag(12),
            ordered: flag(13),
            lease: flag(14),
            sole: flag(15),
            denied: flag(16),
        }
    }
}

impl Redis {
    pub fn write(self, bits: &mut Writer) {
        for token in self.tokens {
            bits.put(4, token.code());
        }
        bits.put(4, self.guard.code());
    }

    pub fn read(bits: &mut Reader) -> Self {
        let mut redis = Self::EMPTY;
        for token in &mut redis.tokens {
            *token = Token::of(bits.take(4));
        }
        redis.guard = Guard::of(bits.take(4));
        redis
    }
}

impl Phase {
    fn code(self) -> u8 {
        match self {
            Self::Absent => 0,
            Self::Over => 1,
            Self::Find => 2,
            Self::Claim => 3,
            Self::Take => 4,
            Self::Look(held) => 5 + held as u8,
            Self::Wait(held) => 8 + held as u8,
            Self::LookNamed => 10,
            Self::Outgrow => 11,
            Self::Insert(earlier) => 12 + earlier,
            Self::Commit(earlier) => 15 + earlier,
            Self::ReadBack(earlier) => 18 + earlier,
            Self::Settle(order) => 21 + order,
            Self::Release(refusal) => 25 + refusal as u8,
            Self::PutBack => 27,
            Self::LookExpired => 28,
            Self::AskStatus => 29,
        }
    }

    fn of(code: u8) -> Self {
        match code {
            0 => Self::Absent,
            1 => Self::Over,
            2 => Self::Find,
            3 => Self::Claim,
            4 => Self::Take,
            5..=7 => Self::Look([Held::Busy, Held::Guarded, Held::Named][usize::from(code - 5)]),
            8..=9 => Self::Wait([Held::Busy, Held::Guarded][usize::from(code - 8)]),
            10 => Self::LookNamed,
            11 => Self::Outgrow,
            12..=14 => Self::Insert(code - 12),
            15..=17 => Self::Commit(code - 15),
            18..=20 => Self::ReadBack(code - 18),
            21..=24 => Self::Settle(code - 21),
            25..=26 => Self::Release([Refusal::Definite, Refusal::Unavailable][usize::from(code - 25)]),
            27 => Self::PutBack,
            28 => Self::LookExpired,
            _ => Self::AskStatus,
        }
    }
}

impl Late {
    fn code(self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Claim => 1,
            Self::Release => 2,
            Self::Settle(order) => 3 + order,
        }
    }

    fn of(code: u8) -> Self {
        match code {
            0 => Self::Nothing,
            1 => Self::Claim,
            2 => Self::Release,
            _ => Self::Settle(code - 3),
        }
    }
}

impl Token {
    fn code(self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::Issued => 1,
            Self::Claimed(id) => 2 + id,
            Self::Placed(order) => 6 + order,
        }
    }

    fn of(code: u8) -> Self {
        match code {
            0 => Self::Missing,
            1 => Self::Issued,
            2..=5 => Self::Claimed(code - 2),
            _ => Self::Placed(code - 6),
        }
    }
}

impl Guard {
    fn code(self) -> u8 {
        match self {
            Self::Free => 0,
            Self::Running(id) => 1 + id,
            Self::Names(id) => 5 + id,
        }
    }

    fn of(code: u8) -> Self {
        match code {
            0 => Self::Free,
            1..=4 => Self::Running(code - 1),
            _ => Self::Names(code - 5),
        }
    }
}
