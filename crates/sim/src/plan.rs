//! Which faults happen when.

use crate::fault::{Fault, Place};
use crate::random::Random;

/// What is to go wrong in a world.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// At each step once in so many times, until so many faults happened.
    Chance { one_in: u64, left: u32 },
    /// This fault when this many steps were passed, should it be possible there.
    Once { at: usize, fault: Fault },
    /// No fault at any step.
    Calm,
}

impl Plan {
    /// The fault at a step. Only a client that is there can go away.
    pub(crate) fn fault(&mut self, passed: usize, place: Place, client: bool, random: &mut Random) -> Option<Fault> {
        match self {
            Self::Chance { one_in, left } => {
                if *left == 0 || !random.one_in(*one_in) {
                    return None;
                }
                *left -= 1;
                Some(random.pick(place.faults())).filter(|fault| client || *fault != Fault::ClientGone)
            }
            Self::Once { at, fault } => (passed == *at && place.faults().contains(fault)).then_some(*fault),
            Self::Calm => None,
        }
    }
}
