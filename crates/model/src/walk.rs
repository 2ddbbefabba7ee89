//! The walk: every state that can be reached, breadth first, so that the first way to a flaw is a shortest one.

use crate::invariants::{Broken, Invariant};
use crate::model::{Model, Next, Nexts, Step};
use crate::seen::Seen;
use crate::world::World;

/// What a walk found.
pub struct Walk {
    pub states: usize,
    pub transitions: usize,
    /// The most steps that a shortest way to a state has.
    pub depth: usize,
    /// By invariant: how many transitions break it.
    pub broken: [usize; Invariant::ALL.len()],
    /// By invariant: a shortest way to break it.
    pub traces: [Option<Vec<Step>>; Invariant::ALL.len()],
}

/// A walk under way.
struct Walker<'a> {
    model: &'a Model,
    seen: Seen,
    /// For each state, the one that it was reached from.
    parents: Vec<u32>,
    /// Power cuts after which every page is answered as it must be.
    recovers: Seen,
    found: Walk,
}

/// Walks through all of the model, or until `wanted` is broken.
pub fn walk(model: &Model, wanted: Option<Invariant>) -> Walk {
    let mut walker = Walker::new(model);
    walker.run(wanted);
    walker.found.states = walker.seen.len();
    walker.found
}

impl<'a> Walker<'a> {
    fn new(model: &'a Model) -> Self {
        let mut seen = Seen::new();
        seen.insert(model.start().pack());
        Self {
            model,
            seen,
            parents: vec![0],
            recovers: Seen::new(),
            found: Walk {
                states: 0,
                transitions: 0,
                depth: 0,
                broken: Default::default(),
                traces: Default::default(),
            },
        }
    }

    fn run(&mut self, wanted: Option<Invariant>) {
        let mut nexts = Nexts::default();
        let (mut index, mut level_ends) = (0, 1);
        while index < self.seen.len() {
            if index == level_ends {
                level_ends = self.seen.len();
                self.found.depth += 1;
            }
            let world = World::unpack(self.seen.get(index));
            self.model.nexts(&world, &mut nexts);
            for next in &mut nexts.0 {
                self.visit(index, next);
            }
            if wanted.is_some_and(|wanted| self.found.traces[wanted as usize].is_some()) {
                return;
            }
            index += 1;
        }
    }

    fn visit(&mut self, parent: usize, next: &mut Next) {
        self.found.transitions += 1;
        let state = stored(&mut next.world);
        let mut broken = next.broken;
        if self.seen.insert(state) {
            self.parents.push(u32::try_from(parent).expect("as many as states"));
            broken |= self.judge(&next.world);
        }
        if broken != Broken::NOTHING {
            self.note(parent, next, state, broken);
        }
    }

    /// What is wrong with a new state.
    fn judge(&mut self, world: &World) -> Broken {
        let mut broken = self.model.wrong(world) | self.model.waits_in_vain(world);
        let orphans = world.attempts.iter().any(|attempt| attempt.orphan);
        for commits_arrive in [false, true] {
            if commits_arrive && !orphans {
                continue;
            }
            let cut = self.model.cut(world, commits_arrive);
            if self.recovers.insert(cut.pack()) {
                broken |= self.model.stuck(&cut);
            }
        }
        broken
    }

    fn note(&mut self, parent: usize, next: &Next, state: u128, broken: Broken) {
        for invariant in Invariant::ALL.into_iter().filter(|invariant| broken.holds(*invariant)) {
            self.found.broken[invariant as usize] += 1;
            if self.found.traces[invariant as usize].is_none() {
                let mut states = self.way_to(parent);
                states.push(state);
                self.found.traces[invariant as usize] = Some(self.told(&states, next));
            }
        }
    }

    /// The states after the start, up to the one at `index`.
    fn way_to(&self, mut index: usize) -> Vec<u128> {
        let mut states = Vec::new();
        while index != 0 {
            states.push(self.seen.get(index));
            index = usize::try_from(self.parents[index]).expect("an index");
        }
        states.reverse();
        states
    }

    /// The steps through these states, as a story: from its beginning, so that a submission keeps its number.
    fn told(&self, states: &[u128], last: &Next) -> Vec<Step> {
        let mut nexts = Nexts::default();
        let mut world = self.model.start();
        let mut steps = Vec::new();
        for (index, state) in states.iter().enumerate() {
            self.model.nexts(&world, &mut nexts);
            let is_last = index + 1 == states.len();
            let fits = |next: &Next| !is_last || (next.step.what, next.broken) == (last.step.what, last.broken);
            let leads = |next: &&Next| fits(next) && stored(&mut next.world.clone()) == *state;
            let next = nexts.0.iter().find(leads).expect("each state leads to the next");
            steps.push(next.step);
            world = next.world;
            world.tidy();
        }
        steps
    }
}

/// The state as it is stored.
fn stored(world: &mut World) -> u128 {
    world.tidy();
    world.sorted().pack()
}
