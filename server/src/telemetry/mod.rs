//! What the server tells of itself, to whoever runs it: metrics, the log, traces, and the ledger of prevented duplicates.
//! Nothing here is reached from the shop's own address.

pub(crate) mod access;
mod listener;
pub mod logging;
mod metrics;
pub(crate) mod refusals;
pub(crate) mod traces;

use checkout::ledger::Ledger;
use checkout::observer::{AttemptEnded, Observer, StoppedDuplicate};

pub use listener::metrics_service;
pub(crate) use listener::serve_metrics;
pub(crate) use metrics::{Load, Metrics, Reading};
pub(crate) use refusals::Refusal;

/// What hears the order protocol.
pub struct Instruments {
    pub(crate) metrics: Metrics,
    pub(crate) ledger: Ledger,
}

impl Instruments {
    /// Writes prevented duplicates into `ledger`.
    pub(crate) fn new(ledger: Ledger) -> Self {
        Self {
            metrics: Metrics::new(),
            ledger,
        }
    }

    /// Writes what waits to be written.
    pub async fn close(&self) {
        self.ledger.close().await;
    }
}

impl Observer for Instruments {
    fn attempt_ended(&self, ended: &AttemptEnded) {
        self.metrics.attempt_ended(ended);
    }

    fn duplicate_stopped(&self, stopped: &StoppedDuplicate) {
        self.metrics.duplicate_stopped(stopped.layer, stopped.way_in);
        self.ledger.record(*stopped);
    }
}
