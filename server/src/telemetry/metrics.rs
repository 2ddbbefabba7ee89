//! Every metric of the server, by the naming conventions of Prometheus: base units, `_total` for what only grows.

mod state;
#[cfg(test)]
mod tests;

use axum::http::{Method, StatusCode};
use checkout::observer::{AttemptEnded, Layer, Outcome, WayIn};
use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

pub(crate) use state::{Load, Reading};

use super::Refusal;

/// In seconds: from an order that meets nothing to one that waits for the whole HTTP exchange.
const ATTEMPT_BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0];

type Labels<const N: usize> = [(&'static str, String); N];

/// The metrics.
pub(crate) struct Metrics {
    registry: Registry,
    orders_placed: Counter,
    duplicates_prevented: Family<[(&'static str, &'static str); 2], Counter>,
    attempts: Family<[(&'static str, &'static str); 2], Histogram>,
    requests: Family<Labels<3>, Counter>,
    refused: Family<[(&'static str, &'static str); 1], Counter>,
    state: state::State,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let metrics = Self {
            registry: Registry::default(),
            orders_placed: Counter::default(),
            duplicates_prevented: Family::default(),
            attempts: Family::new_with_constructor(|| Histogram::new(ATTEMPT_BUCKETS)),
            requests: Family::default(),
            refused: Family::default(),
            state: state::State::default(),
        };
        metrics.begin_at_nothing();
        metrics.with_orders().with_requests()
    }

    /// Series that are there from the start: a rate can only be told of a counter that was seen before it counted.
    fn begin_at_nothing(&self) {
        for (layer, way_in) in Layer::ALL
            .into_iter()
            .flat_map(|layer| WayIn::ALL.map(|way_in| (layer, way_in)))
        {
            drop(self.duplicates_prevented.get_or_create(&duplicate(layer, way_in)));
        }
        for refusal in Refusal::ALL {
            drop(self.refused.get_or_create(&[("reason", refusal.name())]));
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
            "Second orders that did not come to be, by the layer that stopped them and the way they came in",
            self.duplicates_prevented.clone(),
        );
        registry.register(
            "once_attempt_duration_seconds",
            "How long submissions took, by their outcome and the way they came in",
            self.attempts.clone(),
        );
        self
    }

    /// What became of requests, and how the server and its stores are.
    fn with_requests(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register(
            "once_http_requests",
            "Requests, by the pattern of their address, their method and the class of the answer",
            self.requests.clone(),
        );
        registry.register(
            "once_requests_refused",
            "Requests that were refused before anybody looked at what they want, by why",
            self.refused.clone(),
        );
        self.state.register(registry);
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

    pub(crate) fn duplicate_stopped(&self, layer: Layer, way_in: WayIn) {
        self.duplicates_prevented.get_or_create(&duplicate(layer, way_in)).inc();
    }

    pub(crate) fn refused(&self, refusal: Refusal) {
        self.refused.get_or_create(&[("reason", refusal.name())]).inc();
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
        self.state.set(reading);
        let mut text = String::new();
        // A string takes whatever is written to it.
        let _ = prometheus_text::encode(&mut text, &self.registry);
        text
    }
}

fn duplicate(layer: Layer, way_in: WayIn) -> [(&'static str, &'static str); 2] {
    [("layer", layer.name()), ("way_in", way_in.name())]
}

fn attempt(outcome: Outcome, way_in: WayIn) -> [(&'static str, &'static str); 2] {
    [("outcome", outcome.name()), ("way_in", way_in.name())]
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
