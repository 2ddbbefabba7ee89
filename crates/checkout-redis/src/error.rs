//! What goes wrong with Redis, in the words of the port and of whoever starts the server.

use checkout::ports::{StoreError, StoreErrorKind};
use redis::{ErrorKind, RedisError};

/// The token store can not be started.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address can not be read.
    #[error(
        "REDIS_URL is no address such as redis://localhost:6379 ({cause}): correct it, or unset it to use the in-process token store"
    )]
    Address {
        /// Why.
        cause: String,
    },
    /// Nobody answers there, or not to us.
    #[error(
        "Redis at {server} does not answer ({cause}): start it, or unset REDIS_URL to use the in-process token store"
    )]
    NoAnswer {
        /// Where, without user and password.
        server: String,
        /// Why.
        cause: String,
    },
    /// It answers, but not to one of the scripts.
    #[error(
        "Redis at {server} does not take the script {script} ({cause}): it must be version 6 or later, with EVALSHA allowed"
    )]
    Script {
        /// Where, without user and password.
        server: String,
        /// Which.
        script: &'static str,
        /// Why.
        cause: String,
    },
}

/// What a failed command means. Whatever may have left this process may have been done: a frozen Redis executes what
/// is in its buffer when it wakes up.
pub(crate) fn store_error(operation: &'static str, error: RedisError) -> StoreError {
    let kind = match error.kind() {
        _ if error.is_connection_refusal() => StoreErrorKind::NotDone,
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => StoreErrorKind::Corrupt,
        _ => StoreErrorKind::Unknown,
    };
    StoreError::new(operation, kind, error)
}

/// No answer within `limit`.
pub(crate) fn no_answer(operation: &'static str, limit: std::time::Duration) -> StoreError {
    let cause = format!("no answer within {} ms", limit.as_millis());
    StoreError::new(operation, StoreErrorKind::Unknown, cause)
}

/// A script answered what it never should.
pub(crate) fn corrupt(operation: &'static str, reply: &[String]) -> StoreError {
    let cause = format!("the script answered {reply:?}");
    StoreError::new(operation, StoreErrorKind::Corrupt, cause)
}
