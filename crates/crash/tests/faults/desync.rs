//! Requests that two servers could read differently.

use std::sync::Arc;

use crash::books::Dialect;
use crash::server::{Server, Setup};
use crash::stage::Services;
use crash::suites::desync::{self, Aim, Outcome, in_a_row};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

use crate::support::{LONG, clean, stage, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_30_behind_nginx_nobody_gets_an_answer_to_a_hidden_request_and_none_is_obeyed() {
    let services = Services::given().await.expect("a PostgreSQL");
    clean(&desync::run(&services).await.expect("it runs"));
}

/// Takes whatever comes in one piece for one request, and sends all of it over one connection: what no proxy may do.
async fn careless_proxy(shop: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let server = TcpStream::connect(shop.trim_start_matches("http://")).await;
    let server = Arc::new(Mutex::new(server.expect("the shop")));
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let server = Arc::clone(&server);
            tokio::spawn(async move {
                let mut request = vec![0; 64 << 10];
                while let Ok(length @ 1..) = client.read(&mut request).await {
                    let mut server = server.lock().await;
                    server.write_all(&request[..length]).await?;
                    let answer = one_answer(&mut server).await?;
                    client.write_all(&answer).await?;
                }
                std::io::Result::Ok(())
            });
        }
    });
    base
}

/// Reads up to the end of the first answer.
async fn one_answer(server: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let (mut answer, mut end) = (Vec::new(), None);
    while end.is_none_or(|end| answer.len() < end) && !answer.ends_with(b"\r\n0\r\n\r\n") {
        answer.push(server.read_u8().await?);
        if end.is_none() && answer.ends_with(b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&answer).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: Option<usize> = length.and_then(|length| length.parse().ok());
            end = Some(length.map_or(usize::MAX, |length| answer.len() + length));
        }
    }
    Ok(answer)
}

/// The control: where a request can be hidden, it is seen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_30_behind_a_careless_proxy_hidden_requests_are_obeyed_and_others_get_their_answers() {
    let (_services, stage) = stage(Dialect::Postgres).await;
    let mut server = start(&stage.setup("database")).await;
    let base = careless_proxy(&server.base).await;
    let mut aim = Aim::at(&stage, &base, None).await.expect("a shop");
    aim.attack("in a row", &in_a_row).await.expect("it is tried");
    let outcomes = ended(&mut server, &aim).await;
    let seen = |what: &str| outcomes[0].violations.iter().any(|violation| violation.contains(what));
    assert!(seen("1 carts were made"), "{outcomes:#?}");
    assert!(seen("1 orders were made"), "{outcomes:#?}");
    assert!(seen("whoever asked for"), "{outcomes:#?}");
}

/// Another control: an order that takes its time is not put down to the attack after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_30_an_order_that_is_still_under_way_counts_for_the_attack_that_hid_it() {
    let (_services, stage) = stage(Dialect::Postgres).await;
    let setup = Setup {
        fail_point: Some("after-claim".to_owned()),
        ..stage.setup("database")
    };
    let mut server = start(&setup).await;
    let base = server.base.clone();
    let mut aim = Aim::at(&stage, &base, None).await.expect("a shop");
    aim.attack("in a row", &in_a_row).await.expect("it is tried");
    assert!(server.reached("after-claim", LONG).await, "the order is under way");
    let harmless = |host: &str, _: &[u8]| in_a_row(host, b"");
    aim.attack("harmless", &harmless).await.expect("it is tried");
    server.say("go").await.expect("it listens");
    let outcomes = ended(&mut server, &aim).await;
    let obeyed: Vec<_> = outcomes
        .iter()
        .map(|outcome| (outcome.obeyed.carts, outcome.obeyed.orders))
        .collect();
    assert_eq!(obeyed, [(1, 1), (0, 0)], "{outcomes:#?}");
}

async fn ended(server: &mut Server, aim: &Aim<'_>) -> Vec<Outcome> {
    assert!(server.stop(LONG).await.expect("it ends in its grace"));
    aim.outcomes().await.expect("the database answers")
}
