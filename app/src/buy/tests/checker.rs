//! Walks through every order of what can happen, and checks every step and every world on the way.

use std::collections::HashSet;

use super::happening::Happening;
use super::world::{Step, World};
use crate::buy::{Answer, Button, Effect, Event, Found, Patience, Sending, State, Timer, step};
use crate::wire::Certainty;

/// How many things happen one after another, at least; the walk goes on until it meets nothing new.
const DEPTH: usize = 8;

#[derive(Debug)]
pub(super) struct Walk {
    pub(super) depth: usize,
    pub(super) worlds: usize,
    pub(super) transitions: usize,
}

/// What must not happen, and what led to it.
#[derive(Debug)]
pub(super) struct Violation {
    pub(super) what: String,
    #[expect(dead_code, reason = "printed when a walk fails")]
    path: Vec<Happening>,
}

pub(super) fn walk(step: Step) -> Result<Walk, Violation> {
    let mut seen = HashSet::from([World::opening()]);
    let mut frontier = vec![(World::opening(), Vec::new())];
    let (mut transitions, mut depth) = (0, 0);
    while !frontier.is_empty() {
        depth += 1;
        let mut next_frontier = Vec::new();
        for (world, path) in frontier {
            for happening in world.happenings() {
                transitions += 1;
                let mut path = path.clone();
                path.push(happening);
                match world.after(happening, step) {
                    Err(what) => return Err(Violation { what, path }),
                    Ok(next) if seen.insert(next.clone()) => next_frontier.push((next, path)),
                    Ok(_) => {}
                }
            }
        }
        frontier = next_frontier;
    }
    Ok(Walk {
        depth,
        worlds: seen.len(),
        transitions,
    })
}

/// What must hold of every step.
pub(super) fn check_step(before: &Button, event: &Event, after: &Button, effects: &[Effect]) -> Result<(), String> {
    let told = |what: &str| Err(format!("{what}: {:?} {event:?} {:?}", before.state, after.state));
    for effect in effects {
        match effect {
            Effect::Send { .. } if !may_send(before, event) => return told("it sends without a click that may"),
            Effect::SendAgain { .. } if !may_repeat(before, event) => return told("it repeats a request out of turn"),
            Effect::FreshPage(_) if !is_definitive(before, event) => return told("it fetches a fresh token unasked"),
            _ => {}
        }
    }
    if matches!(before.state, State::Placed(_)) && before != after {
        return told("placed is not final");
    }
    if says_placed(event) && !matches!(after.state, State::Placed(_)) {
        return told("a late placed is ignored");
    }
    let failed = matches!(after.state, State::Failed(_)) && before.state != after.state;
    if failed && !is_definitive(before, event) {
        return told("it calls failed what is unknown");
    }
    if is_stale(before, event) && (before != after || !effects.is_empty()) {
        return told("it listens to what is over");
    }
    Ok(())
}

fn may_send(before: &Button, event: &Event) -> bool {
    before.state.can_send() && *event == Event::Submit { online: true }
}

fn may_repeat(before: &Button, event: &Event) -> bool {
    let early = matches!(&before.state, State::Submitting(sending) if sending.patience < Patience::GivenUp);
    early
        && matches!(
            event,
            Event::Timer {
                timer: Timer::Repeat,
                ..
            }
        )
}

/// Whether the server said that nothing was ordered: just now, or before and the page waited to show it.
fn is_definitive(before: &Button, event: &Event) -> bool {
    let refusal = match (&before.state, event) {
        (State::Failed(failure), Event::Submit { .. }) if failure.needs_fresh_token() => Some(failure),
        (State::Submitting(Sending { held, .. }), Event::Timer { .. }) => held.as_ref(),
        (
            _,
            Event::Answered {
                answer: Answer::Refused(failure),
                ..
            },
        ) => Some(failure),
        _ => None,
    };
    refusal.is_some_and(|failure| failure.code.certainty() != Certainty::Unknown)
}

fn says_placed(event: &Event) -> bool {
    matches!(
        event,
        Event::Answered {
            answer: Answer::Placed(_),
            ..
        } | Event::Found {
            found: Found::Placed(_),
            ..
        } | Event::PlacedElsewhere(_)
    )
}

fn is_stale(before: &Button, event: &Event) -> bool {
    match event {
        Event::Timer { round, .. } => *round != before.round,
        Event::Found { round, .. } => *round != before.round && !says_placed(event),
        Event::Answered { post, .. } => *post != before.posts && !says_placed(event),
        _ => false,
    }
}

#[test]
fn in_every_order_of_events_the_button_keeps_its_promises() {
    let walk = walk(step).unwrap_or_else(|violation| panic!("{violation:#?}"));
    let Walk {
        depth,
        worlds,
        transitions,
    } = walk;
    println!("the buy button: {worlds} worlds, {transitions} transitions, nothing new after {depth} events");
    assert!(depth >= DEPTH && worlds > 1_000, "{walk:?}");
}

#[test]
fn what_is_over_changes_nothing() {
    let events = [
        Timer::Repeat,
        Timer::Look,
        Timer::StopLooking,
        Timer::Waited(Patience::GivenUp),
    ];
    let stale = |button: &Button| {
        let (round, post) = (button.round.wrapping_sub(1), button.posts.wrapping_sub(1));
        let mut stale: Vec<Event> = events.map(|timer| Event::Timer { round, timer }).into();
        stale.extend([Found::Running, Found::Nothing, Found::NoAnswer].map(|found| Event::Found { round, found }));
        let answers = [
            Answer::Lost,
            Answer::Unreadable,
            Answer::Refused(super::failure(crate::wire::FailureCode::Invalid)),
        ];
        stale.extend(answers.map(|answer| Event::Answered {
            post,
            answer,
            jitter: 0,
        }));
        stale
    };
    let mut seen = HashSet::from([World::opening()]);
    let mut frontier = vec![World::opening()];
    for _ in 0..5 {
        let worlds = std::mem::take(&mut frontier);
        for world in worlds {
            for event in stale(&world.button) {
                assert_eq!(step(&world.button, event), (world.button.clone(), vec![]));
            }
            for happening in world.happenings() {
                let next = world.after(happening, step).expect("checked by the walk");
                if seen.insert(next.clone()) {
                    frontier.push(next);
                }
            }
        }
    }
}
