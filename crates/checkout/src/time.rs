//! Points in time, as the protocol compares and stores them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp {
    /// The milliseconds.
    pub unix_ms: u64,
}

impl Timestamp {
    /// The point `unix_ms` milliseconds after the epoch.
    #[must_use]
    pub const fn from_unix_ms(unix_ms: u64) -> Self {
        Self { unix_ms }
    }

    /// This point, `duration` later; the last representable point when there is none.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        let ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self {
            unix_ms: self.unix_ms.saturating_add(ms),
        }
    }

    /// How long `earlier` lies before this point; zero when it lies after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.unix_ms.saturating_sub(earlier.unix_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_saturates_instead_of_wrapping() {
        let now = Timestamp::from_unix_ms(1_000);
        assert_eq!(now.after(Duration::from_secs(1)).unix_ms, 2_000);
        assert_eq!(now.after(Duration::MAX).unix_ms, u64::MAX);
        assert_eq!(now.since(Timestamp::from_unix_ms(400)), Duration::from_millis(600));
        assert_eq!(now.since(Timestamp::from_unix_ms(4_000)), Duration::ZERO);
    }
}
