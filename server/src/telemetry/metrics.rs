//! Every metric of the server, by the naming conventions of Prometheus: base units, `_total` for what only grows.

use std::sync::atomic::AtomicU64;

use axum::http::{Method, StatusCode};
use checkout::observer::{AttemptEnded, Layer, Outcome, WayIn};
use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// In seconds: from an order that meets nothing to one that waits for the whole HTTP exchange.
const ATTEMPT_BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0];

type Labels<const N: usize> = [(&'static str, String); N];

/// What is read at the moment of a scrape.
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
}

/// The metrics.
pub(crate) struct Metrics {
    registry: Registry,
    orders_placed: Counter,
    duplicates_prevented: Family<[(&'static str, &'static str); 1], Counter>,
    attempts: Family<[(&'static str, &'static str); 2], Histogram>,
    requests: Family<Labels<3>, Counter>,
    store_up: Family<[(&'static str, &'static str); 1], Gauge>,
    breaker_open: Gauge,
    untold: Gauge,
    ledger_dropped: Counter<u64, AtomicU64>,
    log_dropped: Counter<u64, AtomicU64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let metrics = Self {
            registry: Registry::default(),
            orders_placed: Counter::default(),
            duplicates_prevented: Family::default(),
            attempts: Family::new_with_constructor(|| Histogram::new(ATTEMPT_BUCKETS)),
            requests: Family::default(),
            store_up: Family::default(),
            breaker_open: Gauge::default(),
            untold: Gauge::default(),
            ledger_dropped: Counter::default(),
            log_dropped: Counter::default(),
        };
        metrics.begin_at_nothing();
        metrics.with_orders().with_health()
    }

    /// Series that are there from the start: a rate can only be told of a counter that was seen before it counted.
    fn begin_at_nothing(&self) {
        for layer in Layer::ALL {
            drop(self.duplicates_prevented.get_or_create(&[("layer", layer.name())]));
        }
        for outcome in Outcome::ALL {
            for way_in in WayIn::ALL {
                drop(self.attempts.get_or_create(&attempt(outcome, way_in)));
            }
        }
    }

    /// What became of submissions.
    fn with_orders(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register(
            "once_orders_placed",
            "Orders that were placed",
            self.orders_placed.clone(),
        );
        registry.register(
            "once_duplicates_prevented",
            "Second orders that did not come to be, by the layer that stopped them",
            self.duplicates_prevented.clone(),
        );
        registry.register(
            "once_attempt_duration_seconds",
            "How long submissions took, by their outcome and the way they came in",
            self.attempts.clone(),
        );
        self
    }

    /// How the server and its stores are.
    fn with_health(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register(
            "once_http_requests",
            "Requests, by the pattern of their address, their method and the class of the answer",
            self.requests.clone(),
        );
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
        self
    }

    pub(crate) fn attempt_ended(&self, ended: &AttemptEnded) {
        if ended.outcome == Outcome::Placed {
            self.orders_placed.inc();
        }
        self.attempts
            .get_or_create(&attempt(ended.outcome, ended.way_in))
            .observe(ended.took.as_secs_f64());
    }

    pub(crate) fn duplicate_stopped(&self, layer: Layer) {
        self.duplicates_prevented
            .get_or_create(&[("layer", layer.name())])
            .inc();
    }

    /// A request was answered. `route` is a pattern of ours: an address that somebody made up would make a series of its
    /// own.
    pub(crate) fn request(&self, route: &str, method: &Method, status: StatusCode) {
        let labels = [
            ("route", route.to_owned()),
            ("method", known(method).to_owned()),
            ("status", format!("{}xx", status.as_u16() / 100)),
        ];
        self.requests.get_or_create(&labels).inc();
    }

    /// The whole of it, in the text format of Prometheus.
    pub(crate) fn text(&self, reading: &Reading) -> String {
        for (store, up) in [("database", reading.database), ("tokens", reading.tokens)] {
            self.store_up.get_or_create(&[("store", store)]).set(i64::from(up));
        }
        self.breaker_open.set(i64::from(reading.breaker_open));
        if let Some(untold) = reading.untold {
            self.untold.set(i64::try_from(untold).unwrap_or(i64::MAX));
        }
        catch_up(&self.ledger_dropped, reading.ledger_dropped);
        catch_up(&self.log_dropped, super::logging::dropped());
        let mut text = String::new();
        // A string takes whatever is written to it.
        let _ = prometheus_text::encode(&mut text, &self.registry);
        text
    }
}

fn attempt(outcome: Outcome, way_in: WayIn) -> [(&'static str, &'static str); 2] {
    [("outcome", outcome.name()), ("way_in", way_in.name())]
}

/// A counter of something that counts itself.
fn catch_up(counter: &Counter<u64, AtomicU64>, count: u64) {
    counter.inner().fetch_max(count, std::sync::atomic::Ordering::Relaxed);
}

/// Anything can be sent as a method.
pub(super) fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::*;

    const DASHBOARD: &str = include_str!("../../../docs/grafana/once.json");

    const CALM: Reading = Reading {
        database: true,
        tokens: true,
        breaker_open: false,
        untold: Some(0),
        ledger_dropped: 0,
    };

    /// Every word that begins like one of our metrics.
    fn named(text: &str) -> BTreeSet<&str> {
        let words = text.split(|other: char| !other.is_ascii_alphanumeric() && other != '_');
        words.filter(|word| word.starts_with("once_")).collect()
    }

    #[test]
    fn every_metric_of_the_dashboard_is_there_and_every_metric_is_on_the_dashboard() {
        let metrics = Metrics::new();
        metrics.request("/cart", &Method::GET, StatusCode::OK);
        let text = metrics.text(&CALM);
        let there = named(&text);
        let shown = named(DASHBOARD);
        let missing: Vec<_> = shown.difference(&there).collect();
        assert!(missing.is_empty(), "{missing:?} are no metrics");
        for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
            let (name, _) = line.split_once(' ').expect("a name and a type");
            assert!(shown.iter().any(|shown| shown.starts_with(name)), "{name} is not shown");
        }
        let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).expect("JSON");
        assert!(dashboard["panels"].as_array().is_some_and(|panels| panels.len() >= 8));
    }

    #[test]
    fn what_happened_is_counted() {
        let metrics = Metrics::new();
        metrics.attempt_ended(&AttemptEnded {
            way_in: WayIn::Form,
            outcome: Outcome::Placed,
            took: Duration::from_millis(30),
        });
        metrics.duplicate_stopped(Layer::Repeat);
        let reading = Reading {
            tokens: false,
            breaker_open: true,
            untold: Some(3),
            ledger_dropped: 7,
            ..CALM
        };
        let text = metrics.text(&reading);
        for line in [
            "once_orders_placed_total 1",
            "once_duplicates_prevented_total{layer=\"repeat\"} 1",
            "once_duplicates_prevented_total{layer=\"token\"} 0",
            "once_attempt_duration_seconds_bucket{outcome=\"placed\",way_in=\"form\",le=\"0.05\"} 1",
            "once_store_up{store=\"database\"} 1",
            "once_store_up{store=\"tokens\"} 0",
            "once_token_breaker_open 1",
            "once_outbox_pending 3",
            "once_ledger_dropped_total 7",
        ] {
            assert!(text.lines().any(|there| there == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn a_method_that_somebody_made_up_makes_no_series() {
        let metrics = Metrics::new();
        for method in ["BREW", "WHEN", "PROPFIND"] {
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            metrics.request("/cart", &method, StatusCode::METHOD_NOT_ALLOWED);
        }
        let text = metrics.text(&CALM);
        let series = text
            .lines()
            .filter(|line| line.starts_with("once_http_requests_total{"));
        assert_eq!(
            series.collect::<Vec<_>>(),
            ["once_http_requests_total{route=\"/cart\",method=\"other\",status=\"4xx\"} 3"]
        );
    }
}
