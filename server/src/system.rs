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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use checkout::ports::time_ordered_uuid;

    use super::*;

    const IDS: usize = 1_000_000;

    /// Bits that version and variant need (RFC 9562, 5.7), and the 48 bits of time before them.
    fn is_random(bit: usize) -> bool {
        bit >= 48 && !(48..52).contains(&bit) && !(64..66).contains(&bit)
    }

    /// All in one millisecond: chance alone tells them apart. A fair coin is seven standard deviations off once in 400
    /// thousand million times.
    #[test]
    fn se_22_of_a_million_ids_no_two_are_alike_and_every_random_bit_is_a_fair_coin() {
        let now = Timestamp::from_unix_ms(1_700_000_000_000);
        let (mut known, mut ones) = (HashSet::with_capacity(IDS), [0_usize; 128]);
        for _ in 0..IDS {
            let id = time_ordered_uuid(now, SystemIds.random_bytes()).as_u128();
            assert!(known.insert(id), "{id:032x} came twice");
            for (bit, ones) in ones.iter_mut().enumerate() {
                *ones += usize::from(id << bit >> 127 == 1);
            }
        }
        let random: Vec<_> = (0..128).filter(|bit| is_random(*bit)).collect();
        assert_eq!(random.len(), 74);
        for bit in random {
            let off = ones[bit].abs_diff(IDS / 2);
            // The standard deviation is 500.
            assert!(off < 7 * 500, "bit {bit} is set {} times", ones[bit]);
        }
    }
}
