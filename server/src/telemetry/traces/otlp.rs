//! They are sent by OTLP over HTTP. Spans wait in a bounded queue, which a thread of its own empties: whoever
//! ends one never waits, and what finds no place is lost and counted in the log.
//!
//! A span tells what the log tells of its request, and nothing else: the pattern of the address and never the address.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use opentelemetry::Key;
use opentelemetry::trace::{Status, TraceContextExt as _, TracerProvider as _};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::{Layer as _, Registry};

use super::{parent, place};
use crate::telemetry::access::{NO_ROUTE, OFTEN};
use crate::telemetry::logging::Listener;

/// How long the end of the program waits for a collector that takes its time.
const LAST_CALL: Duration = Duration::from_secs(2);

/// Whose spans are sent. Libraries put into theirs what nobody here has looked through.
const OURS: [&str; 3] = ["server::", "checkout", "app::"];

/// Sends traces, or does not.
pub(crate) struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// None are sent.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Sends them where the environment says.
    ///
    /// # Errors
    /// What to write instead, if they can not be sent there.
    pub(crate) fn from_environment() -> Result<Self, String> {
        if place()?.is_none() {
            return Ok(Self::none());
        }
        let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
        let exporter = exporter
            .build()
            .map_err(|error| format!("traces can not be sent: {error}"))?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource());
        Ok(Self(Some(provider.build())))
    }

    /// What hears the spans.
    pub(crate) fn listener(&self) -> Option<Listener> {
        let tracer = self.0.as_ref()?.tracer("once");
        let layer = tracing_opentelemetry::layer::<Registry>()
            .with_tracer(tracer)
            // Nothing here speaks to OpenTelemetry but through spans.
            .with_context_activation(false)
            .with_tracked_inactivity(false)
            .with_target(false)
            .with_location(false)
            .with_threads(false);
        let ours = OURS.map(|target| (target, LevelFilter::INFO));
        let heard = Targets::new().with_targets(ours).with_target(OFTEN, LevelFilter::OFF);
        Some(layer.with_filter(heard).boxed())
    }

    /// Sends what still waits, for as long as there is time.
    pub(crate) async fn end(self) {
        let Some(provider) = self.0 else {
            return;
        };
        // Blocks its thread.
        let ended = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(LAST_CALL)).await;
        if !matches!(ended, Ok(Ok(()))) {
            let waited_s = LAST_CALL.as_secs();
            tracing::warn!(waited_s, "the collector of traces did not take the last ones in time");
        }
    }
}

/// Who sends: `once`, unless the environment gives it another name.
fn resource() -> Resource {
    let found = Resource::builder().build();
    let name = found.get(&Key::from_static_str("service.name"));
    let is_named = name.is_some_and(|name| !name.as_str().starts_with("unknown_service"));
    if is_named {
        return found;
    }
    Resource::builder().with_service_name("once").build()
}

/// The request's span begins: as a part of the trace that the request belongs to, if it says so.
pub(crate) fn begun(span: &Span, headers: &HeaderMap, method: &'static str, route: &str) {
    if span.set_parent(parent::of(headers)).is_err() {
        // Nobody listens to it.
        return;
    }
    span.record("otel.kind", "server");
    // The words of the semantic conventions for HTTP.
    let (attribute, verb) = match method {
        "other" => ("_OTHER", "HTTP"),
        known => (known, known),
    };
    span.set_attribute("http.request.method", attribute);
    let name = if route == NO_ROUTE {
        verb.to_owned()
    } else {
        span.set_attribute("http.route", route.to_owned());
        format!("{verb} {route}")
    };
    span.context().span().update_name(name);
}

/// The request is answered so.
pub(crate) fn answered(span: &Span, status: StatusCode) {
    span.set_attribute("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.set_status(Status::error(""));
    }
}
