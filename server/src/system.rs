//! The clock and the randomness of the machine: the one place that reads them.

use std::time::{SystemTime, UNIX_EPOCH};

use checkout::ports::{Clock, IdSource};
use checkout::time::Timestamp;

/// The machine's clock; ahead of it by so many milliseconds in crash tests, which have no second machine.
#[derive(Clone, Copy, Default)]
pub(crate) struct SystemClock {
    pub(crate) ahead_ms: i64,
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that the others take")]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let unix_ms = u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX);
        Timestamp::from_unix_ms(unix_ms.saturating_add_signed(self.ahead_ms))
    }
}

/// The operating system's secure randomness.
pub(crate) struct SystemIds;

impl IdSource for SystemIds {
    fn random_bytes(&self) -> [u8; 16] {
        random()
    }
}

/// `N` secure random bytes.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without it no token can be made that is worth its name. Linux never fails this after start-up.
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}
