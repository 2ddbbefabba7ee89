//! What was asked and what was answered, in the order in which it happened; kept as JSON lines.
//!
//! A time-out and a lost connection are `info`: nobody knows. Only a definitive "nothing was ordered" is `fail`.

use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What is known of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It was sent.
    Invoke,
    /// There is an order.
    Ok,
    /// There is none, and none will come of this.
    Fail,
    /// Nobody knows.
    Info,
}

/// One line of the history.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// What is known.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Which submission.
    pub process: u64,
    /// The cart.
    pub intent: String,
    /// The token, told apart but not told.
    pub token_hash: String,
    /// When it was sent, in microseconds since the history began.
    pub t0: u64,
    /// When it was answered.
    pub t1: Option<u64>,
    /// The HTTP status and the code of the failure.
    pub status: Option<(u16, String)>,
    /// The order in the answer.
    pub order_id: Option<String>,
}

/// A history that many write to.
#[derive(Clone)]
pub struct History {
    events: Arc<Mutex<Vec<Event>>>,
    begun: Instant,
}

impl Default for History {
    fn default() -> Self {
        Self {
            events: Arc::default(),
            begun: Instant::now(),
        }
    }
}

impl History {
    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// A submission of `token` for `intent` is about to be sent.
    pub fn invoke(&self, intent: &str, token: &str) -> Event {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = Sha256::digest(token);
        let event = Event {
            kind: Kind::Invoke,
            process: events.len() as u64,
            intent: intent.to_owned(),
            token_hash: format!("{:x}", u64::from_be_bytes(std::array::from_fn(|at| hash[at]))),
            t0: self.now(),
            t1: None,
            status: None,
            order_id: None,
        };
        events.push(event.clone());
        event
    }

    /// It was answered, or given up.
    pub fn answered(&self, invoked: Event, kind: Kind, status: Option<(u16, String)>, order_id: Option<String>) {
        let event = Event {
            kind,
            t1: Some(self.now()),
            status,
            order_id,
            ..invoked
        };
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// Everything so far.
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes it down, one event a line.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        for event in self.events() {
            writeln!(file, "{}", serde_json::to_string(&event)?)?;
        }
        Ok(file.flush()?)
    }
}

/// Reads what [`History::write`] wrote.
pub fn read(path: &Path) -> anyhow::Result<Vec<Event>> {
    let text = std::fs::read_to_string(path)?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}
