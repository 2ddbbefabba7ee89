//! Ports that stay one's own.

use std::hash::{BuildHasher as _, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;

/// Below are those of servers that people know by heart.
const LOWEST: u16 = 10_000;

/// Where the next search begins: somewhere, so that programs side by side do not meet.
static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(RandomState::new().hash_one(0_u8) >> 1));

/// A port that nobody listens on now. This process is given each one once, until it has had them all.
///
/// Never one that the system gives to outgoing connections: such a connection could have it before its server listens,
/// or while its server is down.
pub fn free_port() -> anyhow::Result<u16> {
    find(&NEXT)
}

fn find(next: &AtomicU64) -> anyhow::Result<u16> {
    let kept = kept()?;
    let count = u64::try_from(kept.len())?;
    (0..count)
        .filter_map(|_| u16::try_from(next.fetch_add(1, Ordering::Relaxed) % count).ok())
        .map(|place| kept.start + place)
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .with_context(|| format!("none of the ports {kept:?} is free"))
}

/// The ports that the system keeps out of outgoing connections (`ip_local_port_range`, see `ip(7)`).
fn kept() -> anyhow::Result<Range<u16>> {
    const FILE: &str = "/proc/sys/net/ipv4/ip_local_port_range";
    let range = std::fs::read_to_string(FILE).with_context(|| format!("{FILE} can not be read"))?;
    let first = range.split_whitespace().next().and_then(|first| first.parse().ok());
    let kept = LOWEST..first.with_context(|| format!("{FILE} says {range:?}"))?;
    anyhow::ensure!(!kept.is_empty(), "{FILE} leaves no port above {LOWEST} to servers");
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_port_is_given_once_and_to_no_connection() {
        let given: HashSet<_> = (0..1000).map(|_| free_port().expect("a port")).collect();
        assert_eq!(given.len(), 1000);
        let server = TcpListener::bind("127.0.0.1:0").expect("a server");
        let address = server.local_addr().expect("an address");
        let connections: Vec<_> = (0..64)
            .map(|_| TcpStream::connect(address).expect("connected"))
            .collect();
        let lowest = connections
            .iter()
            .map(|connection| connection.local_addr().expect("an address").port())
            .min();
        assert!(given.iter().all(|port| Some(*port) < lowest), "{lowest:?}");
    }

    #[test]
    fn a_port_that_is_listened_on_is_not_given() {
        let next = AtomicU64::new(0);
        let first = find(&next).expect("a port");
        let _server = TcpListener::bind((Ipv4Addr::LOCALHOST, first)).expect("it is free");
        next.store(0, Ordering::Relaxed);
        assert_ne!(find(&next).expect("a port"), first);
    }
}
