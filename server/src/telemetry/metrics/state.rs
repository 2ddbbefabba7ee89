//! What is read at the moment of a scrape: how the stores are, and how busy the server is.

use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::AppState;
use crate::health::in_time;
use crate::telemetry::logging;

/// What is read.
pub(crate) struct Reading {
    /// Whether the database answers.
    pub(crate) database: bool,
    /// Whether the token store answers.
    pub(crate) tokens: bool,
    /// Whether the breaker in front of the token store is open.
    pub(crate) breaker_open: bool,
    /// How many events wait to be told; unknown while the database does not answer.
    pub(crate) untold: Option<u64>,
    /// How many entries of the ledger were lost.
    pub(crate) ledger_dropped: u64,
    /// How busy the server is.
    pub(crate) load: Load,
}

/// How much of what it may take on at once the server has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    /// How many were turned away since the start: their address had as many as it may.
    pub(crate) connections_refused: u64,
    pub(crate) attempts: usize,
    /// Pages of those who look around, and of those who buy.
    pub(crate) pages: [(&'static str, usize); 2],
}

impl Reading {
    pub(crate) async fn of(app: &AppState) -> Self {
        let (database, tokens, untold) = tokio::join!(
            in_time(app.stores.database()),
            in_time(app.stores.tokens()),
            in_time(app.stores.untold()),
        );
        Self {
            database: database.unwrap_or(false),
            tokens: tokens.unwrap_or(false),
            breaker_open: app.stores.breaker_is_open(),
            untold: untold.flatten(),
            ledger_dropped: app.instruments.ledger.dropped(),
            load: Load::of(app),
        }
    }
}

impl Load {
    pub(crate) fn of(app: &AppState) -> Self {
        Self {
            connections: app.connections.open(),
            connections_refused: app.connections.refused(),
            attempts: app.checkout.attempts_running(),
            pages: app.bulkheads.busy(),
        }
    }
}

/// The metrics that say how things are.
#[derive(Default)]
pub(super) struct State {
    store_up: Family<[(&'static str, &'static str); 1], Gauge>,
    breaker_open: Gauge,
    untold: Gauge,
    ledger_dropped: Counter<u64, AtomicU64>,
    log_dropped: Counter<u64, AtomicU64>,
    connections: Gauge,
    connections_refused: Counter<u64, AtomicU64>,
    attempts: Gauge,
    pages: Family<[(&'static str, &'static str); 1], Gauge>,
}

impl State {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("once_store_up", "Whether a store answers", self.store_up.clone());
        registry.register(
            "once_token_breaker_open",
            "Whether the token store is left alone because it did not answer",
            self.breaker_open.clone(),
        );
        registry.register(
            "once_outbox_pending",
            "Orders whose shoppers were not told of them yet",
            self.untold.clone(),
        );
        registry.register(
            "once_ledger_dropped",
            "Prevented duplicates that were not written down",
            self.ledger_dropped.clone(),
        );
        registry.register(
            "once_log_dropped",
            "Lines of the log that were lost because nobody took them",
            self.log_dropped.clone(),
        );
        self.register_load(registry);
    }

    fn register_load(&self, registry: &mut Registry) {
        registry.register("once_connections_open", "Open connections", self.connections.clone());
        registry.register(
            "once_connections_refused",
            "Connections that were turned away because their address had as many as it may",
            self.connections_refused.clone(),
        );
        registry.register(
            "once_attempts_running",
            "Orders that are being placed; as many as ONCE_ORDERS_AT_ONCE is the limit",
            self.attempts.clone(),
        );
        registry.register(
            "once_pages_running",
            "Pages that are being made, for those who look around and those who buy; of each, ONCE_PAGES_AT_ONCE is the limit",
            self.pages.clone(),
        );
    }

    pub(super) fn set(&self, reading: &Reading) {
        for (store, up) in [("database", reading.database), ("tokens", reading.tokens)] {
            self.store_up.get_or_create(&[("store", store)]).set(i64::from(up));
        }
        self.breaker_open.set(i64::from(reading.breaker_open));
        if let Some(untold) = reading.untold {
            set(&self.untold, untold);
        }
        catch_up(&self.ledger_dropped, reading.ledger_dropped);
        catch_up(&self.log_dropped, logging::dropped());
        let load = &reading.load;
        set(&self.connections, load.connections);
        catch_up(&self.connections_refused, load.connections_refused);
        set(&self.attempts, load.attempts);
        for (part, pages) in load.pages {
            set(&self.pages.get_or_create(&[("part", part)]), pages);
        }
    }
}

fn set(gauge: &Gauge, number: impl TryInto<i64>) {
    gauge.set(number.try_into().unwrap_or(i64::MAX));
}

/// A counter of something that counts itself.
fn catch_up(counter: &Counter<u64, AtomicU64>, count: u64) {
    counter.inner().fetch_max(count, Ordering::Relaxed);
}
