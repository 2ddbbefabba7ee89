//! A proxy before PostgreSQL that can strike around a COMMIT.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::ensure;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use super::frames::{self, Frames};
use super::{Gate, Road};

/// How long PostgreSQL may take for a commit whose client is cut off.
const COMMIT: Duration = Duration::from_secs(10);

/// What happens at a COMMIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnCommit {
    /// It passes, and so does its answer.
    Pass,
    /// Both sides are cut before it is forwarded.
    CutBefore,
    /// Both sides are cut with half of it forwarded.
    CutInside,
    /// It is forwarded; the client is cut off after this time, or when the answer comes, before it is told.
    CutAfter(Duration),
    /// It is executed; then the client is cut off before it is told, and the road is blocked.
    CutAndBlock,
    /// It passes; both sides are cut once the answer was told.
    CutTold,
    /// It is forwarded; the client hears nothing for this time, and then both sides are cut.
    Silence(Duration),
}

/// What became of the commits that were struck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The client was cut off, and PostgreSQL had executed it or did so afterwards.
    pub executed: usize,
    /// The client was cut off, and it never arrived.
    pub never_arrived: usize,
    /// The cut came after the answer.
    pub told: usize,
}

type Plan = Box<dyn FnMut() -> OnCommit + Send>;
type Once = Box<dyn FnOnce() + Send>;

struct Shared {
    server: u16,
    road: watch::Sender<Road>,
    plan: Mutex<Plan>,
    at_begin: Mutex<Option<Once>>,
    executed: AtomicUsize,
    never_arrived: AtomicUsize,
    told: AtomicUsize,
}

/// The proxy.
pub struct PostgresProxy {
    gate: Gate,
    shared: Arc<Shared>,
}

impl PostgresProxy {
    /// Opens one before the PostgreSQL at `server`. Every COMMIT passes until there is another plan.
    pub async fn open(server: u16) -> anyhow::Result<Self> {
        let road = watch::Sender::new(Road::Open);
        let shared = Arc::new(Shared {
            server,
            road: road.clone(),
            plan: Mutex::new(Box::new(|| OnCommit::Pass)),
            at_begin: Mutex::default(),
            executed: AtomicUsize::default(),
            never_arrived: AtomicUsize::default(),
            told: AtomicUsize::default(),
        });
        let serving = Arc::clone(&shared);
        let gate = Gate::open(road, move |client| serve(client, Arc::clone(&serving))).await?;
        Ok(Self { gate, shared })
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.gate.port
    }

    /// How the addresses of the databases behind it begin.
    pub fn root(&self) -> String {
        crate::postgres::root(self.gate.port)
    }

    /// What happens at each COMMIT from now on.
    pub fn plan(&self, plan: impl FnMut() -> OnCommit + Send + 'static) {
        *self.shared.plan.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(plan);
    }

    /// Strikes at the next COMMIT, and no other.
    pub fn strike_once(&self, strike: OnCommit) {
        let mut next = Some(strike);
        self.plan(move || next.take().unwrap_or(OnCommit::Pass));
    }

    /// Does this when the next transaction that writes orders is about to be begun, before PostgreSQL hears of it.
    pub fn at_begin(&self, strike: impl FnOnce() + Send + 'static) {
        *self.shared.at_begin.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(strike));
    }

    /// Whether that was done.
    pub fn has_begun(&self) -> bool {
        let waiting = self.shared.at_begin.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.is_none()
    }

    /// Opens or blocks the road.
    pub fn set(&self, road: Road) {
        self.gate.set(road);
    }

    /// What became of the commits that were struck.
    pub fn counts(&self) -> Counts {
        Counts {
            executed: self.shared.executed.load(Ordering::Acquire),
            never_arrived: self.shared.never_arrived.load(Ordering::Acquire),
            told: self.shared.told.load(Ordering::Acquire),
        }
    }
}

/// How a connection ends before its time.
enum End {
    /// Both sides at once.
    Both,
    /// The client's side; PostgreSQL's goes on until it answered the commit.
    Client,
}

/// What the two directions of a connection know of each other.
#[derive(Default)]
struct Talk {
    withhold: AtomicBool,
    committed: AtomicBool,
    cut_when_told: AtomicBool,
    answered: Notify,
}

async fn serve(mut client: TcpStream, shared: Arc<Shared>) -> anyhow::Result<()> {
    let mut server = TcpStream::connect(("127.0.0.1", shared.server)).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    start(&mut client, &mut server).await?;
    let ((from_client, mut to_client), (from_server, mut to_server)) = (client.into_split(), server.into_split());
    let mut requests = Frames::new(from_client, frames::postgres);
    let mut replies = Frames::new(from_server, frames::postgres);
    let talk = Talk::default();
    let end = tokio::select! {
        end = forth(&mut requests, &mut to_server, &talk, &shared) => end?,
        end = back(&mut replies, &mut to_client, &talk, &shared) => end?,
    };
    drop((requests, to_client));
    if matches!(end, End::Client) {
        let answered =
            talk.committed.load(Ordering::Acquire) || timeout(COMMIT, wait(&mut replies)).await.is_ok_and(|ok| ok);
        let count = if answered {
            &shared.executed
        } else {
            &shared.never_arrived
        };
        count.fetch_add(1, Ordering::AcqRel);
    }
    Ok(())
}

/// Passes the start-up message; encryption is declined.
async fn start(client: &mut TcpStream, server: &mut TcpStream) -> anyhow::Result<()> {
    const ENCRYPTION: [&[u8]; 2] = [&[0x04, 0xd2, 0x16, 0x2f], &[0x04, 0xd2, 0x16, 0x30]];
    loop {
        let mut message = vec![0; 4];
        client.read_exact(&mut message).await?;
        let length = frames::postgres_startup(&message).unwrap_or_default();
        ensure!((8..10_000).contains(&length), "no start-up message");
        message.resize(length, 0);
        client.read_exact(&mut message[4..]).await?;
        if ENCRYPTION.contains(&&message[4..]) {
            client.write_all(b"N").await?;
        } else {
            return Ok(server.write_all(&message).await?);
        }
    }
}

async fn forth(
    requests: &mut Frames<OwnedReadHalf>,
    to_server: &mut OwnedWriteHalf,
    talk: &Talk,
    shared: &Shared,
) -> anyhow::Result<End> {
    loop {
        let request = requests.next().await?;
        if is_begin(&request) {
            let strike = (shared.at_begin.lock().unwrap_or_else(PoisonError::into_inner)).take();
            if let Some(strike) = strike {
                strike();
            }
        }
        if !is_commit(&request) {
            to_server.write_all(&request).await?;
            continue;
        }
        let strike = (shared.plan.lock().unwrap_or_else(PoisonError::into_inner))();
        match strike {
            OnCommit::Pass => {}
            OnCommit::CutTold => talk.cut_when_told.store(true, Ordering::Release),
            OnCommit::CutBefore | OnCommit::CutInside => {
                if strike == OnCommit::CutInside {
                    to_server.write_all(&request[..request.len() / 2]).await?;
                }
                shared.never_arrived.fetch_add(1, Ordering::AcqRel);
                return Ok(End::Both);
            }
            OnCommit::CutAfter(_) | OnCommit::CutAndBlock | OnCommit::Silence(_) => {
                talk.withhold.store(true, Ordering::Release);
            }
        }
        to_server.write_all(&request).await?;
        if let OnCommit::CutAfter(pause) = strike {
            tokio::select! {
                () = sleep(pause) => {}
                () = talk.answered.notified() => {}
            }
            return Ok(End::Client);
        }
        if let OnCommit::Silence(time) = strike {
            sleep(time).await;
            return Ok(End::Both);
        }
        if strike == OnCommit::CutAndBlock {
            talk.answered.notified().await;
            shared.executed.fetch_add(1, Ordering::AcqRel);
            shared.road.send_replace(Road::Blocked);
            // This connection is cut with all the others.
            std::future::pending::<()>().await;
        }
    }
}

async fn back(
    replies: &mut Frames<OwnedReadHalf>,
    to_client: &mut OwnedWriteHalf,
    talk: &Talk,
    shared: &Shared,
) -> anyhow::Result<End> {
    loop {
        let reply = replies.next().await?;
        if talk.withhold.load(Ordering::Acquire) {
            if is_committed(&reply) {
                talk.committed.store(true, Ordering::Release);
                talk.answered.notify_one();
            }
            continue;
        }
        to_client.write_all(&reply).await?;
        // With ReadyForQuery everything about the commit was told.
        if reply.first() == Some(&b'Z') && talk.cut_when_told.load(Ordering::Acquire) {
            shared.told.fetch_add(1, Ordering::AcqRel);
            return Ok(End::Both);
        }
    }
}

/// Whether PostgreSQL says that it committed, before it hangs up.
async fn wait(replies: &mut Frames<OwnedReadHalf>) -> bool {
    while let Ok(reply) = replies.next().await {
        if is_committed(&reply) {
            return true;
        }
    }
    false
}

/// The begin of a transaction for orders: it says how long it waits for a row.
fn is_begin(request: &[u8]) -> bool {
    request.starts_with(b"Q") && request.windows(22).any(|part| part == b"SET LOCAL lock_timeout")
}

/// A simple query, or the parsing of one, that says COMMIT.
fn is_commit(request: &[u8]) -> bool {
    matches!(request.first(), Some(b'Q' | b'P'))
        && request.windows(7).any(|part| part.eq_ignore_ascii_case(b"COMMIT\0"))
}

fn is_committed(reply: &[u8]) -> bool {
    reply.first() == Some(&b'C') && reply[5..] == *b"COMMIT\0"
}
