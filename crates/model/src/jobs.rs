//! Many walks, two at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::invariants::Invariant;
use crate::model::Model;
use crate::rules::Rules;
use crate::scope::Scope;
use crate::walk::{Walk, walk};

/// How many walks are under way at the same time.
const THREADS: usize = 2;

/// A walk to be made.
#[derive(Clone, Copy)]
pub struct Job {
    pub title: &'static str,
    pub model: Model,
    /// The walk ends when this is broken.
    pub wanted: Option<Invariant>,
}

/// A walk that was made.
pub struct Done {
    pub job: Job,
    pub walk: Walk,
    pub took: Duration,
}

impl Job {
    pub fn new(title: &'static str, rules: Rules, scope: Scope) -> Self {
        Self {
            title,
            model: Model { rules, scope },
            wanted: None,
        }
    }

    pub fn until(mut self, wanted: Invariant) -> Self {
        self.wanted = Some(wanted);
        self
    }

    fn run(self) -> Done {
        let start = Instant::now();
        let walk = walk(&self.model, self.wanted);
        Done {
            job: self,
            walk,
            took: start.elapsed(),
        }
    }
}

impl Done {
    pub fn broken(&self, invariant: Invariant) -> usize {
        self.walk.broken[invariant as usize]
    }

    pub fn violations(&self) -> usize {
        self.walk.broken.iter().sum()
    }
}

/// Makes all the walks. Begins with the last, which is the longest.
pub fn run(jobs: &[Job]) -> Vec<Done> {
    let left = AtomicUsize::new(jobs.len());
    let done = Mutex::new(Vec::new());
    let work = || {
        while let Ok(before) = left.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)) {
            let index = before - 1;
            let ended = jobs[index].run();
            done.lock().unwrap_or_else(PoisonError::into_inner).push((index, ended));
        }
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, ended)| ended).collect()
}
