//! The walks that are made.

use crate::rules::{Outage, Rules};
use crate::scope::{Events, Expiry, Scope};

const NOTHING_ELSE: Events = Events {
    cancel: false,
    stock_goes: false,
    stock_returns: false,
    expiry: Expiry::Never,
    repeats: false,
    redis_keeps: false,
    stale_redis: false,
    stale_database: false,
};

/// One page, submitted again and again.
pub const ONE_PAGE: Scope = Scope {
    name: "one page; stock runs out",
    submissions: 3,
    at_once: 3,
    faults: 2,
    pages: &[0],
    rendered: 1,
    events: Events {
        stock_goes: true,
        ..NOTHING_ELSE
    },
};

/// Nothing goes wrong.
pub const TWO_CLICKS: Scope = Scope {
    name: "two clicks",
    submissions: 2,
    faults: 0,
    ..ONE_PAGE
};

/// One thing goes wrong, and it is not that Redis loses what it holds.
pub const ONE_FAULT: Scope = Scope {
    name: "one fault",
    faults: 1,
    events: Events {
        redis_keeps: true,
        ..NOTHING_ELSE
    },
    ..ONE_PAGE
};

/// Two pages of one cart: a second tab, or the page rendered again after an answer or after none.
pub const TWO_PAGES: Scope = Scope {
    name: "second tab; cancel",
    submissions: 3,
    at_once: 3,
    faults: 2,
    pages: &[0, 0],
    rendered: 1,
    events: Events {
        cancel: true,
        ..NOTHING_ELSE
    },
};

const REPEATS: Events = Events {
    repeats: true,
    ..NOTHING_ELSE
};

/// Two carts of the same product.
pub const TWO_CARTS: Scope = Scope {
    name: "second cart of the product; stock runs out",
    submissions: 3,
    at_once: 3,
    faults: 1,
    pages: &[0, 1],
    rendered: 2,
    events: Events {
        stock_goes: true,
        ..REPEATS
    },
};

/// The page's token becomes too old, at any time.
pub const EXPIRY: Scope = Scope {
    name: "token too old at any time; second tab",
    submissions: 3,
    at_once: 3,
    faults: 2,
    pages: &[0, 0],
    rendered: 1,
    events: Events {
        expiry: Expiry::Anytime,
        cancel: true,
        ..NOTHING_ELSE
    },
};

/// What is refused for want of stock can be had a moment later.
pub const STOCK_RETURNS: Scope = Scope {
    name: "stock runs out and returns; second tab",
    submissions: 3,
    at_once: 3,
    faults: 2,
    pages: &[0, 0],
    rendered: 1,
    events: Events {
        stock_goes: true,
        stock_returns: true,
        ..NOTHING_ELSE
    },
};

/// Redis comes back as it once was: restored, or failed over without its last writes.
pub const STALE_REDIS: Scope = Scope {
    name: "stale Redis; second tab",
    submissions: 3,
    at_once: 3,
    faults: 2,
    pages: &[0, 0],
    rendered: 1,
    events: Events {
        stale_redis: true,
        ..NOTHING_ELSE
    },
};

/// The database comes back as it once was, and Redis remembers orders that it lacks.
pub const STALE_DATABASE: Scope = Scope {
    name: "database restored: told orders stand",
    submissions: 4,
    at_once: 3,
    faults: 2,
    pages: &[0, 0],
    rendered: 1,
    events: Events {
        stale_database: true,
        ..NOTHING_ELSE
    },
};

/// A walk through the real protocol, as it is set up.
#[derive(Clone, Copy)]
pub struct Real {
    pub scope: Scope,
    pub outage: Outage,
}

impl Real {
    pub fn rules(&self) -> Rules {
        Rules {
            outage: self.outage,
            ..Rules::default()
        }
    }
}

const fn real(scope: Scope) -> Real {
    Real {
        scope,
        outage: Outage::Database,
    }
}

/// The walks through the real protocol, the longest last. Mistakes are looked for in the first ones.
pub const PROTOCOL: [Real; 12] = [
    real(ONE_PAGE),
    real(TWO_PAGES),
    real(TWO_CARTS),
    real(EXPIRY),
    real(STOCK_RETURNS),
    real(STALE_DATABASE),
    Real {
        scope: Scope {
            name: "as second tab; without Redis, refuse",
            ..TWO_PAGES
        },
        outage: Outage::Refuse,
    },
    real(Scope {
        name: "three tabs; cancel",
        submissions: 4,
        faults: 1,
        pages: &[0, 0, 0],
        ..TWO_PAGES
    }),
    real(Scope {
        name: "second tab and second cart",
        submissions: 4,
        faults: 1,
        pages: &[0, 1, 0],
        events: REPEATS,
        ..TWO_CARTS
    }),
    real(Scope {
        submissions: 4,
        ..STALE_REDIS
    }),
    real(Scope {
        name: "second cart of the product",
        submissions: 4,
        faults: 2,
        events: REPEATS,
        ..TWO_CARTS
    }),
    real(Scope {
        name: "second tab; cancel; stock runs out",
        submissions: 4,
        faults: 3,
        events: Events {
            stock_goes: true,
            ..TWO_PAGES.events
        },
        ..TWO_PAGES
    }),
];
