//! Tell shoppers of their orders: every event of the outbox becomes one mail, sent at least once and always under the
//! same name.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::fail_point::{FailPoint, fail_point};
use crate::mail::Mail;
use crate::ports::{Clock, MailError, Mailer, OrderStore, OutboxStore, StoreError, Untold};

/// How fast events are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How long to wait before looking again when nothing is due.
    pub poll: Duration,
    /// How long an event is nobody else's once it was taken. Whoever took it and died is not waited for any longer.
    pub lease: Duration,
    /// How long sending one mail may take; shorter than the lease, so that two servers send the same one only when one
    /// of them stood still.
    pub send: Duration,
    /// How long an event waits after its first failure; after each further one twice as long.
    pub first_pause: Duration,
    /// The longest that an event waits. It is never given up.
    pub longest_pause: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(1),
            lease: Duration::from_secs(15),
            send: Duration::from_secs(10),
            first_pause: Duration::from_secs(5),
            longest_pause: Duration::from_hours(1),
        }
    }
}

impl Pace {
    /// Every time divided by the same number: crash tests need not wait as long.
    #[cfg(feature = "fail-points")]
    #[must_use]
    pub fn divided(self, by: u32) -> Self {
        Self {
            poll: self.poll / by,
            lease: self.lease / by,
            send: self.send / by,
            first_pause: self.first_pause / by,
            longest_pause: self.longest_pause / by,
        }
    }

    fn pause(&self, failures: u32) -> Duration {
        let doubled = self
            .first_pause
            .saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
        doubled.min(self.longest_pause)
    }
}

/// Tells shoppers of their orders.
#[derive(Clone)]
pub struct Teller {
    /// What is to be told.
    pub outbox: Arc<dyn OutboxStore>,
    /// What there is to tell of.
    pub orders: Arc<dyn OrderStore>,
    /// How it is told.
    pub mailer: Arc<dyn Mailer>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How fast.
    pub pace: Pace,
}

/// Why an event could not be told.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Mail(#[from] MailError),
    #[error("its order is not there")]
    NoOrder,
    #[error("the mail was not accepted in time")]
    Late,
    #[error("telling it ended in the middle")]
    Panic(#[from] tokio::task::JoinError),
}

impl Teller {
    /// Tells of every order until it is stopped; a mail that is being sent then is sent to its end.
    pub async fn run(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if !self.tell_next().await {
                // Stopped or not: the loop looks again.
                let _ = stop.run_until_cancelled(sleep(self.pace.poll)).await;
            }
        }
    }

    /// Tells of the oldest order that is due; `false` when there is none, or none can be had.
    pub async fn tell_next(&self) -> bool {
        let now = self.clock.now();
        match self.outbox.take_due(now, now.after(self.pace.lease)).await {
            Ok(Some(untold)) => self.tell_or_postpone(untold).await,
            Ok(None) => return false,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the outbox can not be read");
                return false;
            }
        }
        true
    }

    /// A failure is the trouble of its own event: the others go on.
    async fn tell_or_postpone(&self, untold: Untold) {
        // A task of its own: what makes it panic is its own too.
        let telling = tokio::spawn(self.clone().tell(untold)).await;
        let Err(trouble) = telling.map_err(Trouble::from).flatten() else {
            return;
        };
        let pause = self.pace.pause(untold.taken);
        tracing::warn!(
            error = &trouble as &dyn std::error::Error,
            order = %untold.order,
            times = untold.taken,
            pause_s = pause.as_secs(),
            "the shopper could not be told of an order; it is tried again"
        );
        let postponed = self.outbox.postpone(untold.event, self.clock.now().after(pause)).await;
        if let Err(error) = postponed {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the event comes back with its lease"
            );
        }
    }

    async fn tell(self, untold: Untold) -> Result<(), Trouble> {
        let order = self.orders.find_order(untold.shopper, untold.order).await?;
        let mail = Mail::order_placed(&order.ok_or(Trouble::NoOrder)?);
        fail_point(FailPoint::BeforeMail).await;
        let sent = timeout(self.pace.send, self.mailer.send(&mail)).await;
        sent.map_err(|_elapsed| Trouble::Late)??;
        fail_point(FailPoint::AfterMail).await;
        self.outbox.mark_told(untold.event, self.clock.now()).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_have_an_end() {
        let pace = Pace::default();
        let seconds = [1, 2, 3, 4, 11, 12, u32::MAX].map(|failures| pace.pause(failures).as_secs());
        assert_eq!(seconds, [5, 10, 20, 40, 3600, 3600, 3600]);
        assert!(pace.send < pace.lease);
    }

    #[cfg(feature = "fail-points")]
    #[test]
    fn a_divided_pace_is_so_much_faster_in_everything() {
        let each = |pace: Pace| [pace.poll, pace.lease, pace.send, pace.first_pause, pace.longest_pause];
        assert_eq!(
            each(Pace::default().divided(5)).map(|time| time * 5),
            each(Pace::default())
        );
    }
}
