//! The one source of chance of a world: what is not drawn here is the same in every run.

use std::ops::RangeInclusive;
use std::time::Duration;

/// A sequence of numbers that its seed alone decides (`SplitMix64`).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence of `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A sequence of its own: what is drawn from it moves nothing here.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self(self.number())
    }

    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number of the range.
    pub fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        let (low, high) = range.into_inner();
        low + self.number() % (high - low + 1)
    }

    /// A small number of the range, as an index or a count.
    pub fn index(&mut self, count: usize) -> usize {
        let last = u64::try_from(count).unwrap_or(u64::MAX).max(1) - 1;
        usize::try_from(self.within(0..=last)).unwrap_or_default()
    }

    /// True once in so many times.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.within(1..=times.max(1)) == 1
    }

    /// One of `choices`.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.index(choices.len())]
    }

    /// So many milliseconds.
    pub fn millis(&mut self, range: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.within(range))
    }

    /// Sixteen bytes, for ids.
    pub fn bytes(&mut self) -> [u8; 16] {
        let both = (u128::from(self.number()) << 64) | u128::from(self.number());
        both.to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_everything() {
        let drawn = |seed| {
            let mut random = Random::new(seed);
            (0..9).map(|_| random.within(3..=70)).collect::<Vec<_>>()
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        assert!(drawn(9).iter().all(|number| (3..=70).contains(number)));
    }

    #[test]
    fn what_is_drawn_from_a_fork_moves_nothing() {
        let (mut one, mut other) = (Random::new(1), Random::new(1));
        one.fork().bytes();
        let _ = other.fork();
        assert_eq!(one.bytes(), other.bytes());
    }
}
