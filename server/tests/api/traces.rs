//! Traces reach their collector, with nothing in them that is nobody's business, and no collector holds the shop up.

use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap as Sent;
use axum::routing::post;
use reqwest::header::{HeaderMap, HeaderValue};

use crate::admin::PASSWORD;
use crate::secrets::{Browser, CANARY, shop_around};
use crate::support::Program;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// Longer than any test: what is sent is sent because the program ends.
const AN_HOUR_MS: &str = "3600000";

const TRACE: u128 = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736;
const PARENT: u64 = 0x00f0_67aa_0ba9_02b7;

type Bodies = Arc<Mutex<Vec<u8>>>;

/// Takes whatever it is sent, and remembers it.
async fn collector() -> (String, Bodies) {
    async fn take(State(bodies): State<Bodies>, headers: Sent, body: Bytes) {
        assert_eq!(headers["content-type"], "application/x-protobuf");
        bodies.lock().expect("no panic").extend_from_slice(&body);
    }
    let bodies = Bodies::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new()
        .route("/v1/traces", post(take))
        .with_state(Arc::clone(&bodies));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://{address}"), bodies)
}

/// A browser whose requests all say that they belong to this trace.
fn sending<'a>(shop: &'a str, traceparent: &str) -> Browser<'a> {
    let value = HeaderValue::from_str(traceparent).expect("a header");
    Browser::sending(
        shop,
        HeaderMap::from_iter([("traceparent".parse().expect("a name"), value)]),
    )
}

fn holds(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_24_an_order_is_told_to_the_collector_as_part_of_its_trace_and_without_secrets() {
    let (endpoint, bodies) = collector().await;
    let program = Program::start(&[(ENDPOINT, &endpoint), ("OTEL_BSP_SCHEDULE_DELAY", AN_HOUR_MS)]);
    let shop = program.shop.clone();
    let mut browser = sending(&shop, &format!("00-{TRACE:032x}-{PARENT:016x}-01"));
    shop_around(&mut browser).await;
    let other = TRACE ^ 1;
    let mut malformed = sending(&shop, &format!("00-{other:032x}-{PARENT:016x}-1"));
    malformed.get("/").await;
    browser.get("/healthz").await;
    let log = program.stop();
    let body = bodies.lock().expect("no panic").clone();
    for told in [
        "POST /checkout/{cart}",
        "http.response.status_code",
        "request_id",
        "once",
    ] {
        assert!(holds(&body, told.as_bytes()), "{told} is not in {log}");
    }
    assert!(holds(&body, &TRACE.to_be_bytes()) && holds(&body, &PARENT.to_be_bytes()));
    assert!(!holds(&body, &other.to_be_bytes()), "what is malformed is no parent");
    assert!(!holds(&body, b"healthz"), "nobody asks for traces of that");
    let mut secrets = browser.secrets;
    assert!(
        secrets.len() >= 4,
        "cookies of a guest, an account and the administration, a token: {secrets:?}"
    );
    secrets.extend([CANARY.to_owned(), PASSWORD.to_owned()]);
    for secret in &secrets {
        assert!(!holds(&body, secret.as_bytes()), "{secret} is in a trace");
        assert!(!log.contains(secret.as_str()), "{secret} is in the log");
    }
    // The log of a request has the id that its trace has.
    let answered = log.lines().find_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let id = line["span"]["request_id"].as_str()?;
        (line["route"] == "/checkout/{cart}").then(|| id.to_owned())
    });
    let id = answered.expect("the order's request is in the log");
    assert!(holds(&body, id.as_bytes()), "{id} is in no trace");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_never_answers_holds_up_no_order_and_no_end() {
    // Whoever connects finds nobody who reads.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", silent.local_addr().expect("an address"));
    let program = Program::start(&[
        (ENDPOINT, &endpoint),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000"),
        // The first span is on its way for ever, the second waits behind it, and there is no place for a third.
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "1"),
    ]);
    let shop = program.shop.clone();
    // It orders, twice.
    shop_around(&mut Browser::new(&shop)).await;
    let told = Instant::now();
    let log = program.stop();
    // Two seconds, and what a busy machine adds; without a bound it is a minute for each span.
    assert!(told.elapsed() < Duration::from_secs(20), "{:?}", told.elapsed());
    assert!(log.contains("SpanDroppingStarted"), "the queue has an end: {log}");
    assert!(log.contains("did not take the last ones in time"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_gone_holds_up_no_order_and_no_end() {
    let gone = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", gone.local_addr().expect("an address"));
    drop(gone);
    let program = Program::start(&[(ENDPOINT, &endpoint), ("OTEL_BSP_SCHEDULE_DELAY", AN_HOUR_MS)]);
    let shop = program.shop.clone();
    shop_around(&mut Browser::new(&shop)).await;
    let told = Instant::now();
    let log = program.stop();
    assert!(told.elapsed() < Duration::from_secs(20), "{:?}", told.elapsed());
    assert!(log.contains("BatchSpanProcessor.ExportError"), "it says so: {log}");
}

/// What the program says to this environment, and whether it takes it.
fn once(command: &str, endpoint: &str) -> (bool, String) {
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut once = Command::new(env!("CARGO_BIN_EXE_once"));
    once.current_dir(folder.path()).env_clear().arg(command);
    let output = once.env(ENDPOINT, endpoint).output().expect("it runs");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    assert!(!said.contains("panicked"), "{said}");
    (output.status.success(), said)
}

#[test]
fn an_endpoint_that_is_none_is_refused_with_what_to_write() {
    for command in ["serve", "doctor"] {
        let (well, said) = once(command, "http://user:canary@127.0.0.1:4318");
        assert!(!well && !said.contains("canary"), "{said}");
        assert!(
            said.contains(ENDPOINT) && said.contains("OTEL_EXPORTER_OTLP_HEADERS"),
            "{said}"
        );
    }
}

#[test]
fn where_traces_go_is_told_with_its_origin() {
    let (well, said) = once("config", "http://user:canary@collector:4318");
    assert!(well && !said.contains("canary"), "{said}");
    let line = said.lines().find(|line| line.starts_with(ENDPOINT)).expect("a line");
    assert!(
        line.contains("environment") && line.contains("collector:4318"),
        "{line}"
    );
}
