use crate::invariants::Invariant;
use crate::jobs::{Done, Job, run};
use crate::mistakes::{Mistake, NAIVE};
use crate::model::{Model, Nexts};
use crate::mutations::MUTATIONS;
use crate::rules::Rules;
use crate::scope::Scope;
use crate::scopes::{ONE_FAULT, PROTOCOL, TWO_CARTS, TWO_PAGES};
use crate::seen::Seen;
use crate::spares::SPARES;
use crate::world::World;

fn mistakes() -> impl Iterator<Item = &'static Mistake> {
    NAIVE.iter().chain(&MUTATIONS)
}

/// As the scope, but small enough to be walked through in a moment.
fn small(scope: Scope) -> Scope {
    Scope {
        submissions: scope.submissions.min(3),
        faults: scope.faults.min(1),
        ..scope
    }
}

fn expect_promises_kept(walks: &[Done]) {
    for done in walks {
        let name = done.job.title;
        assert!(done.walk.states > 50, "{name}: {} states", done.walk.states);
        let broken = Invariant::ALL.map(|invariant| (invariant.name(), done.broken(invariant)));
        assert_eq!(done.violations(), 0, "{name}: {broken:?}");
    }
}

#[test]
fn the_protocol_keeps_its_promises_in_small_scopes() {
    let walks = PROTOCOL.map(|real| Job::new(real.scope.name, real.rules(), small(real.scope)));
    expect_promises_kept(&run(&walks));
}

#[test]
fn every_mistake_is_caught_where_the_protocol_keeps_its_promises() {
    let jobs: Vec<_> = mistakes()
        .map(|mistake| Job::new(mistake.sentence, mistake.rules(), mistake.scope).until(mistake.breaks))
        .collect();
    for (mistake, done) in mistakes().zip(run(&jobs)) {
        assert!(done.broken(mistake.breaks) > 0, "not caught: {}", mistake.sentence);
    }
    let mut scopes: Vec<_> = mistakes().map(|mistake| mistake.scope).collect();
    scopes.sort_by_key(|scope| scope.name);
    scopes.dedup_by_key(|scope| scope.name);
    let walks: Vec<_> = scopes
        .into_iter()
        .map(|scope| Job::new(scope.name, Rules::default(), scope))
        .collect();
    let clean = run(&walks);
    for done in clean {
        assert_eq!(done.violations(), 0, "{}", done.job.title);
    }
}

#[test]
fn what_is_there_twice_can_go_once() {
    let walks = SPARES.each_ref().map(|spare| {
        let mut rules = Rules::default();
        (spare.change)(&mut rules);
        Job::new(spare.sentence, rules, small(spare.scope))
    });
    expect_promises_kept(&run(&walks));
}

#[test]
fn a_shortest_way_is_told_as_a_story() {
    let story = |mistake: &Mistake| {
        let job = Job::new(mistake.sentence, mistake.rules(), mistake.scope).until(mistake.breaks);
        let done = run(&[job]).pop().expect("one walk");
        let trace = done.walk.traces[mistake.breaks as usize].as_ref().expect("caught");
        trace.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let expected = [
        "submission 1 is submitted from page 1",
        "submission 2 is submitted from page 1",
        "submission 1 finds and deletes the token (GETDEL)",
        "submission 2 finds no token and is answered \"already submitted\"",
        "submission 1's server dies",
    ];
    assert_eq!(story(&NAIVE[1]), expected);
}

/// The first states of a walk, as they are reached.
fn states(scope: Scope, most: usize) -> Vec<World> {
    let model = Model {
        rules: Rules::default(),
        scope,
    };
    let mut worlds = vec![model.start()];
    let mut seen = Seen::new();
    let mut nexts = Nexts::default();
    let mut index = 0;
    while index < worlds.len() && worlds.len() < most {
        model.nexts(&worlds[index].clone(), &mut nexts);
        for mut next in nexts.0.drain(..) {
            next.world.tidy();
            next.world.told = None;
            if seen.insert(next.world.pack()) {
                worlds.push(next.world);
            }
        }
        index += 1;
    }
    worlds
}

#[test]
fn a_state_is_the_same_after_packing() {
    for scope in [TWO_CARTS, TWO_PAGES, ONE_FAULT] {
        for world in states(scope, 50_000) {
            assert_eq!(World::unpack(world.pack()), world);
        }
    }
}

#[test]
fn states_that_differ_in_the_numbers_of_submissions_are_one() {
    for world in states(TWO_PAGES, 50_000) {
        let sorted = world.sorted();
        assert_eq!(sorted.sorted().pack(), sorted.pack(), "{world:?}");
        let mut swapped = world;
        swapped.swap(0, 1);
        assert_eq!(swapped.sorted().pack(), sorted.pack(), "{world:?}");
    }
}

#[test]
fn a_state_is_new_once() {
    let mut seen = Seen::new();
    for state in 1..10_000 {
        assert!(seen.insert(state << 60));
        assert!(!seen.insert(state << 60));
    }
    assert_eq!((seen.len(), seen.get(41)), (9_999, 42 << 60));
}

#[test]
fn every_step_of_the_protocol_is_taken() {
    let mut taken = std::collections::BTreeSet::new();
    for real in PROTOCOL {
        for world in states(small(real.scope), 50_000) {
            taken.extend(world.attempts.iter().map(|attempt| format!("{:?}", attempt.phase)));
        }
    }
    let untaken = |step: &&&str| !taken.iter().any(|phase| phase.starts_with(**step));
    let steps = [
        "Find",
        "Claim",
        "Look(Busy",
        "Look(Guarded",
        "Look(Named",
        "Wait(Busy",
        "Wait(Guarded",
        "LookNamed",
        "Insert(0",
        "Insert(1",
        "Insert(2",
        "Commit(0",
        "Commit(1",
        "Commit(2",
        "ReadBack",
        "Settle(0",
        "Settle(1",
        "Release(Definite",
        "Release(Unavailable",
        "LookExpired",
        "AskStatus",
        "Outgrow",
        "Over",
    ];
    let never: Vec<_> = steps.iter().filter(untaken).collect();
    assert!(never.is_empty(), "never taken: {never:?}");
    assert!(!taken.contains("Take"), "only variants do so");
}
