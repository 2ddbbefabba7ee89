//! The protocol with one thing left out or done wrong.
//!
//! What is not in the list because nothing breaks without it stands in `spares`, with the walks that show it.

use crate::invariants::Invariant;
use crate::mistakes::{Mistake, mistake};
use crate::rules::{OnUnknown, TokenRule};
use crate::scope::Scope;
use crate::scopes::{EXPIRY, ONE_PAGE, STALE_DATABASE, STOCK_RETURNS, TWO_CARTS, TWO_PAGES};

/// The protocol with one thing left out or done wrong.
pub const MUTATIONS: [Mistake; 40] = [
    // claim.lua
    mistake(
        "a claim ignores the lease of another",
        Invariant::Claim,
        ONE_PAGE,
        |rules| {
            rules.claim.respects_lease = false;
        },
    ),
    mistake(
        "a claim reads and writes in two steps",
        Invariant::Claim,
        ONE_PAGE,
        |rules| {
            rules.token = TokenRule::ClaimInTwoSteps;
        },
    ),
    mistake("a lease never ends", Invariant::Stuck, ONE_PAGE, |rules| {
        rules.claim.lease_ends = false;
    }),
    mistake(
        "a token that Redis forgot is refused",
        Invariant::FalseFailure,
        ONE_PAGE,
        |rules| {
            rules.claim.takes_missing = false;
        },
    ),
    mistake("a guard is not set", Invariant::Claim, TWO_PAGES, |rules| {
        rules.claim.sets_guard = false;
    }),
    mistake("a guard never ends", Invariant::Stuck, TWO_PAGES, |rules| {
        rules.claim.guard_ends = false;
    }),
    mistake(
        "a running attempt's guard is not asked",
        Invariant::Claim,
        TWO_PAGES,
        |rules| {
            rules.claim.asks_running = false;
        },
    ),
    mistake(
        "a guard that names an order is not asked",
        Invariant::Unasked,
        TWO_CARTS,
        |rules| {
            rules.claim.asks_named = false;
        },
    ),
    mistake(
        "a confirmed repeat overrides a running attempt",
        Invariant::Claim,
        TWO_CARTS,
        |rules| {
            rules.claim.confirmed_waits = false;
        },
    ),
    // settle.lua, release.lua
    mistake(
        "settling does not compare the attempt",
        Invariant::Claim,
        ONE_PAGE,
        |rules| {
            rules.ending.settle_compares = false;
        },
    ),
    mistake(
        "settling takes over another page's guard",
        Invariant::Claim,
        TWO_PAGES,
        |rules| {
            rules.ending.settle_spares_guard = false;
        },
    ),
    mistake(
        "settling does not name the order in the guard",
        Invariant::Unasked,
        TWO_CARTS,
        |rules| {
            rules.ending.settle_names_order = false;
        },
    ),
    mistake(
        "releasing does not compare the attempt",
        Invariant::Claim,
        ONE_PAGE,
        |rules| {
            rules.ending.release_compares = false;
        },
    ),
    mistake(
        "releasing frees another page's guard",
        Invariant::Claim,
        TWO_PAGES,
        |rules| {
            rules.ending.release_spares_guard = false;
        },
    ),
    mistake("releasing keeps the guard", Invariant::Wait, TWO_CARTS, |rules| {
        rules.ending.release_frees_guard = false;
    }),
    mistake(
        "who gives up waiting deletes the claim",
        Invariant::Claim,
        ONE_PAGE,
        |rules| {
            rules.ending.loser_keeps_hands_off = false;
        },
    ),
    // The transaction.
    mistake("the cart is not closed", Invariant::FalseFailure, TWO_PAGES, |rules| {
        rules.database.closes_cart = false;
    }),
    mistake(
        "the cart is not closed, and no UNIQUE(cart)",
        Invariant::Duplicate,
        TWO_PAGES,
        |rules| {
            rules.database.closes_cart = false;
            rules.database.unique_cart = false;
        },
    ),
    mistake(
        "the cart is closed whatever its status",
        Invariant::FalseFailure,
        TWO_PAGES,
        |rules| {
            rules.database.closes_open_cart_only = false;
        },
    ),
    mistake(
        "the cart is closed in a transaction of its own",
        Invariant::Stuck,
        ONE_PAGE,
        |rules| {
            rules.database.closes_in_transaction = false;
        },
    ),
    mistake(
        "cancelling looks for an order, and closes nothing",
        Invariant::FalseFailure,
        TWO_PAGES,
        |rules| {
            rules.database.cancel_closes_cart = false;
        },
    ),
    // The attempt.
    mistake(
        "an unknown outcome is taken for not done",
        Invariant::FalseFailure,
        ONE_PAGE,
        |rules| {
            rules.attempt.on_unknown = OnUnknown::NotDone;
        },
    ),
    mistake(
        "an unknown outcome is taken for done",
        Invariant::Phantom,
        ONE_PAGE,
        |rules| {
            rules.attempt.on_unknown = OnUnknown::Done;
        },
    ),
    mistake(
        "\"not done\" of a second insert speaks for the first",
        Invariant::FalseFailure,
        ONE_PAGE,
        |rules| {
            rules.attempt.not_done_stays_unknown = false;
        },
    ),
    mistake(
        "an unknown outcome releases the claim",
        Invariant::Claim,
        ONE_PAGE,
        |rules| {
            rules.attempt.unknown_keeps_claim = false;
        },
    ),
    mistake(
        "nothing is read back after the commit",
        Invariant::Phantom,
        ONE_PAGE,
        |rules| {
            rules.attempt.reads_back = false;
        },
    ),
    mistake(
        "the order is acknowledged before the commit",
        Invariant::Phantom,
        ONE_PAGE,
        |rules| {
            rules.attempt.acknowledges_after_commit = false;
        },
    ),
    mistake(
        "the claim is settled before the commit",
        Invariant::Stuck,
        ONE_PAGE,
        |rules| {
            rules.attempt.settles_after_commit = false;
        },
    ),
    mistake("a refusal keeps the claim", Invariant::Wait, ONE_PAGE, |rules| {
        rules.attempt.refusal_releases = false;
    }),
    mistake(
        "an order leaves the claim and the guard as they are",
        Invariant::Wait,
        TWO_CARTS,
        |rules| {
            rules.attempt.order_settles = false;
        },
    ),
    mistake(
        "who meets a held guard does not look for the order",
        Invariant::FalseFailure,
        TWO_PAGES,
        |rules| {
            rules.attempt.looks_when_held = false;
        },
    ),
    mistake(
        "an order that Redis names is told unread",
        Invariant::Phantom,
        STALE_DATABASE,
        |rules| {
            rules.attempt.reads_named_order = false;
        },
    ),
    mistake(
        "a refusal is answered while what came before can still order",
        Invariant::FalseFailure,
        Scope {
            faults: 0,
            ..STOCK_RETURNS
        },
        |rules| {
            rules.attempt.refusal_outgrows = false;
        },
    ),
    mistake(
        "\"expired\" is answered while what came before can still order",
        Invariant::FalseFailure,
        Scope { faults: 0, ..EXPIRY },
        |rules| {
            rules.attempt.expired_outgrows = false;
        },
    ),
    mistake(
        "\"expired\" is answered without a look for the order",
        Invariant::FalseFailure,
        EXPIRY,
        |rules| {
            rules.attempt.expired_looks = false;
            rules.attempt.expired_outgrows = false;
        },
    ),
    mistake(
        "\"expired\" is answered while the attempt runs",
        Invariant::FalseFailure,
        EXPIRY,
        |rules| {
            rules.attempt.expired_asks_status = false;
            rules.attempt.expired_outgrows = false;
        },
    ),
    // The answers.
    mistake(
        "a conflict is an error, also behind a claim",
        Invariant::FalseFailure,
        TWO_PAGES,
        |rules| {
            rules.answer.conflict_replays = false;
        },
    ),
    mistake(
        "a settle that fails is answered as \"unavailable\"",
        Invariant::FalseFailure,
        ONE_PAGE,
        |rules| {
            rules.answer.settle_may_fail = false;
        },
    ),
    mistake(
        "\"unavailable\" is told as \"nothing was ordered\"",
        Invariant::FalseFailure,
        ONE_PAGE,
        |rules| {
            rules.answer.unavailable_is_open = false;
        },
    ),
    mistake(
        "\"in progress\" is told as \"nothing was ordered\"",
        Invariant::FalseFailure,
        ONE_PAGE,
        |rules| {
            rules.answer.in_progress_is_open = false;
        },
    ),
];
