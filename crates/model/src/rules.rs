//! The switches of the protocol. [`Rules::default`] is what the code does; every other value is a mistake to be caught,
//! or a cure to be tried.

/// How the shop turns submissions into orders.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub token: TokenRule,
    pub claim: ClaimRules,
    pub ending: EndingRules,
    pub database: DatabaseRules,
    pub attempt: AttemptRules,
    pub answer: AnswerRules,
    pub outage: Outage,
}

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRule {
    /// It is claimed, in one step, for the length of a lease.
    Claim,
    /// Likewise, but reading and writing are two steps.
    ClaimInTwoSteps,
    /// It is read, then deleted.
    GetThenDelete,
    /// It is read and deleted in one step.
    GetDelete,
    /// Likewise, and put back when something fails.
    GetDeletePutBack,
    /// It is not looked at: the database alone decides.
    Ignored,
}

/// `claim.lua`
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct ClaimRules {
    /// A claim whose lease is not over is busy.
    pub respects_lease: bool,
    /// A lease ends.
    pub lease_ends: bool,
    /// A token that Redis forgot is claimed as if it were issued.
    pub takes_missing: bool,
    /// A guard that another page's running attempt holds is asked.
    pub asks_running: bool,
    /// A guard that names another page's order is asked.
    pub asks_named: bool,
    /// The guard is set.
    pub sets_guard: bool,
    /// A guard ends with the lease.
    pub guard_ends: bool,
    /// A confirmed repeat waits for a running attempt all the same.
    pub confirmed_waits: bool,
}

/// `settle.lua` and `release.lua`
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct EndingRules {
    /// Settling compares the attempt.
    pub settle_compares: bool,
    /// Settling leaves alone the guard that another page holds.
    pub settle_spares_guard: bool,
    /// Settling makes the guard name the order.
    pub settle_names_order: bool,
    /// Releasing compares the attempt.
    pub release_compares: bool,
    /// Releasing leaves alone the guard that another page holds.
    pub release_spares_guard: bool,
    /// Releasing frees the page's own guard.
    pub release_frees_guard: bool,
    /// Whoever gives up waiting leaves the claim alone.
    pub loser_keeps_hands_off: bool,
}

/// The transaction of `insert_once`.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct DatabaseRules {
    /// The cart is closed.
    pub closes_cart: bool,
    /// Only an open cart is closed.
    pub closes_open_cart_only: bool,
    /// The cart is closed in the transaction that inserts, not in one before it.
    pub closes_in_transaction: bool,
    pub unique_cart: bool,
    pub unique_token: bool,
    /// Cancelling closes the cart as void, where it is open. Otherwise it looks for an order and sees none.
    pub cancel_closes_cart: bool,
}

/// The steps of an attempt.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct AttemptRules {
    /// An order that exists is replayed before anything else.
    pub finds_first: bool,
    /// Whoever meets a held token or guard looks for the order.
    pub looks_when_held: bool,
    /// The order that Redis names is read from the database.
    pub reads_named_order: bool,
    pub on_unknown: OnUnknown,
    /// After one unknown outcome, "not done" speaks of the later insert alone.
    pub not_done_stays_unknown: bool,
    /// An order is read back before it is acknowledged.
    pub reads_back: bool,
    /// Acknowledged, and settled, only after the commit.
    pub acknowledges_after_commit: bool,
    pub settles_after_commit: bool,
    /// An unknown outcome keeps the claim.
    pub unknown_keeps_claim: bool,
    /// A refusal releases the claim.
    pub refusal_releases: bool,
    /// An order settles the claim.
    pub order_settles: bool,
    /// A token that is too old looks for the cart's order.
    pub expired_looks: bool,
    /// A token that is too old asks whether an attempt runs.
    pub expired_asks_status: bool,
    /// Before "expired" is answered, the cart outgrows its quotes (`version = version + 1`, where it is open).
    pub expired_outgrows: bool,
    /// Likewise before a refusal is answered.
    pub refusal_outgrows: bool,
}

/// What is done about an insert whose outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnknown {
    /// The same insert is sent again.
    InsertAgain,
    /// The order is looked for, and not seeing it is taken for an answer.
    Select,
    /// It is taken for not done.
    NotDone,
    /// It is taken for done.
    Done,
    /// The shopper is told that something went wrong.
    GiveUp,
}

/// What the answers mean to the shopper.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct AnswerRules {
    /// A conflict is answered with the winner's order.
    pub conflict_replays: bool,
    /// A settle that fails changes no answer.
    pub settle_may_fail: bool,
    /// `unavailable` says nothing of earlier submissions.
    pub unavailable_is_open: bool,
    /// `in_progress` is not a no.
    pub in_progress_is_open: bool,
}

/// What to do while Redis does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    Database,
    Refuse,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            token: TokenRule::Claim,
            claim: ClaimRules::default(),
            ending: EndingRules::default(),
            database: DatabaseRules::default(),
            attempt: AttemptRules::default(),
            answer: AnswerRules::default(),
            outage: Outage::Database,
        }
    }
}

impl Default for ClaimRules {
    fn default() -> Self {
        Self {
            respects_lease: true,
            lease_ends: true,
            takes_missing: true,
            asks_running: true,
            asks_named: true,
            sets_guard: true,
            guard_ends: true,
            confirmed_waits: true,
        }
    }
}

impl Default for EndingRules {
    fn default() -> Self {
        Self {
            settle_compares: true,
            settle_spares_guard: true,
            settle_names_order: true,
            release_compares: true,
            release_spares_guard: true,
            release_frees_guard: true,
            loser_keeps_hands_off: true,
        }
    }
}

impl Default for DatabaseRules {
    fn default() -> Self {
        Self {
            closes_cart: true,
            closes_open_cart_only: true,
            closes_in_transaction: true,
            unique_cart: true,
            unique_token: true,
            cancel_closes_cart: true,
        }
    }
}

impl Default for AttemptRules {
    fn default() -> Self {
        Self {
            finds_first: true,
            looks_when_held: true,
            reads_named_order: true,
            on_unknown: OnUnknown::InsertAgain,
            not_done_stays_unknown: true,
            reads_back: true,
            acknowledges_after_commit: true,
            settles_after_commit: true,
            unknown_keeps_claim: true,
            refusal_releases: true,
            order_settles: true,
            expired_looks: true,
            expired_asks_status: true,
            expired_outgrows: true,
            refusal_outgrows: true,
        }
    }
}

impl Default for AnswerRules {
    fn default() -> Self {
        Self {
            conflict_replays: true,
            settle_may_fail: true,
            unavailable_is_open: true,
            in_progress_is_open: true,
        }
    }
}
