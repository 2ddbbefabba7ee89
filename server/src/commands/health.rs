//! `once health`: what a supervisor asks, without needing a client of its own.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use super::say;
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(2);

/// Tells whether the shop at the address of `config` can take orders.
pub(crate) fn health(config: &Config) -> ExitCode {
    match ask(config.address, "/readyz") {
        Ok((200, body)) => say(&[body.trim_end().replace('\n', ", ")], ExitCode::SUCCESS),
        Ok((status, body)) => say(
            &[format!("{status}: {}", body.trim_end().replace('\n', ", "))],
            ExitCode::FAILURE,
        ),
        Err(error) => say(
            &[format!("nothing answers at {}: {error}", config.address)],
            ExitCode::FAILURE,
        ),
    }
}

/// Status and body of one GET.
pub(super) fn ask(address: SocketAddr, path: &str) -> io::Result<(u16, String)> {
    let address = reachable(address);
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // The body of an answer to 1.0 ends with the connection (RFC 9112, section 6.3).
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(64 * 1024).read_to_string(&mut answer)?;
    let none = || io::Error::new(io::ErrorKind::InvalidData, "it speaks no HTTP");
    let status = answer.strip_prefix("HTTP/").and_then(|rest| rest.split(' ').nth(1));
    let status = status.and_then(|status| status.parse().ok()).ok_or_else(none)?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or_else(none)?;
    Ok((status, body.to_owned()))
}

/// Who listens everywhere is asked here.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
