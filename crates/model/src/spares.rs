//! Where the code keeps its promises twice.

use crate::rules::{Rules, TokenRule};
use crate::scope::Scope;
use crate::scopes::{TWO_CARTS, TWO_PAGES};

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
