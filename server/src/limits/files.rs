//! Every connection is an open file.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are open beside connections of shoppers: those of the databases, and Redis.
const OTHERS: u64 = 256;

/// Lets the process have as many files open as it may, and says so if that is too few.
pub(crate) fn allow(connections: usize) {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    // If that is not allowed, the limit stays as it was, and what counts is what is there.
    let _ = setrlimit(Resource::Nofile, most);
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(OTHERS);
    if let Some(files) = getrlimit(Resource::Nofile).current
        && files < wanted
    {
        tracing::warn!(
            files,
            wanted,
            "fewer files than connections may be open: raise `ulimit -n`, or lower ONCE_CONNECTIONS_AT_ONCE"
        );
    }
}
