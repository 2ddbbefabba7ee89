//! A log that nobody reads.

use std::io::{PipeReader, Write as _};
use std::process::Stdio;
use std::time::Duration;

use crash::books::Dialect;
use crash::port::free_port;
use crash::server::{Server, Setup};
use futures::stream::{self, StreamExt as _};
use reqwest::{Client, StatusCode};
use tokio::process::{Child, Command};

use crate::support::{at_checkout, decided, stage, until};

/// Requests that nobody may make. Each is worth several lines of a log that says all it can.
const REFUSED: usize = 20_000;

/// A pipe that is full, and stays so as long as its other end is held.
fn full_pipe() -> (PipeReader, Stdio) {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let room = rustix::pipe::fcntl_getpipe_size(&writer).expect("its size");
    writer.write_all(&vec![b'x'; room]).expect("it has room");
    (reader, writer.into())
}

/// A server that logs all it can into a pipe that nobody reads.
fn unread(setup: &Setup) -> (Child, PipeReader, PipeReader) {
    let ((out, output), (err, errors)) = (full_pipe(), full_pipe());
    let mut command: Command = Server::command(setup).expect("the server is built");
    let command = command.stdin(Stdio::null()).stdout(output).stderr(errors);
    let child = command.kill_on_drop(true).spawn().expect("it is started");
    (child, out, err)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_11_a_server_whose_log_nobody_reads_sells_through_a_flood_of_refused_requests() {
    let (_services, stage) = stage(Dialect::Sqlite).await;
    let address = format!("127.0.0.1:{}", free_port().expect("a port"));
    let base = format!("http://{address}");
    let setup = Setup {
        environment: vec![("LEPTOS_SITE_ADDR", address), ("RUST_LOG", "debug".to_owned())],
        ..stage.setup("database")
    };
    let (mut server, _out, _err) = unread(&setup);
    let client = Client::builder()
        .timeout(Duration::from_secs(10))
        .build()
        .expect("a client");
    let opens = async || client.get(format!("{base}/healthz")).send().await.is_ok();
    until("it opens with nobody who reads", opens).await;
    let refused = |number: usize| {
        let (client, to) = (client.clone(), format!("{base}/buy-now"));
        async move {
            let form = [("slug", format!("none-{number}"))];
            let asked = client
                .post(to)
                .header("origin", "https://elsewhere.example")
                .form(&form);
            asked.send().await.expect("an answer").status()
        }
    };
    let flood = stream::iter(0..REFUSED).map(refused).buffer_unordered(32);
    let flood = flood.all(async |status| status == StatusCode::FORBIDDEN);
    let sale = async {
        let (shopper, page) = at_checkout(&stage, &base).await;
        decided(&shopper, &base, &page, &setup).await
    };
    let (all_refused, _) = tokio::join!(flood, sale);
    assert!(all_refused);
    let (shopper, page) = at_checkout(&stage, &base).await;
    decided(&shopper, &base, &page, &setup).await;
    assert_eq!(stage.books().await.expect("the database answers").orders.len(), 2);
    assert!(matches!(server.try_wait(), Ok(None)), "it runs");
}
