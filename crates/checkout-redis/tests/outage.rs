//! What a Redis that forgets, refuses or freezes means to the shop.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use checkout::ports::{StoreErrorKind, TokenRef, TokenStore as _};
use checkout::quote::Fingerprint;
use checkout::settings::Timeouts;
use checkout::testing::Fixture;
use checkout::token::TokenDigest;
use checkout_redis::RedisTokens;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Far above what a refused connection costs, far below the seconds that a shopper would notice.
const AT_ONCE: Duration = Duration::from_millis(900);

fn redis_url() -> String {
    std::env::var("TEST_REDIS_URL")
        .expect("TEST_REDIS_URL names the Redis to test with: run `make test`, which starts one")
}

fn new_token() -> TokenRef {
    TokenRef {
        shopper: Fixture::new_shopper(),
        digest: TokenDigest(Fixture::new_uuid()),
    }
}

async fn kind_of_issue(store: &RedisTokens) -> StoreErrorKind {
    let answer = store.issue(new_token(), Fingerprint([7; 32]), Fixture::LONG).await;
    answer.expect_err("Redis is out of reach").kind
}

/// A Redis that can be taken away: forwards to the real one until it is told to end, freeze or vanish.
struct Proxy {
    address: SocketAddr,
    accepting: tokio::task::JoinHandle<()>,
    freeze: tokio::sync::watch::Sender<bool>,
}

impl Proxy {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (freeze, frozen) = tokio::sync::watch::channel(false);
        let accepting = tokio::spawn(async move {
            let mut links = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                links.spawn(forward(client, frozen.clone()));
            }
        });
        Self {
            address,
            accepting,
            freeze,
        }
    }

    async fn connect(&self) -> RedisTokens {
        let url = format!("redis://{}", self.address);
        RedisTokens::connect(&url, &Timeouts::default())
            .await
            .expect("the proxy answers")
    }

    /// Ends every connection and refuses new ones.
    async fn stop(self) -> SocketAddr {
        self.accepting.abort();
        let _ = self.accepting.await;
        self.address
    }
}

async fn forward(mut client: TcpStream, mut frozen: tokio::sync::watch::Receiver<bool>) {
    let server = redis_url();
    let server = server
        .trim_start_matches("redis://")
        .split('/')
        .next()
        .expect("an address");
    let mut redis = TcpStream::connect(server).await.expect("Redis answers");
    let (mut question, mut answer) = ([0; 4096], [0; 4096]);
    loop {
        tokio::select! {
            read = client.read(&mut question) => match read {
                Ok(0) | Err(_) => return,
                Ok(count) if redis.write_all(&question[..count]).await.is_ok() => {}
                Ok(_) => return,
            },
            read = redis.read(&mut answer) => match read {
                Ok(0) | Err(_) => return,
                Ok(count) => {
                    // A frozen Redis has done the work; its answer comes when it wakes up.
                    let awake = frozen.wait_for(|frozen| !frozen).await.is_ok();
                    if !awake || client.write_all(&answer[..count]).await.is_err() {
                        return;
                    }
                }
            },
        }
    }
}

#[tokio::test]
async fn a_redis_that_forgot_the_scripts_is_given_them_again() {
    let store = RedisTokens::connect(&redis_url(), &Timeouts::default())
        .await
        .expect("Redis answers");
    let client = redis::Client::open(redis_url()).expect("an address");
    let mut connection = client.get_multiplexed_async_connection().await.expect("Redis answers");
    let flushed: redis::RedisResult<()> = redis::cmd("SCRIPT").arg("FLUSH").query_async(&mut connection).await;
    flushed.expect("the scripts are gone");
    store
        .issue(new_token(), Fingerprint([7; 32]), Fixture::LONG)
        .await
        .expect("issued");
}

#[tokio::test]
async fn a_redis_that_is_refused_at_start_is_named_without_its_password() {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let begun = Instant::now();
    let url = format!("redis://someone:s3cret@{address}/0");
    let Err(error) = RedisTokens::connect(&url, &Timeouts::default()).await else {
        panic!("nobody answers there")
    };
    let sentence = error.to_string();
    assert!(
        sentence.starts_with(&format!("Redis at redis://{address} does not answer (")),
        "{sentence}"
    );
    assert!(
        sentence.ends_with("): start it, or unset REDIS_URL to use the in-process token store"),
        "{sentence}"
    );
    assert!(
        !sentence.contains("s3cret") && !format!("{error:?}").contains("s3cret"),
        "{error:?}"
    );
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_address_that_can_not_be_read_is_told_without_its_password() {
    let Err(error) = RedisTokens::connect("postgres://me:s3cret@localhost", &Timeouts::default()).await else {
        panic!("no address of a Redis")
    };
    assert!(error.to_string().starts_with("REDIS_URL is no address"), "{error}");
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
}

#[tokio::test]
async fn a_redis_that_stopped_costs_no_second_and_says_not_done_once_it_refuses() {
    let proxy = Proxy::start().await;
    let store = proxy.connect().await;
    proxy.stop().await;
    let begun = Instant::now();
    let first = kind_of_issue(&store).await;
    assert!(first != StoreErrorKind::Corrupt, "{first:?}");
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
    let begun = Instant::now();
    assert_eq!(kind_of_issue(&store).await, StoreErrorKind::NotDone);
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_redis_that_freezes_says_unknown_within_its_limit() {
    let proxy = Proxy::start().await;
    let store = proxy.connect().await;
    proxy.freeze.send_replace(true);
    let begun = Instant::now();
    assert_eq!(kind_of_issue(&store).await, StoreErrorKind::Unknown);
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
    proxy.freeze.send_replace(false);
    store.ping().await.expect("it woke up");
}

#[tokio::test]
async fn a_redis_that_comes_back_is_used_again() {
    let proxy = Proxy::start().await;
    let store = proxy.connect().await;
    let address = proxy.stop().await;
    assert!(store.ping().await.is_err());
    let listener = TcpListener::bind(address).await.expect("the port is free again");
    let back = tokio::spawn(async move {
        let mut links = tokio::task::JoinSet::new();
        let (_keep, frozen) = tokio::sync::watch::channel(false);
        while let Ok((client, _)) = listener.accept().await {
            links.spawn(forward(client, frozen.clone()));
        }
    });
    let begun = Instant::now();
    while store.ping().await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(10), "never used again");
        tokio::task::yield_now().await;
    }
    back.abort();
}
