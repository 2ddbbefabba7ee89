//! Whoever connects and does not ask, asks slowly, or asks too much.

use std::time::Duration;

use futures::future::join_all;
use futures::stream::{FuturesUnordered, StreamExt as _};
use server::limits::listener::listen;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, interval, sleep, timeout};

use crate::support::{Patience, Shop, Stores, read_head, read_to_end};

/// As many as a machine of two cores takes in passing; the case speaks of tens of thousands.
const MANY: usize = 300;

/// How long a healthy request may take beside all this, on a busy machine.
const SOON: Duration = Duration::from_secs(2);

const ASK: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

async fn healthy(shop: &Shop) {
    let begun = Instant::now();
    let mut connection = shop.connect_from("127.0.0.9").await;
    connection.write_all(ASK).await.expect("sent");
    let answer = read_to_end(&mut connection).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

async fn closed(mut connection: TcpStream) {
    read_to_end(&mut connection).await;
}

#[tokio::test]
async fn ov_03_many_may_connect_before_one_is_accepted() {
    let listener = listen(([127, 0, 0, 1], 0).into()).expect("a port");
    let address = listener.local_addr().expect("an address");
    let connecting = join_all((0..MANY).map(|_| TcpStream::connect(address)));
    let connected = timeout(SOON, connecting).await.expect("nobody has to try again");
    assert!(connected.iter().all(Result::is_ok));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_03_one_address_has_so_many_connections_and_no_more() {
    // It waits for a request for a minute: whoever is closed before was one too many.
    let patience = Patience {
        first_request: Duration::from_mins(1),
        ..Patience::default()
    };
    let shop = Shop::open_patient(patience, &["--connections-per-address=20"]).await;
    let idle = join_all((0..MANY).map(|_| shop.connect())).await;
    let mut closed: FuturesUnordered<_> = idle.into_iter().map(closed).collect();
    assert_eq!(closed.by_ref().take(MANY - 20).count().await, MANY - 20);
    healthy(&shop).await;
    assert_eq!(closed.len(), 20, "the others are still there");
    let turned_away = u64::try_from(MANY).expect("a few") - 20;
    assert_eq!(shop.metric("once_connections_refused_total").await, turned_away);
    assert!(shop.metric("once_connections_open").await >= 20);
    drop(closed);
    // Once the server has seen that they are gone, there is room again.
    let room = async {
        loop {
            let mut again = shop.connect().await;
            // It may be closed before it was asked.
            let _ = again.write_all(ASK).await;
            if read_to_end(&mut again).await.starts_with("HTTP/1.1 200 ") {
                break;
            }
        }
    };
    assert!(timeout(Duration::from_secs(5), room).await.is_ok(), "there is no room");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_03_connections_without_a_request_make_way_for_those_with_one() {
    let shop = Shop::open_hurried(&["--connections-at-once=100"]).await;
    // From many addresses, so that none has too many: they take every place there is, and more wait outside.
    let from = |number: usize| format!("127.0.1.{}", number % 250 + 1);
    let idle = join_all((0..MANY).map(|number| {
        let (shop, from) = (&shop, from(number));
        async move { shop.connect_from(&from).await }
    }))
    .await;
    for _ in 0..5 {
        healthy(&shop).await;
    }
    join_all(idle.into_iter().map(closed)).await;
    healthy(&shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_04_a_head_that_comes_slowly_is_not_waited_for() {
    let shop = Shop::open_hurried(&[]).await;
    let begun = Instant::now();
    let heads: [&[u8]; 3] = [
        b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"",
    ];
    let slow = join_all((0..MANY).map(|number| drip(&shop, heads[number % heads.len()])));
    let others = async {
        for _ in 0..20 {
            healthy(&shop).await;
        }
    };
    tokio::join!(slow, others);
    // Ten seconds, of which these are the twentieth part.
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

/// Sends a byte from time to time until the server closes.
async fn drip(shop: &Shop, bytes: &[u8]) {
    let (mut answers, mut sends) = shop.connect().await.into_split();
    let dripping = async {
        let mut pace = interval(Duration::from_millis(50));
        for byte in bytes {
            pace.tick().await;
            if sends.write_u8(*byte).await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    let mut rest = Vec::new();
    tokio::select! {
        () = dripping => {}
        _ = timeout(Duration::from_secs(20), answers.read_to_end(&mut rest)) => {}
    }
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_05_a_body_that_comes_slowly_is_answered_408() {
    let shop = Shop::open_hurried(&[]).await;
    let head = "POST /cart/lines HTTP/1.1\r\nhost: x\r\ncontent-type: \
                application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\n";
    let mut connection = shop.connect().await;
    connection.write_all(head.as_bytes()).await.expect("sent");
    let begun = Instant::now();
    let (mut answers, mut sends) = connection.into_split();
    let dripping = async {
        let mut pace = interval(Duration::from_millis(20));
        while sends.write_u8(b'a').await.is_ok() {
            pace.tick().await;
        }
        std::future::pending::<()>().await;
    };
    let mut answer = Vec::new();
    tokio::select! {
        () = dripping => {}
        _ = timeout(Duration::from_secs(20), answers.read_to_end(&mut answer)) => {}
    }
    let answer = String::from_utf8_lossy(&answer).to_lowercase();
    assert!(answer.starts_with("http/1.1 408 "), "{answer}");
    assert!(
        answer.contains("connection: close") && answer.contains("x-content-type-options: nosniff"),
        "{answer}"
    );
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    healthy(&shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_05_whoever_does_not_read_their_answer_is_let_go() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("pkg")).expect("made");
    let bytes = 64 << 20;
    let file = std::fs::File::create(folder.path().join("pkg/big.js")).expect("made");
    file.set_len(bytes).expect("so long");
    let site = folder.path().display().to_string();
    let shop = Shop::open_hurried(&["--site-root", &site]).await;
    let mut connection = shop.connect().await;
    let ask = b"GET /pkg/big.js HTTP/1.1\r\nhost: x\r\n\r\n";
    connection.write_all(ask).await.expect("sent");
    let head = read_head(&mut connection).await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    // The reader that does nothing, for longer than the server has patience: that is the fault.
    sleep(Duration::from_secs(4)).await;
    let mut read = 0;
    let mut buffer = vec![0; 1 << 20];
    while let Ok(some @ 1..) = connection.read(&mut buffer).await {
        read += some as u64;
    }
    assert!(read < bytes, "{read} bytes came");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_07_a_body_without_an_end_is_answered_413() {
    let shop = Shop::open_with(Stores::SqliteAndMemory, &[]).await;
    let head = "POST /cart/lines HTTP/1.1\r\nhost: x\r\ncontent-type: \
                application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut connection = shop.connect().await;
    connection.write_all(head.as_bytes()).await.expect("sent");
    let (mut answers, mut sends) = connection.into_split();
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(0x1000));
    let endless = async {
        let mut sent = 0;
        while sends.write_all(chunk.as_bytes()).await.is_ok() {
            sent += chunk.len();
            assert!(sent < 64 << 20, "it takes everything");
        }
        std::future::pending::<()>().await;
    };
    let mut first = [0; 13];
    tokio::select! {
        () = endless => {}
        answered = answers.read_exact(&mut first) => { answered.expect("an answer"); }
    }
    assert_eq!(&first, b"HTTP/1.1 413 ");
    healthy(&shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_07_a_body_is_too_large_from_the_first_byte_on_that_is_too_much() {
    let shop = Shop::open_with(Stores::SqliteAndMemory, &[]).await;
    let visitor = shop.visitor();
    for (bytes, status) in [(64 * 1024, 415), (64 * 1024 + 1, 413), (2 * 1024 * 1024 + 1, 413)] {
        let request = visitor.request("/cart/lines").body("a".repeat(bytes));
        // The server may answer and close before all of it was sent.
        if let Ok(answer) = request.send().await {
            assert_eq!(answer.status().as_u16(), status, "{bytes}");
        }
        if status == 413 {
            assert!(shop.announce("/cart/lines", bytes).await.contains(" 413 "), "{bytes}");
        }
    }
}
