use super::*;
use std::collections::HashSet;

fn receipt() -> Receipt {
    let text = String::from;
    Receipt {
        order_id: text("1"),
        number: text("A7K-4F2Q"),
        url: text("/orders/1"),
        replayed: false,
    }
}

fn events() -> Vec<Event> {
    let codes = [
        FailureCode::Invalid,
        FailureCode::Repeat,
        FailureCode::CartChanged,
        FailureCode::Unavailable,
        FailureCode::NoAnswer,
    ];
    let mut events = vec![Event::Submit];
    for submission in [1, 2] {
        events.push(Event::Answered(submission, Ok(receipt())));
        events.extend(codes.map(|code| Event::Answered(submission, Err(code.into()))));
        events.extend(Patience::STEPS.map(|(patience, _)| Event::Waited(submission, patience)));
    }
    events
}

/// Walks every order of events to this depth and checks each step.
fn walk(check: impl Fn(&State, &Event, &State, &[Effect])) -> usize {
    let mut worlds: HashSet<String> = HashSet::new();
    let mut frontier = vec![Button::opening(None)];
    for _ in 0..8 {
        let mut next_frontier = Vec::new();
        for button in frontier {
            for event in events() {
                let (next, effects) = step(&button, event.clone());
                check(&button.state, &event, &next.state, &effects);
                if worlds.insert(format!("{next:?}")) {
                    next_frontier.push(next);
                }
            }
        }
        frontier = next_frontier;
    }
    worlds.len()
}

#[test]
fn only_a_submit_in_a_sending_state_sends() {
    let worlds = walk(|state, event, _, effects| {
        let sends = effects
            .iter()
            .filter(|effect| matches!(effect, Effect::Send { .. }))
            .count();
        let may = state.can_send() && *event == Event::Submit;
        assert_eq!(sends, usize::from(may), "{state:?} {event:?}");
    });
    assert!(worlds > 10, "{worlds} worlds");
}

#[test]
fn placed_is_final_and_a_late_placed_wins() {
    walk(|state, event, next, _| {
        if matches!(state, State::Placed(_)) {
            assert_eq!(next, state, "{event:?}");
        } else if let Event::Answered(_, Ok(_)) = event {
            assert!(matches!(next, State::Placed(_)), "{state:?}");
        }
    });
}

#[test]
fn unknown_never_becomes_failed_by_itself() {
    walk(|state, event, next, _| {
        if matches!(state, State::Unresolved) {
            assert!(!matches!(next, State::Failed(_) | State::Repeat(_)), "{event:?}");
        }
    });
}

#[test]
fn a_form_is_unlocked_exactly_when_it_can_be_sent_again() {
    walk(|state, event, next, effects| {
        let fresh_page = effects.iter().any(|effect| matches!(effect, Effect::FreshPage(_)));
        let opened = !state.can_send() && next.can_send() && !fresh_page;
        assert_eq!(effects.contains(&Effect::Unlock), opened, "{state:?} {event:?}");
    });
}

#[test]
fn two_submits_in_one_task_send_once() {
    let (button, effects) = step(&Button::opening(None), Event::Submit);
    assert_eq!(
        effects,
        [Effect::Send {
            submission: 1,
            repeat_confirmed: false
        }]
    );
    assert_eq!(step(&button, Event::Submit).1, []);
}

#[test]
fn buying_again_says_that_the_shopper_was_asked() {
    let (button, _) = step(&Button::opening(None), Event::Submit);
    let (button, _) = step(&button, Event::Answered(1, Err(FailureCode::Repeat.into())));
    let (_, effects) = step(&button, Event::Submit);
    assert_eq!(
        effects,
        [Effect::Send {
            submission: 2,
            repeat_confirmed: true
        }]
    );
}

#[test]
fn timers_of_an_earlier_submission_do_not_touch_a_later_one() {
    let (button, _) = step(&Button::opening(None), Event::Submit);
    let (button, _) = step(&button, Event::Answered(1, Err(FailureCode::Invalid.into())));
    let (button, _) = step(&button, Event::Submit);
    let (after, _) = step(&button, Event::Waited(1, Patience::GivenUp));
    assert_eq!(after, button);
}
