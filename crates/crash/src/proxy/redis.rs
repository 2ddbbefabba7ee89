//! A proxy before Redis that can strike at a claim.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use super::frames::{self, Frames};
use super::{Gate, Road};

/// What happens at a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnClaim {
    /// It passes, and so does its reply.
    Pass,
    /// It is executed, and both sides are cut before the reply is told.
    CutReply,
    /// Neither it nor anything after it is forwarded; after this time both sides are cut.
    Swallow(Duration),
    /// It is forwarded after this time.
    Delay(Duration),
    /// It is forwarded; no reply is told for this time, and then both sides are cut.
    Silence(Duration),
}

type Plan = Box<dyn FnMut() -> OnClaim + Send>;
/// Where servers tell each other that a claim ended.
const NEWS: &[u8] = b"\r\nonce:ended\r\n";

type Once = Box<dyn FnOnce() + Send>;

struct Shared {
    server: u16,
    plan: Mutex<Plan>,
    at_end: Mutex<Option<Once>>,
    struck: AtomicUsize,
    /// How long each single byte of a reply takes.
    slowness: Mutex<Duration>,
}

/// The proxy.
pub struct RedisProxy {
    gate: Gate,
    shared: Arc<Shared>,
}

impl RedisProxy {
    /// Opens one before the Redis at `server`. Every claim passes until there is another plan.
    pub async fn open(server: u16) -> anyhow::Result<Self> {
        let shared = Arc::new(Shared {
            server,
            plan: Mutex::new(Box::new(|| OnClaim::Pass)),
            at_end: Mutex::default(),
            struck: AtomicUsize::default(),
            slowness: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        let gate = Gate::open(watch::Sender::new(Road::Open), move |client| {
            serve(client, Arc::clone(&serving))
        })
        .await?;
        Ok(Self { gate, shared })
    }

    /// Where servers find it.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.gate.port)
    }

    /// What happens at each claim from now on.
    pub fn plan(&self, plan: impl FnMut() -> OnClaim + Send + 'static) {
        *self.shared.plan.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(plan);
    }

    /// Strikes at the next claim, and no other.
    pub fn strike_once(&self, strike: OnClaim) {
        let mut next = Some(strike);
        self.plan(move || next.take().unwrap_or(OnClaim::Pass));
    }

    /// Does this when the next claim is about to be ended, before Redis hears of it. No reply to it is told.
    pub fn at_end(&self, strike: impl FnOnce() + Send + 'static) {
        *self.shared.at_end.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(strike));
    }

    /// From now on replies come byte by byte, each after this time.
    pub fn slice(&self, slowness: Duration) {
        *self.shared.slowness.lock().unwrap_or_else(PoisonError::into_inner) = slowness;
    }

    /// Opens or blocks the road.
    pub fn set(&self, road: Road) {
        self.gate.set(road);
    }

    /// How many claims did not simply pass.
    pub fn struck(&self) -> usize {
        self.shared.struck.load(Ordering::Acquire)
    }
}

/// What the two directions of a connection know of each other.
#[derive(Default)]
struct Talk {
    withhold: Mutex<Withhold>,
    replied: Notify,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Withhold {
    #[default]
    Nothing,
    Replies,
}

async fn serve(client: TcpStream, shared: Arc<Shared>) -> anyhow::Result<()> {
    let server = TcpStream::connect(("127.0.0.1", shared.server)).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let talk = Talk::default();
    tokio::select! {
        end = forth(from_client, to_server, &talk, &shared) => end,
        end = back(from_server, to_client, &talk, &shared) => end,
    }
}

async fn forth(from: OwnedReadHalf, mut to: OwnedWriteHalf, talk: &Talk, shared: &Shared) -> anyhow::Result<()> {
    let mut commands = Frames::new(from, frames::redis_command);
    loop {
        let command = commands.next().await?;
        let strike = if is_claim(&command) {
            (shared.plan.lock().unwrap_or_else(PoisonError::into_inner))()
        } else {
            OnClaim::Pass
        };
        shared
            .struck
            .fetch_add(usize::from(strike != OnClaim::Pass), Ordering::AcqRel);
        if is_end(&command) {
            let at_end = (shared.at_end.lock().unwrap_or_else(PoisonError::into_inner)).take();
            if let Some(at_end) = at_end {
                talk.withhold();
                at_end();
            }
        }
        match strike {
            OnClaim::Pass => {}
            OnClaim::Delay(pause) => sleep(pause).await,
            OnClaim::CutReply | OnClaim::Silence(_) => talk.withhold(),
            OnClaim::Swallow(time) => {
                sleep(time).await;
                return Ok(());
            }
        }
        to.write_all(&command).await?;
        match strike {
            OnClaim::CutReply => {
                talk.replied.notified().await;
                return Ok(());
            }
            OnClaim::Silence(time) => {
                sleep(time).await;
                return Ok(());
            }
            OnClaim::Pass | OnClaim::Delay(_) | OnClaim::Swallow(_) => {}
        }
    }
}

impl Talk {
    fn withhold(&self) {
        *self.withhold.lock().unwrap_or_else(PoisonError::into_inner) = Withhold::Replies;
    }

    fn withheld(&self) -> bool {
        *self.withhold.lock().unwrap_or_else(PoisonError::into_inner) == Withhold::Replies
    }
}

async fn back(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, talk: &Talk, shared: &Shared) -> anyhow::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut bytes).await?;
        anyhow::ensure!(read > 0, "it hung up");
        if talk.withheld() {
            talk.replied.notify_one();
            continue;
        }
        let slowness = *shared.slowness.lock().unwrap_or_else(PoisonError::into_inner);
        if slowness.is_zero() {
            to.write_all(&bytes[..read]).await?;
            continue;
        }
        for byte in &bytes[..read] {
            sleep(slowness).await;
            to.write_all(std::slice::from_ref(byte)).await?;
        }
    }
}

/// A script that is asked to claim: the only one whose arguments end in what to do about repeats.
fn is_claim(command: &[u8]) -> bool {
    holds(command, b"EVALSHA\r\n") && (holds(command, b"\r\nask\r\n") || holds(command, b"\r\nconfirmed\r\n"))
}

/// A script that ends a claim: the only one that tells others.
fn is_end(command: &[u8]) -> bool {
    holds(command, b"EVALSHA\r\n") && holds(command, NEWS)
}

fn holds(command: &[u8], word: &[u8]) -> bool {
    command.windows(word.len()).any(|part| part == word)
}
