//! Proxies between a server and its stores, which know enough of the protocols to strike at the right message.

mod frames;
pub mod postgres;
pub mod redis;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Whether connections get through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// They do.
    Open,
    /// What is open is cut. What is new is accepted and hears nothing.
    Blocked,
}

/// Listens on a port of its own, until it is dropped.
struct Gate {
    port: u16,
    road: watch::Sender<Road>,
    task: JoinHandle<()>,
}

impl Gate {
    /// Serves each connection with `serve`, as long as the road is open.
    async fn open<F>(
        road: watch::Sender<Road>,
        serve: impl Fn(TcpStream) -> F + Send + Sync + 'static,
    ) -> anyhow::Result<Self>
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let port = listener.local_addr()?.port();
        let (watched, serve) = (road.clone(), Arc::new(serve));
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (mut road, serve) = (watched.subscribe(), Arc::clone(&serve));
                tokio::spawn(async move {
                    if *road.borrow_and_update() == Road::Blocked {
                        // Held until the road is open, and then of no use any more.
                        let _ = road.wait_for(|road| *road == Road::Open).await;
                        return;
                    }
                    tokio::select! {
                        // A connection that ends in an error has ended.
                        _ = serve(client) => {}
                        _ = road.wait_for(|road| *road == Road::Blocked) => {}
                    }
                });
            }
        });
        Ok(Self { port, road, task })
    }

    fn set(&self, road: Road) {
        self.road.send_replace(road);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.task.abort();
    }
}
