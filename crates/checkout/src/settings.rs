//! Every limit and time-out, in one place, and the order they must keep.

use std::time::Duration;

/// What to do while the token store is out of reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnRedisOutage {
    /// Go on with the database alone: exactly once, but with later answers to double submissions.
    #[default]
    Database,
    /// Refuse new orders; still replay those that exist.
    Refuse,
}

/// How long things may take. [`Timeouts::check`] says which order they must keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// One operation of the token store.
    pub redis_operation: Duration,
    /// Waiting for a database connection.
    pub pool_acquire: Duration,
    /// One database statement.
    pub statement: Duration,
    /// How long one attempt goes on inserting the same order while the outcome is unknown.
    pub attempt: Duration,
    /// How long the repeat guard holds.
    pub repeat_window: Duration,
    /// One HTTP exchange.
    pub http: Duration,
    /// How long a claim holds if nothing is heard of its owner.
    pub claim_lease: Duration,
    /// After this the browser stops waiting.
    pub browser: Duration,
    /// How long shutdown waits for running attempts.
    pub shutdown_grace: Duration,
    /// How long a token is good for a first submission.
    pub token_ttl: Duration,
    /// How long the token store keeps a result. The database keeps it for ever.
    pub result_kept: Duration,
}

/// The shortest repeat window that a shop may set.
pub const SHORTEST_REPEAT_WINDOW: Duration = Duration::from_secs(5);

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            redis_operation: Duration::from_millis(250),
            pool_acquire: Duration::from_secs(1),
            statement: Duration::from_secs(2),
            attempt: Duration::from_secs(4),
            repeat_window: Duration::from_mins(20),
            http: Duration::from_secs(8),
            claim_lease: Duration::from_secs(10),
            browser: Duration::from_secs(12),
            shutdown_grace: Duration::from_secs(40),
            token_ttl: Duration::from_mins(30),
            result_kept: Duration::from_hours(24),
        }
    }
}

/// Two time-outs stand in the wrong order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{shorter} ({shorter_ms} ms) must be shorter than {longer} ({longer_ms} ms)")]
pub struct TimeoutOrderError {
    shorter: &'static str,
    shorter_ms: u128,
    longer: &'static str,
    longer_ms: u128,
}

impl Timeouts {
    /// Checks the order that the protocol needs. A server refuses to start without it.
    pub fn check(&self) -> Result<(), TimeoutOrderError> {
        let ladder = [
            ("the token store's operation", self.redis_operation),
            ("the database connection's wait", self.pool_acquire),
            ("the database statement", self.statement),
            ("the attempt", self.attempt),
            ("the HTTP exchange", self.http),
            ("the claim's lease", self.claim_lease),
            ("the browser's wait", self.browser),
            ("the shutdown's grace", self.shutdown_grace),
            ("the token's life", self.token_ttl),
            ("the result's life", self.result_kept),
        ];
        for pair in ladder.windows(2) {
            in_order(pair[0], pair[1])?;
        }
        in_order(("the attempt", self.attempt), ("the repeat window", self.repeat_window))
    }

    /// Every time divided by the same number, so that their order stays: crash tests need not wait as long.
    #[cfg(feature = "fail-points")]
    #[must_use]
    pub fn divided(self, by: u32) -> Self {
        Self {
            redis_operation: self.redis_operation / by,
            pool_acquire: self.pool_acquire / by,
            statement: self.statement / by,
            attempt: self.attempt / by,
            repeat_window: self.repeat_window / by,
            http: self.http / by,
            claim_lease: self.claim_lease / by,
            browser: self.browser / by,
            shutdown_grace: self.shutdown_grace / by,
            token_ttl: self.token_ttl / by,
            result_kept: self.result_kept / by,
        }
    }
}

fn in_order(shorter: (&'static str, Duration), longer: (&'static str, Duration)) -> Result<(), TimeoutOrderError> {
    if shorter.1 < longer.1 {
        return Ok(());
    }
    Err(TimeoutOrderError {
        shorter: shorter.0,
        shorter_ms: shorter.1.as_millis(),
        longer: longer.0,
        longer_ms: longer.1.as_millis(),
    })
}

/// How the protocol runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long things may take.
    pub timeouts: Timeouts,
    /// What to do while the token store is out of reach.
    pub on_redis_outage: OnRedisOutage,
    /// How many attempts may run at once. Whatever comes on top of them is told to come again, before it claims anything.
    pub attempts_at_once: usize,
}

/// How many attempts run at once, unless it is set: more of them would only wait for each other.
pub const ATTEMPTS_AT_ONCE: usize = 128;

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            on_redis_outage: OnRedisOutage::default(),
            attempts_at_once: ATTEMPTS_AT_ONCE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_order_holds() {
        assert_eq!(Timeouts::default().check(), Ok(()));
    }

    #[test]
    fn a_lease_shorter_than_the_exchange_is_refused() {
        let wrong = Timeouts {
            claim_lease: Duration::from_secs(8),
            ..Timeouts::default()
        };
        let message = wrong.check().expect_err("8 s are not longer than 8 s").to_string();
        assert_eq!(
            message,
            "the HTTP exchange (8000 ms) must be shorter than the claim's lease (8000 ms)"
        );
    }

    #[test]
    fn no_rung_of_the_ladder_may_be_as_short_as_the_one_below() {
        let edits: [fn(&mut Timeouts); 10] = [
            |wrong| wrong.pool_acquire = wrong.redis_operation,
            |wrong| wrong.statement = wrong.pool_acquire,
            |wrong| wrong.attempt = wrong.statement,
            |wrong| wrong.http = wrong.attempt,
            |wrong| wrong.claim_lease = wrong.http,
            |wrong| wrong.browser = wrong.claim_lease,
            |wrong| wrong.shutdown_grace = wrong.browser,
            |wrong| wrong.token_ttl = wrong.shutdown_grace,
            |wrong| wrong.result_kept = wrong.token_ttl,
            |wrong| wrong.repeat_window = wrong.attempt,
        ];
        for (index, edit) in edits.into_iter().enumerate() {
            let mut wrong = Timeouts::default();
            edit(&mut wrong);
            assert!(wrong.check().is_err(), "edit {index}");
        }
    }

    #[test]
    fn a_repeat_window_shorter_than_the_attempt_is_refused() {
        let wrong = Timeouts {
            repeat_window: Duration::from_secs(3),
            ..Timeouts::default()
        };
        assert!(wrong.check().is_err());
    }

    #[cfg(feature = "fail-points")]
    #[test]
    fn divided_times_are_each_so_much_shorter() {
        let (shipped, divided) = (Timeouts::default(), Timeouts::default().divided(5));
        let each = |timeouts: Timeouts| {
            [
                timeouts.redis_operation,
                timeouts.pool_acquire,
                timeouts.statement,
                timeouts.attempt,
                timeouts.repeat_window,
                timeouts.http,
                timeouts.claim_lease,
                timeouts.browser,
                timeouts.shutdown_grace,
                timeouts.token_ttl,
                timeouts.result_kept,
            ]
        };
        assert_eq!(each(divided).map(|time| time * 5), each(shipped));
        assert_eq!(divided.check(), Ok(()));
    }
}
