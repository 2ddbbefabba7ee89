//! What each state is called, and what it says.

use super::{CLICK, EN, TOTAL, after, answer, receipt, refused, waited};
use crate::buy::{Answer, Event, Patience, Timer};
use crate::wire::FailureCode;

#[test]
fn each_state_has_its_name_label_and_status() {
    let submitting = |patience| after([CLICK, waited(1, patience)]);
    let verifying = || vec![CLICK, waited(1, Patience::GivenUp)];
    let stop = Event::Timer {
        round: 2,
        timer: Timer::StopLooking,
    };
    let buy = "Buy now · €49.90";
    let placing = "Placing your order…";
    let expected = [
        (after([]), "idle", buy, ""),
        (after([CLICK]), "submitting", buy, ""),
        (
            submitting(Patience::Waiting),
            "submitting",
            placing,
            "Placing your order.",
        ),
        (submitting(Patience::Seen), "submitting", placing, "Placing your order."),
        (
            submitting(Patience::Slow),
            "slow",
            placing,
            "This is taking longer than usual. Please keep this page open. You will not be charged twice.",
        ),
        (
            submitting(Patience::VerySlow),
            "very-slow",
            placing,
            "Still working. You can also check your order's status.",
        ),
        (
            after(verifying()),
            "verifying",
            "Checking your order…",
            "We lost contact, so we're checking whether your order went through.",
        ),
        (
            after(verifying().into_iter().chain([stop])),
            "unresolved",
            "Try again safely",
            "We couldn't confirm your order yet. Trying again can't create a second one.",
        ),
        (
            after([Event::Submit { online: false }]),
            "offline",
            buy,
            "You're offline. Your order was not sent.",
        ),
        (after([CLICK, refused(1, FailureCode::Invalid)]), "failed", buy, ""),
        (
            after([CLICK, answer(1, Answer::Placed(receipt()))]),
            "placed",
            "✓ Order placed",
            "Order A7K-4F2Q placed.",
        ),
    ];
    for ((button, _), name, label, status) in expected {
        let state = button.state();
        assert_eq!(
            (state.name(), &*state.label(TOTAL, EN), &*state.status(EN)),
            (name, label, status)
        );
    }
}
