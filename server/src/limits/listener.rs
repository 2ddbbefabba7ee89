//! The port: what connects waits there until the accept loop comes to it.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

/// How many connections wait to be accepted; the system may allow fewer (listen(2)). Of one that finds no place, its client does
/// not always learn: it believes to be connected, and waits. So there are more places than connect at once.
const WAITING: u32 = 4096;

/// Listens there.
///
/// # Errors
/// If the address is not this machine's, or taken.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // What an earlier server's connections leave behind does not keep the address taken.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}
