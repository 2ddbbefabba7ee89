//! HTTP/2 as no client speaks it. Frames are written byte by byte (RFC 9113): a library would not send these.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Duration, timeout};

use crate::support::{Shop, Stores};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

const REFUSED_STREAM: u32 = 7;
const ENHANCE_YOUR_CALM: u32 = 11;

#[derive(Debug)]
struct Frame {
    kind: u8,
    stream: u32,
    payload: Vec<u8>,
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Method, scheme, path and authority, without indexing (RFC 7541).
fn asks(method: &str, path: &str) -> Vec<u8> {
    let literal = |index: u8, value: &str| {
        let length = u8::try_from(value.len()).expect("short");
        [&[index, length][..], value.as_bytes()].concat()
    };
    [literal(2, method), vec![0x86], literal(4, path), literal(1, "x")].concat()
}

async fn connect(shop: &Shop) -> TcpStream {
    let mut connection = shop.connect().await;
    let hello = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
    connection.write_all(&hello).await.expect("sent");
    connection
}

/// The next frame; none once the connection is closed.
async fn next(connection: &mut TcpStream) -> Option<Frame> {
    let read = async {
        let mut head = [0; 9];
        connection.read_exact(&mut head).await.ok()?;
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        connection.read_exact(&mut payload).await.ok()?;
        Some(Frame {
            kind: head[3],
            stream: u32::from_be_bytes([head[5], head[6], head[7], head[8]]),
            payload,
        })
    };
    timeout(Duration::from_secs(20), read).await.expect("a frame or an end")
}

fn code(payload: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(payload[at..at + 4].try_into().expect("four bytes"))
}

/// Why the server ended the connection.
async fn goes_away(connection: &mut TcpStream) -> Option<u32> {
    while let Some(frame) = next(connection).await {
        if frame.kind == GOAWAY {
            return Some(code(&frame.payload, 4));
        }
    }
    None
}

async fn healthy(shop: &Shop) {
    let answer = shop.visitor().get("/healthz").await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_06_more_streams_than_may_be_are_refused() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let mut connection = connect(&shop).await;
    let settings = next(&mut connection).await.expect("settings");
    assert_eq!(settings.kind, SETTINGS);
    let announced: Vec<_> = settings
        .payload
        .chunks(6)
        .map(|setting| (setting[1], code(setting, 2)))
        .collect();
    assert!(announced.contains(&(3, 100)), "streams: {announced:?}");
    assert!(announced.contains(&(6, 32 * 1024)), "bytes of headers: {announced:?}");
    // Posts whose bodies never come stay open.
    let block = asks("POST", "/cart/lines");
    let opened: Vec<u8> = (0..150)
        .flat_map(|number| frame(HEADERS, END_HEADERS, number * 2 + 1, &block))
        .collect();
    connection.write_all(&opened).await.expect("sent");
    let mut refused = 0;
    while refused < 50 {
        let frame = next(&mut connection).await.expect("the connection goes on");
        assert_ne!(frame.kind, GOAWAY, "{frame:?}");
        if frame.kind == RST_STREAM {
            assert_eq!(code(&frame.payload, 0), REFUSED_STREAM);
            assert!(frame.stream > 200, "the first hundred are served");
            refused += 1;
        }
    }
    healthy(&shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_06_whoever_takes_requests_back_as_fast_as_they_come_is_cut_off() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let mut connection = connect(&shop).await;
    let block = asks("GET", "/");
    let cancel = 8_u32.to_be_bytes();
    let storm: Vec<u8> = (0..2_000)
        .flat_map(|number| {
            let stream = number * 2 + 1;
            let asked = frame(HEADERS, END_HEADERS | END_STREAM, stream, &block);
            [asked, frame(RST_STREAM, 0, stream, &cancel)].concat()
        })
        .collect();
    // It may be closed before all of it is sent.
    let _ = connection.write_all(&storm).await;
    assert_eq!(goes_away(&mut connection).await, Some(ENHANCE_YOUR_CALM));
    healthy(&shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_06_headers_without_an_end_are_not_collected() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let mut connection = connect(&shop).await;
    connection
        .write_all(&frame(HEADERS, 0, 1, &asks("GET", "/")))
        .await
        .expect("sent");
    // A header of 16 kB in each, without an end.
    let mut header = vec![0x00, 0x01, b'a', 0x7f];
    let value = 16_000_usize;
    let mut rest = value - 127;
    while rest >= 128 {
        header.push(u8::try_from(rest % 128).expect("small") | 0x80);
        rest /= 128;
    }
    header.push(u8::try_from(rest).expect("small"));
    header.extend(std::iter::repeat_n(b'a', value));
    let more = frame(CONTINUATION, 0, 1, &header);
    let (mut answers, mut sends) = connection.into_split();
    let flood = async {
        let mut sent = 0;
        while sends.write_all(&more).await.is_ok() {
            sent += more.len();
            assert!(sent < 64 << 20, "it takes everything");
        }
        std::future::pending::<()>().await;
    };
    let mut said = Vec::new();
    tokio::select! {
        () = flood => {}
        ended = timeout(Duration::from_secs(20), answers.read_to_end(&mut said)) => { assert!(ended.is_ok(), "it is not cut off"); }
    }
    healthy(&shop).await;
}
