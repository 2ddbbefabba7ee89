//! The trace that a request belongs to: <https://www.w3.org/TR/trace-context/>.

use axum::http::HeaderMap;
use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;

/// Bytes of `version-trace-parent-flags`.
const LENGTH: usize = 2 + 1 + 32 + 1 + 16 + 1 + 2;

/// What the request says; of none if it says nothing, or nothing that can be read.
pub(super) fn of(headers: &HeaderMap) -> Context {
    let mut parents = headers.get_all("traceparent").iter();
    match (parents.next(), parents.next()) {
        (Some(one), None) if is_well_formed(one.as_bytes()) => {
            TraceContextPropagator::new().extract_with_context(&Context::new(), &HeaderExtractor(headers))
        }
        _ => Context::new(),
    }
}

/// The propagator refuses what stands for nothing, and takes fields of any length.
fn is_well_formed(parent: &[u8]) -> bool {
    let Some((fields, more)) = parent.split_at_checked(LENGTH) else {
        return false;
    };
    let is_in_place = |(place, byte): (usize, &u8)| match place {
        2 | 35 | 52 => *byte == b'-',
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    };
    // A later version may have more fields; the first has none.
    let is_later = !fields.starts_with(b"00") && more.starts_with(b"-");
    fields.iter().enumerate().all(is_in_place) && (more.is_empty() || is_later)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use opentelemetry::trace::TraceContextExt as _;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    /// Trace, parent and whether it is sampled.
    fn read(parents: &[&str]) -> Option<(String, String, bool)> {
        let mut headers = HeaderMap::new();
        for parent in parents {
            headers.append("traceparent", HeaderValue::from_str(parent).expect("a header"));
        }
        let context = of(&headers);
        let span = context.span();
        let span = span.span_context();
        span.is_valid().then(|| {
            (
                span.trace_id().to_string(),
                span.span_id().to_string(),
                span.is_sampled(),
            )
        })
    }

    #[test]
    fn a_request_belongs_to_the_trace_that_it_names() {
        let parent = "00f067aa0ba902b7".to_owned();
        for (header, sampled) in [
            (format!("00-{TRACE}-{parent}-01"), true),
            (format!("00-{TRACE}-{parent}-00"), false),
            (format!("cc-{TRACE}-{parent}-01"), true),
            (format!("cc-{TRACE}-{parent}-01-what-comes-later"), true),
        ] {
            let read = read(&[&header]);
            assert_eq!(read, Some((TRACE.to_owned(), parent.clone(), sampled)), "{header}");
        }
    }

    #[test]
    fn what_is_no_trace_is_none() {
        let well = format!("00-{TRACE}-00f067aa0ba902b7-01");
        for header in [
            "",
            "canary",
            "00-1-1-1",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-001",
        ] {
            assert_eq!(read(&[header]), None, "{header}");
        }
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[&well, &well]), None, "of two, none is the one");
    }
}
