//! One connection for all, which mends itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use redis::aio::{ConnectionLike as _, MultiplexedConnection};
use redis::{Cmd, ErrorKind, RedisResult, ServerErrorKind, Value};

use crate::dial::Dial;

/// A connection, or why there is none; perhaps not yet.
type Dialled = Shared<BoxFuture<'static, RedisResult<MultiplexedConnection>>>;

/// What a server answers that was a master, or can not reach its own; nothing was executed.
const REFUSED_ELSEWHERE: [ErrorKind; 2] = [
    ErrorKind::Server(ServerErrorKind::ReadOnly),
    ErrorKind::Server(ServerErrorKind::MasterDown),
];

/// One multiplexed connection. When it breaks, one task makes a new one, however many wait for it.
#[derive(Clone)]
pub(crate) struct Line(Arc<Inner>);

struct Inner {
    dial: Arc<Dial>,
    limit: Duration,
    current: Mutex<Dialled>,
}

impl Line {
    /// A line that begins to be dialled now. Answers are waited for at most `limit`.
    pub(crate) fn new(dial: Arc<Dial>, limit: Duration) -> Self {
        let current = Mutex::new(begin(Arc::clone(&dial), limit));
        Self(Arc::new(Inner { dial, limit, current }))
    }

    /// Waits until there is a connection, or none can be made.
    pub(crate) async fn is_up(&self) -> RedisResult<()> {
        self.current().await.map(|_| ())
    }

    /// Sends a command, and a second time when the connection broke or led to a server that is no master any more:
    /// every command here may be executed twice.
    pub(crate) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        let dialled = self.current();
        let first = dialled.clone().await?.req_packed_command(command).await;
        let Err(broken) = &first else { return first };
        let refused = REFUSED_ELSEWHERE.contains(&broken.kind());
        if !refused && !broken.is_unrecoverable_error() {
            return first;
        }
        self.renew(&dialled);
        let second = match self.current().await {
            Ok(mut connection) => connection.req_packed_command(command).await,
            Err(error) => Err(error),
        };
        // What was cut off may have been executed, whatever became of the second.
        if refused { second } else { second.or(first) }
    }

    /// Gives the connection up: it does not answer. One that is being made is waited for.
    pub(crate) fn give_up(&self) {
        let dialled = self.with(|current| current.clone());
        if matches!(dialled.peek(), Some(Ok(_))) {
            self.renew(&dialled);
        }
    }

    /// The connection; when the last could not be made, a new one is tried.
    fn current(&self) -> Dialled {
        self.with(|current| {
            if matches!(current.peek(), Some(Err(_))) {
                *current = begin(Arc::clone(&self.0.dial), self.0.limit);
            }
            current.clone()
        })
    }

    /// Replaces a connection, unless somebody did so already.
    fn renew(&self, broken: &Dialled) {
        self.with(|current| {
            if current.ptr_eq(broken) {
                *current = begin(Arc::clone(&self.0.dial), self.0.limit);
            }
        });
    }

    fn with<T>(&self, action: impl FnOnce(&mut Dialled) -> T) -> T {
        // Nothing that runs under the lock leaves it half-changed.
        action(&mut self.0.current.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A task of its own: whoever waits for it may go away, and making a connection may take longer than an operation.
fn begin(dial: Arc<Dial>, limit: Duration) -> Dialled {
    let dialled = async move { dial.connect(limit).await }.boxed().shared();
    tokio::spawn(dialled.clone());
    dialled
}
