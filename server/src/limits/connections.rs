//! The accept loop: how many connections are open, and for how long one may keep the server waiting.
//!
//! What axum brings along waits for ever for a request that never comes, and takes as many connections as there are.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};
use tokio_util::io::{InspectReader, InspectWriter};
use tower::Service as _;
use tower::util::MapFuture;

use super::counts::{Counts, Open};
use super::settings::{LimitSettings, Patience};
use crate::origin::{Network, is_one_of, network};

/// The most bytes of a request line with its headers. The longest of the shop is far shorter.
const MOST_HEAD_BYTES: u16 = 32 * 1024;
/// The most requests at once over one connection of HTTP/2.
const MOST_STREAMS: u32 = 100;
/// The most requests that a client took back and the server still has; whoever takes back faster is cut off.
const MOST_RESETS: usize = 20;
/// How long a client of HTTP/2 may take to say that it is still there.
const STILL_THERE: Duration = Duration::from_secs(10);
/// How long nothing is accepted when the machine has no room for a connection.
const BREATH: Duration = Duration::from_millis(100);

/// The shop, told who connects.
pub type Service = IntoMakeServiceWithConnectInfo<Router, SocketAddr>;

/// Serves whoever connects until `stop` is over, then waits until the running requests are.
pub async fn serve(
    listener: TcpListener,
    service: Service,
    settings: &LimitSettings,
    counts: Arc<Counts>,
    stop: impl Future<Output = ()>,
) {
    let door = Door {
        counts,
        patience: settings.patience,
        places: Arc::new(Semaphore::new(settings.connections_at_once)),
        few_left: settings.connections_at_once / 10,
        taken: Arc::default(),
        per_address: settings.connections_per_address,
        proxies: settings.trusted_proxies.clone().into(),
    };
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let entered = tokio::select! {
            () = &mut stop => break,
            entered = door.next(&listener) => entered,
        };
        if let Some((stream, peer, place)) = entered {
            tokio::spawn(serve_one(
                stream,
                peer,
                place,
                service.clone(),
                door.clone(),
                graceful.watcher(),
            ));
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

/// Whom it lets in.
#[derive(Clone)]
struct Door {
    counts: Arc<Counts>,
    patience: Patience,
    places: Arc<Semaphore>,
    few_left: usize,
    taken: Arc<Mutex<HashMap<Network, usize>>>,
    per_address: usize,
    proxies: Arc<[IpNet]>,
}

/// What a connection takes up, until it is dropped.
struct Place {
    _one_of_all: OwnedSemaphorePermit,
    _one_of_the_address: Option<OneOfAddress>,
    _open: Open,
}

struct OneOfAddress {
    taken: Arc<Mutex<HashMap<Network, usize>>>,
    network: Network,
}

impl Door {
    /// The next connection; none when it was turned away.
    async fn next(&self, listener: &TcpListener) -> Option<(TcpStream, SocketAddr, Place)> {
        let one_of_all = Arc::clone(&self.places).acquire_owned().await.ok()?;
        match listener.accept().await {
            Ok((stream, peer)) => {
                let place = self.place(peer, one_of_all)?;
                // Answers are written whole: there is nothing to wait for.
                let _ = stream.set_nodelay(true);
                Some((stream, peer, place))
            }
            Err(error) => {
                // Whoever is gone again is nobody's mistake; of a lack of files, others can be closed meanwhile.
                tracing::debug!(%error, "a connection was not accepted");
                sleep(BREATH).await;
                None
            }
        }
    }

    fn place(&self, peer: SocketAddr, one_of_all: OwnedSemaphorePermit) -> Option<Place> {
        let of_address = if is_one_of(&self.proxies, peer.ip()) {
            None
        } else {
            Some(self.one_of_address(network(Some(peer.ip())))?)
        };
        Some(Place {
            _one_of_all: one_of_all,
            _one_of_the_address: of_address,
            _open: Open::counted(&self.counts),
        })
    }

    fn one_of_address(&self, network: Network) -> Option<OneOfAddress> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(network).or_default();
        if *count >= self.per_address {
            self.counts.refuse();
            return None;
        }
        *count += 1;
        let taken = Arc::clone(&self.taken);
        Some(OneOfAddress { taken, network })
    }

    fn is_crowded(&self) -> bool {
        self.places.available_permits() <= self.few_left
    }
}

impl Drop for OneOfAddress {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.network);
            }
        }
    }
}

async fn serve_one(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    mut service: Service,
    door: Door,
    watcher: Watcher,
) {
    let life = Arc::new(Life::new());
    let (read, written, runs) = (Arc::clone(&life), Arc::clone(&life), Arc::clone(&life));
    let stream = InspectReader::new(stream, move |_: &[u8]| read.goes_on());
    let stream = InspectWriter::new(stream, move |_: &[u8]| written.goes_on());
    let service = match service.call(peer).await {
        Ok(service) => MapFuture::new(service, move |answer| Life::of_request(Arc::clone(&runs), answer)),
        Err(never) => match never {},
    };
    let builder = builder(door.patience);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::select! {
        served = watcher.watch(connection) => if let Err(error) = served {
            tracing::debug!(%error, "a connection ended");
        },
        () = life.over(&door) => tracing::debug!("a connection was given up"),
    }
    drop(place);
}

fn builder(patience: Patience) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // Also runs while nothing is asked.
        .header_read_timeout(patience.idle)
        .max_buf_size(MOST_HEAD_BYTES.into());
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MOST_STREAMS)
        .max_pending_accept_reset_streams(MOST_RESETS)
        .max_header_list_size(MOST_HEAD_BYTES.into())
        .keep_alive_interval(patience.idle)
        .keep_alive_timeout(STILL_THERE);
    builder
}

/// What became of a connection so far.
struct Life {
    begun: Instant,
    last_byte_ms: AtomicU64,
    requests: AtomicU64,
    running: AtomicUsize,
}

/// A request that is being answered, until it is dropped.
struct Running(Arc<Life>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.goes_on();
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Life {
    fn new() -> Self {
        Self {
            begun: Instant::now(),
            last_byte_ms: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            running: AtomicUsize::new(0),
        }
    }

    fn goes_on(&self) {
        let now_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_byte_ms.store(now_ms, Ordering::Relaxed);
    }

    fn of_request<A: Future>(life: Arc<Self>, answer: A) -> impl Future<Output = A::Output> {
        life.requests.fetch_add(1, Ordering::Relaxed);
        life.running.fetch_add(1, Ordering::Relaxed);
        let running = Running(life);
        async move {
            let answer = answer.await;
            drop(running);
            answer
        }
    }

    fn quiet(&self) -> Duration {
        let last_byte = Duration::from_millis(self.last_byte_ms.load(Ordering::Relaxed));
        self.begun.elapsed().saturating_sub(last_byte)
    }

    /// Over once the connection kept the server waiting for longer than may be.
    async fn over(&self, door: &Door) {
        let Patience {
            first_request,
            idle,
            crowded,
            ..
        } = door.patience;
        loop {
            let waits = self.running.load(Ordering::Relaxed) == 0;
            let asked = self.requests.load(Ordering::Relaxed) > 0;
            let late = !asked && self.begun.elapsed() >= first_request;
            let in_the_way = waits && door.is_crowded() && self.quiet() >= crowded;
            if late || in_the_way || self.quiet() >= idle {
                return;
            }
            sleep(crowded / 2).await;
        }
    }
}
