//! Where an attempt stands.

use crate::world::Id;

/// Where an attempt stands: what it does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not submitted yet.
    Absent,
    /// Answered, or dead.
    Over,
    /// Reads the cart, and its order if it has one.
    Find,
    /// Sends `claim.lua`.
    Claim,
    /// Variants only: read that the token is free, and now takes it.
    Take,
    /// Looks for the order in the database: someone else holds the token or the guard.
    Look(Held),
    /// Waits for that someone.
    Wait(Held),
    /// Looks for the order that Redis named.
    LookNamed,
    /// Begins a transaction and does all of it but the commit; the number of earlier inserts with unknown outcome.
    Insert(u8),
    /// Sends COMMIT.
    Commit(u8),
    /// Reads the order back.
    ReadBack(u8),
    /// Sends `settle.lua` with this order, then answers with it.
    Settle(Id),
    /// Sends `release.lua`, then gives this answer.
    Release(Refusal),
    /// Variants only: puts the consumed token back.
    PutBack,
    /// The token is too old: looks for the cart's order.
    LookExpired,
    /// No order yet: asks for the token's order and attempt.
    AskStatus,
    /// Refused or too old: outgrows the quotes, so that nothing sent before can come true, and looks once more.
    Outgrow,
}

/// Why a claim was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Another attempt holds the token.
    Busy,
    /// Another page's attempt holds the repeat guard.
    Guarded,
    /// The repeat guard names another page's order.
    Named,
}

/// An answer that follows a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `cart_changed` or `out_of_stock`.
    Definite,
    /// `unavailable`: this submission placed nothing.
    Unavailable,
}

/// A request that Redis executes after its sender has given up, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    Nothing,
    Claim,
    Settle(Id),
    Release,
}
