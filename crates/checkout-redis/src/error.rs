//! What goes wrong with Redis, in the words of the port and of whoever starts the server.

use checkout::ports::{StoreError, StoreErrorKind};
use redis::{ErrorKind, RedisError};

/// The token store can not be started.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address can not be read.
    #[error(
        "REDIS_URL is no address of a Redis ({cause}): write redis://host:6379, redis+unix:///path, \
         redis+sentinel://host:26379,host:26379/service or redis+cluster://host:6379,host:6379, with rediss instead of \
         redis for TLS and user:password@ before the first host; or unset it to use the in-process token store"
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
    /// It answers, but not to this user.
    #[error("Redis at {server} does not let us in ({cause}): correct the user and the password in REDIS_URL")]
    Refused {
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

impl ConnectError {
    pub(crate) fn no_answer(server: &str, error: &RedisError) -> Self {
        let (server, cause) = (server.to_owned(), error.to_string());
        if is_no_entry(error) {
            return Self::Refused { server, cause };
        }
        Self::NoAnswer { server, cause }
    }

    pub(crate) fn of_script(server: &str, script: &'static str, error: &RedisError) -> Self {
        if error.is_io_error() || is_no_entry(error) {
            return Self::no_answer(server, error);
        }
        Self::Script {
            server: server.to_owned(),
            script,
            cause: error.to_string(),
        }
    }
}

fn is_no_entry(error: &RedisError) -> bool {
    error.kind() == ErrorKind::AuthenticationFailed || matches!(error.code(), Some("NOAUTH" | "WRONGPASS"))
}

/// What a failed command means. Whatever may have left this process may have been done: a frozen Redis executes what
/// is in its buffer when it wakes up.
pub(crate) fn store_error(operation: &'static str, error: RedisError) -> StoreError {
    let kind = match error.kind() {
        _ if error.is_connection_refusal() => StoreErrorKind::NotDone,
        ErrorKind::AuthenticationFailed => StoreErrorKind::NotDone,
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => StoreErrorKind::Corrupt,
        _ => match error.code() {
            Some(code) if REFUSALS.contains(&code) => StoreErrorKind::NotDone,
            Some("WRONGTYPE") => StoreErrorKind::Corrupt,
            _ => StoreErrorKind::Unknown,
        },
    };
    StoreError::new(operation, kind, error)
}

/// What Redis answers before it begins: to a script, at its first write at the latest.
const REFUSALS: [&str; 11] = [
    "BUSY",
    "CLUSTERDOWN",
    "LOADING",
    "MASTERDOWN",
    "MISCONF",
    "NOAUTH",
    "NOREPLICAS",
    "OOM",
    "READONLY",
    "TRYAGAIN",
    "WRONGPASS",
];

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
