//! The checker against histories that must never be.

use checkout::cart::{CartId, ShopperId};
use checkout::contact::ContactForm;
use checkout::money::{Currency, Money};
use checkout::order::{OrderId, OrderStanding};
use checkout::quote::Fingerprint;
use uuid::Uuid;

use super::*;
use crate::history::{Commit, Fact};

const CART: CartId = CartId(Uuid::from_u128(7));
const NOW: Timestamp = Timestamp::from_unix_ms(1_000);

/// A history with so many submissions of one page, all taken by one server.
fn history(submissions: usize) -> History {
    let mut history = History::default();
    for _ in 0..submissions {
        let invoked = history.moment();
        history.submissions.push(Submission {
            cart: CART,
            token: TokenDigest(Uuid::from_u128(1)),
            fingerprint: Fingerprint([7; 32]),
            expires: Timestamp::from_unix_ms(2_000),
            invoked,
            answered: None,
            taken: Some(0),
            first_insert: None,
            facts: vec![Fact::Ended],
        });
    }
    history
}

fn order(id: u128) -> Order {
    Order {
        id: OrderId(Uuid::from_u128(id)),
        shopper: ShopperId::from_uuid(Uuid::from_u128(3)),
        cart: CART,
        token: TokenDigest(Uuid::from_u128(id)),
        lines: vec![],
        total: Money::new(1_250, Currency::Eur),
        contact: ContactForm::default(),
        placed_at: NOW,
        standing: OrderStanding::Placed,
    }
}

fn commit(history: &mut History, id: u128, by: usize) {
    let at = history.moment();
    history.commits.push(Commit {
        order: order(id),
        by: Some(Request(by)),
        at,
    });
}

fn tell(history: &mut History, request: usize, answer: &Answer) {
    let moment = history.moment();
    history.submissions[request].answered = Some((moment, answer.clone()));
    history.judge(Request(request), NOW, answer);
    history.judge_unknown(Request(request), Duration::ZERO, Duration::from_secs(4), answer);
}

fn placed(id: u128) -> Answer {
    Answer::Placed(Box::new(order(id)))
}

fn replayed(id: u128) -> Answer {
    Answer::Replayed(Box::new(order(id)))
}

/// What is wrong with a history, when it is over.
fn wrong(mut history: History) -> Vec<Kind> {
    history.judge_whole();
    history.violations.into_iter().map(|violation| violation.kind).collect()
}

#[test]
fn an_order_that_is_placed_and_replayed_is_right() {
    let mut history = history(2);
    commit(&mut history, 1, 0);
    tell(&mut history, 0, &placed(1));
    tell(&mut history, 1, &replayed(1));
    assert_eq!(wrong(history), []);
}

#[test]
fn an_order_that_is_acknowledged_before_its_commit_is_a_phantom() {
    let mut history = history(1);
    tell(&mut history, 0, &placed(1));
    commit(&mut history, 1, 0);
    assert_eq!(wrong(history), [Kind::Phantom]);
}

#[test]
fn the_order_of_another_submission_was_not_placed_by_this_one() {
    let mut history = history(2);
    commit(&mut history, 1, 0);
    tell(&mut history, 0, &replayed(1));
    tell(&mut history, 1, &placed(1));
    assert_eq!(wrong(history), [Kind::Register, Kind::Register]);
}

#[test]
fn two_orders_of_a_cart_are_a_duplicate() {
    let mut history = history(2);
    commit(&mut history, 1, 0);
    commit(&mut history, 2, 1);
    tell(&mut history, 0, &placed(1));
    assert_eq!(wrong(history), [Kind::Duplicate]);
}

#[test]
fn a_refusal_after_the_order_is_a_false_failure() {
    let mut history = history(2);
    commit(&mut history, 1, 0);
    let late = history.moment();
    history.submissions[1].invoked = late;
    tell(&mut history, 1, &Answer::Repeat(None));
    assert_eq!(wrong(history), [Kind::FalseFailure]);
}

#[test]
fn a_refusal_whose_submission_orders_later_is_a_false_failure() {
    let mut history = history(1);
    tell(&mut history, 0, &Answer::Unavailable);
    commit(&mut history, 1, 0);
    assert_eq!(wrong(history), [Kind::FalseFailure]);
}

#[test]
fn a_refusal_without_its_reason_is_a_false_failure() {
    for answer in [
        Answer::CartChanged,
        Answer::OutOfStock,
        Answer::TokenExpired,
        Answer::TokenMismatch,
        Answer::Repeat(Some(OrderId(Uuid::from_u128(9)))),
    ] {
        let mut history = history(1);
        tell(&mut history, 0, &answer);
        assert_eq!(wrong(history), [Kind::FalseFailure], "{answer:?}");
    }
}

#[test]
fn an_attempt_must_end_unless_its_server_died() {
    let [mut lives, mut dies] = [history(1), history(1)];
    lives.submissions[0].facts.clear();
    dies.submissions[0].facts.clear();
    dies.excuse(0);
    assert_eq!(wrong(lives), [Kind::Abandoned]);
    assert_eq!(wrong(dies), []);
}

#[test]
fn what_is_not_known_is_asked_again_and_kept() {
    let mut history = history(1);
    history.submissions[0].first_insert = Some(Duration::ZERO);
    history.submissions[0].facts.push(Fact::Released);
    tell(&mut history, 0, &Answer::OutcomeUnknown);
    assert_eq!(wrong(history), [Kind::Claim, Kind::Undecided]);
}

#[test]
fn a_submission_that_was_overtaken_by_an_earlier_one_is_counted() {
    let mut history = history(2);
    tell(&mut history, 1, &Answer::TokenExpired);
    commit(&mut history, 1, 0);
    assert_eq!(history.overtaken(), [(Request(1), Request(0))]);
}
