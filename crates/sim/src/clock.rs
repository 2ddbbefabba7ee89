//! Time and ids: parameters of the core, taken from the paused clock of the runtime and from the seed.

use std::sync::Mutex;

use checkout::ports::{Clock, IdSource};
use checkout::time::Timestamp;
use tokio::time::Instant;

use crate::lock;
use crate::random::Random;

/// When every world begins.
const BEGINNING: Timestamp = Timestamp::from_unix_ms(1_700_000_000_000);

/// A clock that follows the runtime's, so that leases end while the world sleeps.
#[derive(Debug)]
pub(crate) struct WorldClock(Instant);

impl WorldClock {
    pub(crate) fn new() -> Self {
        Self(Instant::now())
    }

    /// How long the world has lasted.
    pub(crate) fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        BEGINNING.after(self.0.elapsed())
    }
}

/// Ids of the world's seed.
#[derive(Debug)]
pub(crate) struct WorldIds(Mutex<Random>);

impl WorldIds {
    pub(crate) fn new(random: Random) -> Self {
        Self(Mutex::new(random))
    }
}

impl IdSource for WorldIds {
    fn random_bytes(&self) -> [u8; 16] {
        lock(&self.0).bytes()
    }
}
