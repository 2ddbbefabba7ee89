//! Which faults happened at which steps.

use std::fmt;

use crate::fault::{FAULTS, Fault, Place};

const PLACES: usize = checkout::fail_point::ALL.len() + crate::fault::Call::ALL.len();

/// How often each step was passed, and how often each fault happened there.
#[derive(Clone, Debug)]
pub struct Coverage {
    passed: [u64; PLACES],
    hit: [[u64; FAULTS]; PLACES],
}

impl Default for Coverage {
    fn default() -> Self {
        Self {
            passed: [0; PLACES],
            hit: [[0; FAULTS]; PLACES],
        }
    }
}

impl Coverage {
    pub(crate) fn pass(&mut self, place: Place) {
        self.passed[place.index()] += 1;
    }

    pub(crate) fn hit(&mut self, place: Place, fault: Fault) {
        self.hit[place.index()][fault as usize] += 1;
    }

    /// Adds what another world saw.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.passed.iter_mut().zip(&other.passed) {
            *mine += theirs;
        }
        let theirs = other.hit.iter().flatten();
        for (mine, theirs) in self.hit.iter_mut().flatten().zip(theirs) {
            *mine += theirs;
        }
    }

    /// Every pair of a step and a fault that can happen there, and how often it did.
    pub fn pairs(&self) -> impl Iterator<Item = (Place, Fault, u64)> + '_ {
        Place::all().flat_map(move |place| {
            let faults = place.faults().iter();
            faults.map(move |fault| (place, *fault, self.hit[place.index()][*fault as usize]))
        })
    }

    /// The pairs that never happened.
    #[must_use]
    pub fn missing(&self) -> Vec<(Place, Fault)> {
        let missing = self.pairs().filter(|(_, _, hits)| *hits == 0);
        missing.map(|(place, fault, _)| (place, fault)).collect()
    }
}

/// One line for each step.
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<20} {:>10}  faults there", "step", "passed")?;
        for place in Place::all() {
            write!(f, "{:<20} {:>10} ", place.name(), self.passed[place.index()])?;
            for fault in place.faults() {
                write!(f, " {fault:?} {}", self.hit[place.index()][*fault as usize])?;
            }
            writeln!(f)?;
        }
        let (pairs, missing) = (self.pairs().count(), self.missing());
        writeln!(
            f,
            "pairs of step and fault: {pairs}, of which {} happened",
            pairs - missing.len()
        )?;
        for (place, fault) in missing {
            writeln!(f, "  never: {} × {fault:?}", place.name())?;
        }
        Ok(())
    }
}
