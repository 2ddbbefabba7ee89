//! One connection for all, which mends itself.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use redis::aio::{ConnectionLike as _, MultiplexedConnection};
use redis::{Cmd, ErrorKind, RedisResult, ServerErrorKind, Value};

use crate::dial::Dial;
use crate::standing::Standing;

/// What a server answers that was a master, or can not reach its own; nothing was executed.
const REFUSED_ELSEWHERE: [ErrorKind; 2] = [
    ErrorKind::Server(ServerErrorKind::ReadOnly),
    ErrorKind::Server(ServerErrorKind::MasterDown),
];

/// One multiplexed connection to one server.
#[derive(Clone)]
pub(crate) struct Line(Arc<Standing<MultiplexedConnection>>);

impl Line {
    /// A line that begins to be dialled now. Answers are waited for at most `limit`.
    pub(crate) fn new(dial: Arc<Dial>, limit: Duration) -> Self {
        Self(Arc::new(Standing::new(move || {
            let dial = Arc::clone(&dial);
            async move { dial.connect(limit).await }.boxed()
        })))
    }

    /// Waits until there is a connection, or none can be made.
    pub(crate) async fn is_up(&self) -> RedisResult<()> {
        self.0.current().await.map(|_| ())
    }

    /// Sends a command, and a second time when the connection broke or led to a server that is no master any more:
    /// every command here may be executed twice.
    pub(crate) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        let dialled = self.0.current();
        let first = send(dialled.clone().await?, command).await;
        let Err(broken) = &first else { return first };
        let refused = REFUSED_ELSEWHERE.contains(&broken.kind());
        if !refused && !broken.is_unrecoverable_error() {
            return first;
        }
        self.0.renew(&dialled);
        let second = match self.0.current().await {
            Ok(connection) => send(connection, command).await,
            Err(error) => Err(error),
        };
        match &second {
            // What was cut off may have been executed, whatever became of the second. A server that does not know the
            // script is for whoever sends it.
            Err(error) if !refused && error.kind() != ErrorKind::Server(ServerErrorKind::NoScript) => first,
            _ => second,
        }
    }

    /// Gives the connection up: it does not answer.
    pub(crate) fn give_up(&self) {
        self.0.give_up();
    }
}

/// An answer that tells of an error is an error.
async fn send(mut connection: MultiplexedConnection, command: &Cmd) -> RedisResult<Value> {
    connection.req_packed_command(command).await?.extract_error()
}
