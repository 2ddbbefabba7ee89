mod exposition;

use std::collections::BTreeSet;
use std::time::Duration;

use super::*;

const DASHBOARD: &str = include_str!("../../../../docs/grafana/once.json");

const CALM: Reading = Reading {
    database: true,
    tokens: true,
    breaker_open: false,
    untold: Some(0),
    ledger_dropped: 0,
    load: Load {
        connections: 0,
        connections_refused: 0,
        attempts: 0,
        pages: [("looking", 0), ("buying", 0)],
    },
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
    metrics.duplicate_stopped(Layer::Repeat, WayIn::Api);
    metrics.refused(Refusal::RateLimit);
    let reading = Reading {
        tokens: false,
        breaker_open: true,
        untold: Some(3),
        ledger_dropped: 7,
        load: Load {
            connections: 5,
            connections_refused: 6,
            attempts: 8,
            pages: [("looking", 9), ("buying", 1)],
        },
        ..CALM
    };
    let text = metrics.text(&reading);
    for line in [
        "once_orders_placed_total 1",
        "once_duplicates_prevented_total{layer=\"repeat\",way_in=\"api\"} 1",
        "once_duplicates_prevented_total{layer=\"token\",way_in=\"form\"} 0",
        "once_attempt_duration_seconds_bucket{outcome=\"placed\",way_in=\"form\",le=\"0.05\"} 1",
        "once_store_up{store=\"database\"} 1",
        "once_store_up{store=\"tokens\"} 0",
        "once_token_breaker_open 1",
        "once_outbox_pending 3",
        "once_ledger_dropped_total 7",
        "once_connections_open 5",
        "once_connections_refused_total 6",
        "once_attempts_running 8",
        "once_pages_running{part=\"looking\"} 9",
        "once_requests_refused_total{reason=\"rate_limit\"} 1",
        "once_requests_refused_total{reason=\"overload\"} 0",
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

#[test]
fn what_is_told_is_well_formed() {
    let metrics = Metrics::new();
    for route in ["/cart", "/checkout/{cart}", "none"] {
        metrics.request(route, &Method::GET, StatusCode::OK);
    }
    for took_ms in [1, 30, 700, 60_000] {
        metrics.attempt_ended(&AttemptEnded {
            way_in: WayIn::Api,
            outcome: Outcome::Placed,
            took: Duration::from_millis(took_ms),
        });
    }
    let text = metrics.text(&CALM);
    let samples = exposition::read(&text);
    exposition::assert_histograms(&samples);
    let of = |name: &'static str| samples.iter().filter(move |sample| sample.name == name);
    assert_eq!(of("once_http_requests_total").count(), 3);
    assert_eq!(
        of("once_duplicates_prevented_total").count(),
        Layer::ALL.len() * WayIn::ALL.len()
    );
    let took: f64 = of("once_attempt_duration_seconds_sum")
        .map(|sample| sample.number)
        .sum();
    assert!((took - 60.731).abs() < 1e-6, "{took}");
}
