//! The clients of `docs/clients`, over a line that loses every second answer.

use std::net::SocketAddr;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Shop, Stores};

/// A line to a shop. It loses the first answer and every second one after it, once the shop has given it.
struct Line {
    address: SocketAddr,
    answers: Arc<AtomicU32>,
}

impl Line {
    async fn to(shop: &Shop) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (answers, server) = (Arc::new(AtomicU32::new(0)), shop.address);
        let counted = Arc::clone(&answers);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(server).await.expect("the shop listens");
                tokio::spawn(carry(client, server, Arc::clone(&counted)));
            }
        });
        Self { address, answers }
    }
}

/// Carries requests there and answers back, until one is lost: then the connection is over.
async fn carry(mut client: TcpStream, mut server: TcpStream, answers: Arc<AtomicU32>) {
    let (mut asked, mut told) = ([0; 16 * 1024], [0; 16 * 1024]);
    let mut waiting = false;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => match read {
                Ok(bytes) if bytes > 0 && server.write_all(&asked[..bytes]).await.is_ok() => waiting = true,
                _ => return,
            },
            read = server.read(&mut told) => match read {
                Ok(bytes) if bytes > 0 => {
                    if waiting && answers.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
                        return;
                    }
                    waiting = false;
                    if client.write_all(&told[..bytes]).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
        }
    }
}

async fn run(tool: &'static str, file: &str, line: &Line) -> Output {
    let file = format!("{}/../docs/clients/{file}", env!("CARGO_MANIFEST_DIR"));
    let base = format!("http://{}", line.address);
    let done = tokio::task::spawn_blocking(move || {
        let done = Command::new(tool).args([&file, &base, "enamel-mug"]).output();
        done.unwrap_or_else(|error| panic!("{tool} is needed for this test, and did not start: {error}"))
    });
    done.await.expect("no panic")
}

async fn orders_once(tool: &'static str, file: &str) {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let line = Line::to(&shop).await;
    let done = run(tool, file, &line).await;
    let (said, failed) = (
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr),
    );
    assert!(done.status.success() && said.starts_with("ordered "), "{said}{failed}");
    assert_eq!(shop.count_orders().await, 1);
    // Session, cart, checkout and order: each was answered once in vain.
    let answers = line.answers.load(Ordering::SeqCst);
    assert_eq!(answers, 8, "{said}{failed}");
    // A second run is another guest's, and another order.
    let again = run(tool, file, &line).await;
    assert!(again.status.success());
    assert_ne!(again.stdout, done.stdout);
    assert_eq!(shop.count_orders().await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_javascript_client_orders_once_though_every_second_answer_is_lost() {
    orders_once("node", "order.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_client_orders_once_though_every_second_answer_is_lost() {
    orders_once("python3", "order.py").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_curl_client_orders_once_though_every_second_answer_is_lost() {
    let curl = Command::new("curl").arg("--version").output();
    assert!(curl.is_ok(), "curl is needed for this test, and did not start");
    orders_once("bash", "order.sh").await;
}
