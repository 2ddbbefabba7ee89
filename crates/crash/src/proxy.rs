//! Proxies between a server and its stores, which know enough of the protocols to strike at the right message.

mod frames;
pub mod postgres;
pub mod redis;

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Listens on a port of its own, until it is dropped.
struct Gate {
    port: u16,
    blocked: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Gate {
    /// Serves each connection with `serve`, which is dropped when the gate is blocked.
    async fn open<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> anyhow::Result<Self>
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let port = listener.local_addr()?.port();
        let blocked = watch::Sender::new(false);
        let watched = blocked.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, watched.subscribe(), &serve));
            }
        });
        Ok(Self { port, blocked, task })
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.task.abort();
    }
}
