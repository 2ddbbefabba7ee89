//! What the environment says of traces, in the variables of the OpenTelemetry specification. The SDK reads them, too, and
//! goes on without what it can not read; a program that sends traces refuses it at the start.

use std::env;

use axum::http::Uri;

/// Those that are looked at here. The SDK knows more, of which each has a default that can be lived with.
pub(crate) const VARIABLES: [&str; 7] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_SERVICE_NAME",
    "OTEL_TRACES_SAMPLER",
    "OTEL_TRACES_SAMPLER_ARG",
];

/// The only one that is built in.
const PROTOCOL: &str = "http/protobuf";

const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

/// Where traces are sent; none when they are not.
///
/// # Errors
/// What to write instead.
pub(crate) fn place() -> Result<Option<String>, String> {
    place_in(|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

fn place_in(variable: impl Fn(&str) -> Option<String>) -> Result<Option<String>, String> {
    // Nothing in it means that it is not set, says the specification.
    let first = |names: [&'static str; 2]| {
        let set = names.map(|name| Some((name, variable(name)?)));
        set.into_iter().flatten().find(|(_, value)| !value.is_empty())
    };
    let endpoints = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
    let Some((name, endpoint)) = first(endpoints) else {
        return Ok(None);
    };
    let protocols = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
    if let Some((name, _)) = first(protocols).filter(|(_, protocol)| protocol != PROTOCOL) {
        return Err(format!("{name}: write `{PROTOCOL}`, which is all that is spoken here"));
    }
    let value = |name| variable(name).filter(|value| !value.is_empty());
    sampler(value("OTEL_TRACES_SAMPLER"), value("OTEL_TRACES_SAMPLER_ARG"))?;
    authority(&endpoint)
        .map(Some)
        .map_err(|wrong| format!("{name}: {wrong}"))
}

/// Host and port. What was written is not repeated: it may hold what opens something.
fn authority(endpoint: &str) -> Result<String, &'static str> {
    const ADDRESS: &str = "write an address of HTTP, such as http://127.0.0.1:4318";
    let uri: Uri = endpoint.parse().map_err(|_| ADDRESS)?;
    let authority = uri
        .authority()
        .filter(|place| !place.host().is_empty())
        .ok_or(ADDRESS)?;
    match uri.scheme_str() {
        _ if authority.as_str().contains('@') => {
            Err("write no user and no password into it: credentials are headers, OTEL_EXPORTER_OTLP_HEADERS")
        }
        Some("https") => {
            Err("write an address of plain HTTP: TLS is for a collector beside the shop that passes traces on")
        }
        Some("http") => Ok(authority.to_string()),
        _ => Err(ADDRESS),
    }
}

fn sampler(sampler: Option<String>, argument: Option<String>) -> Result<(), String> {
    let Some(sampler) = sampler else {
        return Ok(());
    };
    if !SAMPLERS.contains(&sampler.as_str()) {
        return Err(format!("OTEL_TRACES_SAMPLER: write one of {}", SAMPLERS.join(", ")));
    }
    let ratio = argument.and_then(|ratio| ratio.parse().ok());
    if sampler.ends_with("traceidratio") && !ratio.is_some_and(|ratio: f64| (0.0..=1.0).contains(&ratio)) {
        return Err(format!(
            "OTEL_TRACES_SAMPLER_ARG: write the part of traces that {sampler} keeps, from 0.0 to 1.0"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(set: &[(&str, &str)]) -> Result<Option<String>, String> {
        place_in(|name| {
            let found = set.iter().find(|(variable, _)| *variable == name)?;
            Some(found.1.to_owned())
        })
    }

    const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
    const COLLECTOR: (&str, &str) = (ENDPOINT, "http://127.0.0.1:4318");

    #[test]
    fn the_sample_of_the_environment_lists_every_variable() {
        let sample = include_str!("../../../../.env.sample");
        for variable in VARIABLES {
            assert!(
                sample.contains(&format!("\n#{variable}=")),
                "{variable} is not in .env.sample"
            );
        }
    }

    #[test]
    fn without_an_endpoint_nothing_is_sent() {
        assert_eq!(place(&[]), Ok(None));
        assert_eq!(place(&[(ENDPOINT, ""), ("OTEL_TRACES_SAMPLER", "canary")]), Ok(None));
    }

    #[test]
    fn the_endpoint_of_traces_goes_before_the_one_of_everything() {
        assert_eq!(place(&[COLLECTOR]), Ok(Some("127.0.0.1:4318".to_owned())));
        let own = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://collector/v1/traces");
        assert_eq!(place(&[COLLECTOR, own]), Ok(Some("collector".to_owned())));
    }

    #[test]
    fn what_can_not_be_is_refused_with_what_to_write_and_is_not_repeated() {
        let ratio = ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio");
        for (set, says) in [
            (
                &[(ENDPOINT, "canary:4317")][..],
                "OTEL_EXPORTER_OTLP_ENDPOINT: write an address",
            ),
            (&[(ENDPOINT, "/canary")], "such as http://127.0.0.1:4318"),
            (&[(ENDPOINT, "http://")], "such as http://127.0.0.1:4318"),
            (&[(ENDPOINT, "grpc://canary:4317")], "such as http://127.0.0.1:4318"),
            (&[(ENDPOINT, "https://canary:4318")], "plain HTTP"),
            (&[(ENDPOINT, "http://canary:canary@host")], "OTEL_EXPORTER_OTLP_HEADERS"),
            (
                &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "canary"), COLLECTOR],
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            ),
            (&[COLLECTOR, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")], "`http/protobuf`"),
            (&[COLLECTOR, ("OTEL_TRACES_SAMPLER", "canary")], "parentbased_always_on"),
            (&[COLLECTOR, ratio], "OTEL_TRACES_SAMPLER_ARG"),
            (
                &[COLLECTOR, ratio, ("OTEL_TRACES_SAMPLER_ARG", "1.5")],
                "from 0.0 to 1.0",
            ),
        ] {
            let refused = place(set).expect_err(says);
            assert!(refused.contains(says) && !refused.contains("canary"), "{refused}");
        }
        let well = [COLLECTOR, ratio, ("OTEL_TRACES_SAMPLER_ARG", "0.25")];
        assert!(place(&well).is_ok());
    }
}
