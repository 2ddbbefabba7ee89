//! Single orders of events, with the words and times that the shopper meets. Every order of events: [`checker`].

mod checker;
mod faults;
mod happening;
mod words;
mod world;

use checkout::contact::{Field, FieldError, FieldProblem};

use super::*;
use crate::locale::Locale;
use crate::wire::{Failure, FailureCode, Receipt};

const CLICK: Event = Event::Submit { online: true };
const TOTAL: &str = "€49.90";
const EN: Locale = Locale::En;

fn receipt() -> Receipt {
    let text = String::from;
    Receipt {
        order_id: text("1"),
        number: text("A7K-4F2Q"),
        url: text("/orders/1"),
        replayed: false,
    }
}

fn failure(code: FailureCode) -> Failure {
    let email = FieldError {
        field: Field::Email,
        problem: FieldProblem::NotAnEmail,
    };
    let fields = if code == FailureCode::Invalid {
        vec![email]
    } else {
        vec![]
    };
    Failure { fields, ..code.into() }
}

fn answer(post: u32, answer: Answer) -> Event {
    Event::Answered {
        post,
        answer,
        jitter: 0,
    }
}

fn refused(post: u32, code: FailureCode) -> Event {
    answer(post, Answer::Refused(failure(code)))
}

fn waited(round: u32, patience: Patience) -> Event {
    let timer = Timer::Waited(patience);
    Event::Timer { round, timer }
}

/// The button after these events, and what the last one led to.
fn after(events: impl IntoIterator<Item = Event>) -> (Button, Vec<Effect>) {
    let opening = (Button::opening(None, true), vec![]);
    events
        .into_iter()
        .fold(opening, |(button, _), event| step(&button, event))
}

fn posts(effects: &[Effect]) -> usize {
    let is_post = |effect: &&Effect| matches!(effect, Effect::Send { .. } | Effect::SendAgain { .. });
    effects.iter().filter(is_post).count()
}

#[test]
fn a_repeat_is_asked_about_and_the_confirmed_click_says_so() {
    let (button, effects) = after([CLICK, refused(1, FailureCode::Repeat)]);
    assert_eq!(button.state().name(), "repeat");
    assert_eq!(button.state().label(TOTAL, EN), "Buy it again · €49.90");
    assert_eq!(effects, [Effect::Forget]);
    let (_, effects) = step(&button, CLICK);
    let confirmed = Effect::Send {
        post: 2,
        repeat_confirmed: true,
    };
    assert_eq!(effects.first(), Some(&confirmed));
}

#[test]
fn two_submits_in_one_task_send_once() {
    let (button, effects) = after([CLICK]);
    assert_eq!(posts(&effects), 1);
    assert_eq!(step(&button, CLICK), (button.clone(), vec![]));
}

#[test]
fn the_steps_of_patience_are_timed_from_the_click() {
    let (_, effects) = after([CLICK]);
    let times: Vec<u32> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Start { after_ms, .. } => Some(*after_ms),
            _ => None,
        })
        .collect();
    assert_eq!(times, [400, 900, 5_000, 10_000, 12_000]);
}

#[test]
fn at_twelve_seconds_the_page_aborts_and_looks_at_0_1_2_4_8_and_15_seconds_until_30() {
    let (_, effects) = after([CLICK, waited(1, Patience::GivenUp)]);
    let start = |timer, after_ms| Effect::Start {
        round: 2,
        timer,
        after_ms,
    };
    let mut expected = vec![Effect::Abort, Effect::LookUp { round: 2 }];
    expected.extend([1_000, 2_000, 4_000, 8_000, 15_000].map(|after_ms| start(Timer::Look, after_ms)));
    expected.push(start(Timer::StopLooking, 30_000));
    assert_eq!(effects, expected);
}

#[test]
fn a_lost_connection_is_repeated_twice_with_back_off_and_jitter_then_asked_about() {
    let lost = |post, jitter| Event::Answered {
        post,
        answer: Answer::Lost,
        jitter,
    };
    let again = || Event::Timer {
        round: 1,
        timer: Timer::Repeat,
    };
    let repeat_after = |after_ms| {
        [Effect::Start {
            round: 1,
            timer: Timer::Repeat,
            after_ms,
        }]
    };
    let (button, effects) = after([CLICK, lost(1, 0)]);
    assert_eq!(effects, repeat_after(500));
    assert_eq!(button.state().name(), "submitting");
    let (button, effects) = step(&button, again());
    assert_eq!(effects, [Effect::SendAgain { post: 2 }]);
    let (button, effects) = step(&button, lost(2, 1_000));
    assert_eq!(effects, repeat_after(3_000));
    let (button, _) = step(&button, again());
    let (button, effects) = step(&button, lost(3, 0));
    assert_eq!((button.state().name(), posts(&effects)), ("verifying", 0));
}

#[test]
fn only_lost_and_unavailable_are_repeated() {
    for code in FailureCode::ALL {
        let (_, effects) = after([CLICK, refused(1, code)]);
        let repeats = effects.iter().any(|effect| {
            matches!(
                effect,
                Effect::Start {
                    timer: Timer::Repeat,
                    ..
                }
            )
        });
        assert_eq!(repeats, code == FailureCode::Unavailable, "{code:?}");
    }
    let (button, _) = after([CLICK, answer(1, Answer::Unreadable)]);
    assert_eq!(button.state().name(), "verifying");
}

#[test]
fn the_spinner_stays_for_500_ms_once_it_is_there() {
    let (button, effects) = after([CLICK, waited(1, Patience::Waiting), refused(1, FailureCode::Invalid)]);
    assert_eq!((button.state().name(), effects), ("submitting", vec![]));
    let (button, effects) = step(&button, waited(1, Patience::Seen));
    assert_eq!(button.state().name(), "failed");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::ShowErrors(_))));
}

#[test]
fn ui_09_offline_while_sending_is_checked_once_when_online_again_and_never_sent_by_itself() {
    let (button, effects) = after([CLICK, Event::Offline]);
    assert_eq!(button.state().name(), "verifying");
    assert!(!effects.contains(&Effect::LookUp { round: 2 }));
    let (button, effects) = step(&button, Event::Online);
    let looks = effects
        .iter()
        .filter(|effect| matches!(effect, Effect::LookUp { .. }))
        .count();
    assert_eq!((looks, posts(&effects)), (1, 0));
    let (button, _) = step(
        &button,
        Event::Found {
            round: 3,
            found: Found::Nothing,
        },
    );
    assert_eq!(button.state().name(), "unresolved");
}

#[test]
fn ui_11_what_was_under_way_before_a_reload_is_asked_about_first() {
    let (button, effects) = after([Event::Resumed]);
    assert_eq!((button.state().name(), posts(&effects)), ("verifying", 0));
    let (shown, effects) = step(
        &button,
        Event::Found {
            round: 1,
            found: Found::Placed(receipt()),
        },
    );
    assert_eq!(shown.state().name(), "placed");
    assert_eq!(effects.last(), Some(&Effect::ShowReceipt("/orders/1".into())));
    let (undecided, _) = step(
        &button,
        Event::Found {
            round: 1,
            found: Found::NoAnswer,
        },
    );
    assert_eq!(undecided.state().name(), "unresolved");
}

#[test]
fn fields_that_are_refused_after_an_unknown_outcome_do_not_say_that_nothing_was_ordered() {
    let stop = Event::Timer {
        round: 2,
        timer: Timer::StopLooking,
    };
    let (button, effects) = after([
        CLICK,
        waited(1, Patience::GivenUp),
        stop,
        CLICK,
        refused(2, FailureCode::Invalid),
    ]);
    assert_eq!(button.state().name(), "unresolved");
    assert_eq!(effects, [Effect::ShowErrors(failure(FailureCode::Invalid).fields)]);
    let summary = button.state().summary().expect("fields to mend");
    assert_eq!(summary.code, FailureCode::OutcomeUnknown);
}

#[test]
fn ui_12_a_page_that_comes_back_from_the_receipt_goes_there_again() {
    let (_, effects) = after([CLICK, answer(1, Answer::Placed(receipt())), Event::Restored]);
    assert_eq!(effects, [Effect::ShowReceipt("/orders/1".into())]);
}

#[test]
fn ui_14_the_order_of_another_tab_is_shown_and_told_no_further() {
    let (button, effects) = after([CLICK, Event::PlacedElsewhere(receipt())]);
    assert_eq!(button.state().name(), "placed");
    assert_eq!(effects, [Effect::Forget, Effect::ShowReceipt("/orders/1".into())]);
}
