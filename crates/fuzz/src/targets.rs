//! What is read, and what must hold whatever it is.

mod requests;
mod tokens;
mod words;

use crate::run::{Amount, Outcome};
use crate::shop::Shop;

/// A target.
pub struct Target {
    /// What it is called on the command line.
    pub name: &'static str,
    run: fn(Amount, &Shop) -> Outcome,
}

impl Target {
    /// Runs it.
    pub fn run(&self, amount: Amount, shop: &Shop) -> Outcome {
        (self.run)(amount, shop)
    }
}

/// All of them. A new way in gets a line here.
pub const ALL: [Target; 11] = [
    target("token-parse", tokens::parse),
    target("mac-verify", tokens::verify),
    target("lua-replies", tokens::lua_replies),
    target("money", words::money),
    target("contact", words::contact),
    target("order-json", words::order_json),
    target("form-body", requests::form_body),
    target("json-body", requests::json_body),
    target("idempotency-key", requests::idempotency_key),
    target("cookie", requests::cookie),
    target("path", requests::path),
];

const fn target(name: &'static str, run: fn(Amount, &Shop) -> Outcome) -> Target {
    Target { name, run }
}

/// Where the inputs that a target failed on are kept.
macro_rules! kept {
    ($name:literal) => {
        concat!(env!("CARGO_MANIFEST_DIR"), "/regressions/", $name, ".txt")
    };
}
use kept;
