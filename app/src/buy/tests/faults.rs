//! Mistakes put into the state machine on purpose: a checker that lets one pass checks nothing.

use super::checker::walk;
use super::world::Step;
use super::{failure, refused};
use crate::buy::{Answer, Button, Effect, Event, Look, Patience, State, Timer, step};
use crate::wire::FailureCode;

fn assert_caught(fault: Step, what: &str) {
    let violation = walk(fault).expect_err("the mistake is found");
    assert!(violation.what.contains(what), "{violation:#?}");
}

/// As if the button were in `state`.
fn pretending(button: &Button, state: State, event: Event) -> (Button, Vec<Effect>) {
    let button = Button {
        state,
        ..button.clone()
    };
    step(&button, event)
}

#[test]
fn sending_while_a_submission_runs_is_caught() {
    let fault: Step = |button, event| match (&button.state, &event) {
        (State::Submitting(_), Event::Submit { .. }) => pretending(button, State::Idle, event),
        _ => step(button, event),
    };
    assert_caught(fault, "it sends without a click that may");
}

#[test]
fn a_time_out_that_is_called_failed_is_caught() {
    let fault: Step = |button, event| match (&button.state, &event) {
        (
            State::Submitting(_),
            Event::Timer {
                timer: Timer::Waited(Patience::GivenUp),
                ..
            },
        ) => {
            let failed = State::Failed(failure(FailureCode::NoAnswer));
            (
                Button {
                    state: failed,
                    ..button.clone()
                },
                vec![],
            )
        }
        _ => step(button, event),
    };
    assert_caught(fault, "it calls failed what is unknown");
}

#[test]
fn a_late_placed_that_is_ignored_is_caught() {
    let fault: Step = |button, event| match (&button.state, &event) {
        (
            State::Verifying(_) | State::Unresolved(_),
            Event::Answered {
                answer: Answer::Placed(_),
                ..
            },
        ) => (button.clone(), vec![]),
        _ => step(button, event),
    };
    assert_caught(fault, "a late placed is ignored");
}

#[test]
fn sending_by_itself_when_online_again_is_caught() {
    let fault: Step = |button, event| match (&button.state, &event) {
        (State::Verifying(_) | State::Offline, Event::Online) => {
            pretending(button, State::Idle, Event::Submit { online: true })
        }
        _ => step(button, event),
    };
    assert_caught(fault, "it sends without a click that may");
}

#[test]
fn forgetting_a_submission_whose_outcome_is_unknown_is_caught() {
    let fault: Step = |button, event| {
        let (next, mut effects) = step(button, event);
        if matches!(next.state, State::Verifying(_)) {
            effects.push(Effect::Forget);
        }
        (next, effects)
    };
    assert_caught(fault, "a reload would not know of what is on its way");
}

#[test]
fn a_fresh_token_after_an_unknown_outcome_is_caught() {
    let fault: Step = |button, event| {
        let (next, mut effects) = step(button, event);
        if next.state == State::Verifying(Look::Often) {
            effects.push(Effect::FreshPage(failure(FailureCode::NoAnswer)));
        }
        (next, effects)
    };
    assert_caught(fault, "it fetches a fresh token unasked");
}

#[test]
fn looking_without_an_end_is_caught() {
    let fault: Step = |button, event| {
        let (next, mut effects) = step(button, event);
        effects.retain(|effect| {
            !matches!(
                effect,
                Effect::Start {
                    timer: Timer::StopLooking,
                    ..
                }
            )
        });
        (next, effects)
    };
    assert_caught(fault, "nothing leads on from here");
}

#[test]
fn repeating_without_an_end_is_caught() {
    let fault: Step = |button, event| {
        let mut button = button.clone();
        if let State::Submitting(sending) = &mut button.state {
            sending.repeats = 0;
        }
        step(&button, event)
    };
    assert_caught(fault, "it repeats a request more than twice");
}

#[test]
fn refused_fields_that_make_an_unknown_outcome_failed_are_caught() {
    let fault: Step = |button, event| match &event {
        Event::Answered {
            answer: Answer::Refused(refusal),
            ..
        } if refusal.code == FailureCode::Invalid => {
            let certain = Button {
                doubt: false,
                ..button.clone()
            };
            step(&certain, refused(button.posts, FailureCode::Invalid))
        }
        _ => step(button, event),
    };
    assert_caught(fault, "unknown is called failed");
}
