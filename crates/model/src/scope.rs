//! What a walk covers.

use crate::world::Cart;

/// What may happen in a walk, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    pub name: &'static str,
    /// How many submissions there are, of whichever page.
    pub submissions: usize,
    /// How many of them run at the same time.
    pub at_once: usize,
    /// How many faults there are, of whichever kind.
    pub faults: u8,
    /// The pages that can be rendered, each with its cart.
    pub pages: &'static [Cart],
    /// How many of them are rendered at the start.
    pub rendered: u8,
    pub events: Events,
}

/// What else may happen.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an event of its own")]
pub struct Events {
    /// The shopper cancels the first cart.
    pub cancel: bool,
    /// The stock runs out.
    pub stock_goes: bool,
    /// Afterwards it is filled up again.
    pub stock_returns: bool,
    /// The token of the first page becomes too old.
    pub expiry: Expiry,
    /// The shopper confirms that the same product is wanted again; the repeat window ends.
    pub repeats: bool,
    /// Redis as a whole loses nothing.
    pub redis_keeps: bool,
    /// Redis can be restored from an earlier copy.
    pub stale_redis: bool,
    /// The database can be restored from an earlier copy: no promise holds but that what is told stands.
    pub stale_database: bool,
}

/// When a token may become too old.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expiry {
    #[default]
    Never,
    Anytime,
}

impl Scope {
    pub fn cart(&self, page: u8) -> Cart {
        self.pages[usize::from(page)]
    }
}
