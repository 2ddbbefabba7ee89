//! Ways to get it wrong, each with the promise that it breaks: the model must catch all of them.
//!
//! Here what many a shop does; the protocol with one thing left out is in `mutations`.

use crate::invariants::Invariant;
use crate::rules::{DatabaseRules, OnUnknown, Rules, TokenRule};
use crate::scope::Scope;
use crate::scopes::{ONE_FAULT, TWO_CLICKS, TWO_PAGES};

/// A way to get it wrong.
pub struct Mistake {
    pub sentence: &'static str,
    pub breaks: Invariant,
    /// Where it shows. The protocol keeps all its promises there.
    pub scope: Scope,
    /// What is done otherwise than by the protocol.
    pub change: fn(&mut Rules),
}

impl Mistake {
    pub fn rules(&self) -> Rules {
        let mut rules = Rules::default();
        (self.change)(&mut rules);
        rules
    }
}

pub const fn mistake(sentence: &'static str, breaks: Invariant, scope: Scope, change: fn(&mut Rules)) -> Mistake {
    Mistake {
        sentence,
        breaks,
        scope,
        change,
    }
}

/// An insert, and nothing but an insert.
const BARE: DatabaseRules = DatabaseRules {
    closes_cart: false,
    closes_open_cart_only: false,
    closes_in_transaction: true,
    unique_cart: false,
    unique_token: false,
    cancel_closes_cart: true,
};

fn consume(rules: &mut Rules, token: TokenRule) {
    rules.token = token;
    rules.database = BARE;
    rules.attempt.finds_first = false;
    rules.attempt.on_unknown = OnUnknown::GiveUp;
}

/// What many a shop does, and why it is not enough.
pub const NAIVE: [Mistake; 8] = [
    mistake(
        "read the token, delete it, insert the order (GET, DEL, INSERT)",
        Invariant::Duplicate,
        TWO_CLICKS,
        |rules| consume(rules, TokenRule::GetThenDelete),
    ),
    mistake(
        "read and delete the token in one step (GETDEL), insert the order",
        Invariant::Lost,
        ONE_FAULT,
        |rules| consume(rules, TokenRule::GetDelete),
    ),
    mistake(
        "GETDEL, and put the token back when something fails",
        Invariant::Duplicate,
        ONE_FAULT,
        |rules| consume(rules, TokenRule::GetDeletePutBack),
    ),
    mistake(
        "UNIQUE(token) alone, and the confirmation page is rendered again",
        Invariant::Duplicate,
        TWO_PAGES,
        |rules| {
            rules.token = TokenRule::Ignored;
            rules.database = DatabaseRules {
                unique_token: true,
                ..BARE
            };
        },
    ),
    mistake(
        "a conflict is answered as an error",
        Invariant::FalseFailure,
        TWO_CLICKS,
        |rules| {
            rules.token = TokenRule::Ignored;
            rules.answer.conflict_replays = false;
        },
    ),
    mistake(
        "an unknown commit is resolved by SELECT",
        Invariant::FalseFailure,
        ONE_FAULT,
        |rules| rules.attempt.on_unknown = OnUnknown::Select,
    ),
    mistake(
        "the claim is ended by a plain DEL",
        Invariant::Claim,
        ONE_FAULT,
        |rules| {
            rules.ending.settle_compares = false;
            rules.ending.release_compares = false;
            rules.ending.settle_spares_guard = false;
            rules.ending.release_spares_guard = false;
        },
    ),
    mistake(
        "a lock with a lease, a look for the order, and no unique index",
        Invariant::Duplicate,
        ONE_FAULT,
        |rules| rules.database = BARE,
    ),
];
