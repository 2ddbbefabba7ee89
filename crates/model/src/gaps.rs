//! Where the code promises more than it keeps, and where it keeps its promises twice.

use crate::invariants::Invariant;
use crate::rules::{Rules, TokenRule};
use crate::scope::Scope;
use crate::scopes::{EXPIRY_ANYTIME, STOCK_RETURNS, TWO_CARTS, TWO_PAGES};

/// A promise that the code breaks in a scope that the other walks leave out, and what would mend it.
pub struct Gap {
    pub sentence: &'static str,
    pub breaks: Invariant,
    /// Where it shows, without any fault.
    pub scope: Scope,
    pub cure: &'static str,
    pub change: fn(&mut Rules),
    /// Where the cure holds, faults included.
    pub cured: Scope,
}

/// What is known to be broken. A gap that no longer shows must leave the list.
pub const GAPS: [Gap; 2] = [
    Gap {
        sentence: "\"expired, nothing was ordered\" is told while another submission of the cart is on its way",
        breaks: Invariant::FalseFailure,
        scope: Scope {
            faults: 0,
            ..EXPIRY_ANYTIME
        },
        cure: "before it is told, the cart outgrows its quotes: version + 1 where it is open, under the row's lock",
        change: |rules| rules.cures.expired_outgrows = true,
        cured: EXPIRY_ANYTIME,
    },
    Gap {
        sentence: "\"out of stock, nothing was ordered\" is told, the stock returns, an earlier submission takes it",
        breaks: Invariant::FalseFailure,
        scope: Scope {
            faults: 0,
            ..STOCK_RETURNS
        },
        cure: "a refusal commits that the cart outgrew its quotes, instead of rolling back",
        change: |rules| rules.cures.refusal_outgrows = true,
        cured: STOCK_RETURNS,
    },
];

/// Something that can be left out in a scope, and every promise is kept all the same.
pub struct Spare {
    pub sentence: &'static str,
    pub scope: Scope,
    pub change: fn(&mut Rules),
}

/// What is there twice.
pub const SPARES: [Spare; 4] = [
    Spare {
        sentence: "without Redis: the database decides alone",
        scope: TWO_PAGES,
        change: |rules| rules.token = TokenRule::Ignored,
    },
    Spare {
        sentence: "without UNIQUE(token): a token is bound to its cart",
        scope: TWO_CARTS,
        change: |rules| rules.database.unique_token = false,
    },
    Spare {
        sentence: "without UNIQUE(cart): the cart closes once",
        scope: TWO_PAGES,
        change: |rules| rules.database.unique_cart = false,
    },
    Spare {
        sentence: "without the first look: the claim or the insert finds the order",
        scope: TWO_PAGES,
        change: |rules| rules.attempt.finds_first = false,
    },
];
