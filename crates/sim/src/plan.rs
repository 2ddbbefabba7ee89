//! Which faults happen when.

use crate::fault::{Fault, Place};
use crate::history::Request;
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
    /// Who goes away at a step, should a client do so: the one whose attempt it is. With one fault in a world it is the
    /// first, wherever the step is.
    pub(crate) fn client(&self, request: Option<Request>) -> Option<Request> {
        match self {
            Self::Once { .. } => Some(request.unwrap_or(Request(0))),
            Self::Chance { .. } | Self::Calm => request,
        }
    }

    /// The fault at a step. Only a client that is there can go away.
    pub(crate) fn fault(&mut self, passed: usize, place: Place, client: bool, random: &mut Random) -> Option<Fault> {
        let fault = match self {
            Self::Chance { one_in, left } => {
                if *left == 0 || !random.one_in(*one_in) {
                    return None;
                }
                *left -= 1;
                Some(random.pick(place.faults()))
            }
            Self::Once { at, fault } => Some(*fault).filter(|fault| passed == *at && place.faults().contains(fault)),
            Self::Calm => None,
        };
        fault.filter(|fault| client || *fault != Fault::ClientGone)
    }
}
