//! Where something can go wrong, and what.

use std::time::Duration;

use checkout::fail_point::{self, FailPoint};
use checkout::settings::Timeouts;

/// One exchange with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    FindCart,
    FindOrderByCart,
    FindOrderByToken,
    FindOrder,
    OutdateCart,
    Insert,
    Issue,
    Claim,
    Settle,
    Release,
    State,
    Ping,
    Ended,
}

/// Which store a call goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    Database,
    Tokens,
}

impl Call {
    /// Every call.
    pub const ALL: [Self; 13] = [
        Self::FindCart,
        Self::FindOrderByCart,
        Self::FindOrderByToken,
        Self::FindOrder,
        Self::OutdateCart,
        Self::Insert,
        Self::Issue,
        Self::Claim,
        Self::Settle,
        Self::Release,
        Self::State,
        Self::Ping,
        Self::Ended,
    ];

    /// What it is called in errors, traces and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FindCart => "find_cart",
            Self::FindOrderByCart => "find_order_by_cart",
            Self::FindOrderByToken => "find_order_by_token",
            Self::FindOrder => "find_order",
            Self::OutdateCart => "outdate_cart",
            Self::Insert => "insert_once",
            Self::Issue => "issue",
            Self::Claim => "claim",
            Self::Settle => "settle",
            Self::Release => "release",
            Self::State => "state",
            Self::Ping => "ping",
            Self::Ended => "ended",
        }
    }

    pub(crate) const fn store(self) -> Store {
        match self {
            Self::FindCart
            | Self::FindOrderByCart
            | Self::FindOrderByToken
            | Self::FindOrder
            | Self::OutdateCart
            | Self::Insert => Store::Database,
            Self::Issue | Self::Claim | Self::Settle | Self::Release | Self::State | Self::Ping | Self::Ended => {
                Store::Tokens
            }
        }
    }

    /// The longest that an adapter lets it take.
    pub(crate) fn limit(self, timeouts: &Timeouts) -> Duration {
        match (self.store(), self) {
            (Store::Tokens, _) => timeouts.redis_operation,
            (Store::Database, Self::Insert) => timeouts.attempt,
            (Store::Database, _) => timeouts.pool_acquire + timeouts.statement,
        }
    }
}

/// A step at which something can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A fail point of the core, or of the transaction in the simulated database.
    Point(FailPoint),
    /// An exchange with a store.
    Call(Call),
}

impl Place {
    /// Every place.
    pub fn all() -> impl Iterator<Item = Self> {
        let points = fail_point::ALL.iter().copied().map(Self::Point);
        points.chain(Call::ALL.into_iter().map(Self::Call))
    }

    /// Its name in traces and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Point(point) => point.name(),
            Self::Call(call) => call.name(),
        }
    }

    /// Its place in [`Self::all`].
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Point(point) => point as usize,
            Self::Call(call) => fail_point::ALL.len() + call as usize,
        }
    }

    /// What can go wrong here.
    #[must_use]
    pub const fn faults(self) -> &'static [Fault] {
        match self {
            Self::Point(_) => AT_POINTS,
            Self::Call(Call::FindCart | Call::FindOrderByCart) => AT_READS,
            Self::Call(Call::FindOrderByToken | Call::FindOrder) => AT_RARE_READS,
            Self::Call(Call::Insert) => AT_INSERT,
            Self::Call(Call::OutdateCart | Call::Claim | Call::Settle | Call::Release) => AT_WRITES,
            Self::Call(Call::Issue) => AT_ISSUE,
            Self::Call(Call::State | Call::Ping) => AT_TOKEN_READS,
            Self::Call(Call::Ended) => &[Fault::NewsLost],
        }
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The server dies; what it was about to send is not sent.
    Crash,
    /// The server dies; what it has just sent is executed.
    CrashSent,
    /// The server stops for a while, perhaps for longer than the lease, and goes on.
    Pause,
    /// Whoever waits for the answer goes away.
    ClientGone,
    /// The step panics.
    Panic,
    /// The token store forgets everything.
    TokensEmptied,
    /// The token store is what it was some time ago.
    TokensRestored,
    /// The token store is out of reach for a while.
    TokensGone,
    /// The database is out of reach for a while.
    DatabaseGone,
    /// Certainly not done, and it is said so.
    NotDone,
    /// Not done, and nobody knows.
    LostRequest,
    /// Done, and nobody knows.
    LostAnswer,
    /// Nobody knows; it is done later, perhaps after the lease.
    Late,
    /// The commit is on its way for some time, holding its locks, and then lost.
    LostCommit,
    /// It takes long, and is done within the adapter's limit.
    Delay,
    /// It takes longer than the adapter waits, and is not done.
    Hang,
    /// Done, and what is read back can not be.
    Corrupt,
    /// The news that a claim ended does not arrive.
    NewsLost,
}

/// How many kinds of fault there are.
pub const FAULTS: usize = 18;

const AT_POINTS: &[Fault] = &[
    Fault::Crash,
    Fault::Pause,
    Fault::ClientGone,
    Fault::Panic,
    Fault::TokensEmptied,
    Fault::TokensRestored,
    Fault::TokensGone,
    Fault::DatabaseGone,
];
const AT_READS: &[Fault] = &[
    Fault::Crash,
    Fault::Pause,
    Fault::ClientGone,
    Fault::NotDone,
    Fault::Delay,
    Fault::Hang,
    Fault::Corrupt,
];
const AT_RARE_READS: &[Fault] = &[Fault::Crash, Fault::Pause, Fault::NotDone, Fault::Delay, Fault::Hang];
const AT_INSERT: &[Fault] = &[
    Fault::Crash,
    Fault::CrashSent,
    Fault::Pause,
    Fault::ClientGone,
    Fault::Panic,
    Fault::NotDone,
    Fault::LostRequest,
    Fault::LostAnswer,
    Fault::Late,
    Fault::LostCommit,
    Fault::Delay,
    Fault::Hang,
    Fault::Corrupt,
];
const AT_WRITES: &[Fault] = &[
    Fault::Crash,
    Fault::CrashSent,
    Fault::Pause,
    Fault::ClientGone,
    Fault::NotDone,
    Fault::LostRequest,
    Fault::LostAnswer,
    Fault::Late,
    Fault::Delay,
    Fault::Hang,
];
const AT_ISSUE: &[Fault] = &[
    Fault::Crash,
    Fault::CrashSent,
    Fault::Pause,
    Fault::NotDone,
    Fault::LostRequest,
    Fault::LostAnswer,
    Fault::Late,
    Fault::Delay,
    Fault::Hang,
];
const AT_TOKEN_READS: &[Fault] = &[
    Fault::Crash,
    Fault::Pause,
    Fault::NotDone,
    Fault::LostRequest,
    Fault::Delay,
    Fault::Hang,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_its_index() {
        for (index, place) in Place::all().enumerate() {
            assert_eq!(place.index(), index, "{}", place.name());
            assert!(place.faults().iter().all(|fault| (*fault as usize) < FAULTS));
        }
        assert_eq!(Fault::NewsLost as usize, FAULTS - 1);
    }
}
