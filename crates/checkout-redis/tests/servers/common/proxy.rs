//! A wire to a Redis, which can be slow, cut or narrow.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

/// What is wrong with the wire.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    None,
    /// Answers arrive so much later.
    Latency(Duration),
    /// Everything passes byte by byte, with a pause after each.
    Slices(Duration),
}

/// Forwards to a server.
pub struct Proxy {
    address: SocketAddr,
    faults: watch::Sender<Fault>,
    cuts: watch::Sender<u64>,
    holes: watch::Sender<u64>,
    /// How many of the next answers are cut off together with their connection.
    answers_to_cut: Arc<AtomicUsize>,
    _accepting: JoinSet<()>,
}

#[derive(Clone)]
struct Wire {
    server: u16,
    faults: watch::Receiver<Fault>,
    cuts: watch::Receiver<u64>,
    holes: watch::Receiver<u64>,
    answers_to_cut: Arc<AtomicUsize>,
}

impl Proxy {
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (faults, cuts, holes) = (
            watch::Sender::new(Fault::None),
            watch::Sender::new(0),
            watch::Sender::new(0),
        );
        let answers_to_cut = Arc::new(AtomicUsize::new(0));
        let wire = Wire {
            server,
            faults: faults.subscribe(),
            cuts: cuts.subscribe(),
            holes: holes.subscribe(),
            answers_to_cut: Arc::clone(&answers_to_cut),
        };
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut links = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                links.spawn(wire.clone().carry(client));
                while links.try_join_next().is_some() {}
            }
        });
        Self {
            address,
            faults,
            cuts,
            holes,
            answers_to_cut,
            _accepting: accepting,
        }
    }

    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    pub fn suffer(&self, fault: Fault) {
        self.faults.send_replace(fault);
    }

    /// Ends every connection that there is.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Every connection that there is stays open, and swallows everything; the next ones carry.
    pub fn swallow(&self) {
        self.holes.send_modify(|holes| *holes += 1);
    }

    /// The next answers, from any connection, are cut off: the server has done what was asked.
    pub fn cut_answers(&self, count: usize) {
        self.answers_to_cut.store(count, Ordering::SeqCst);
    }
}

impl Wire {
    async fn carry(mut self, client: TcpStream) {
        let Ok(server) = TcpStream::connect(("127.0.0.1", self.server)).await else {
            return;
        };
        for stream in [&client, &server] {
            stream.set_nodelay(true).expect("an open socket");
        }
        self.cuts.mark_unchanged();
        self.holes.mark_unchanged();
        let (client_reads, client_writes) = client.into_split();
        let (server_reads, server_writes) = server.into_split();
        let questions = pass(client_reads, server_writes, self.faults.clone(), None);
        let answers = pass(
            server_reads,
            client_writes,
            self.faults.clone(),
            Some(&self.answers_to_cut),
        );
        let carried = async {
            tokio::select! {
                () = questions => {}
                () = answers => {}
            }
        };
        let mut carried = pin!(carried);
        tokio::select! {
            () = &mut carried => return,
            _ = self.cuts.changed() => return,
            _ = self.holes.changed() => {}
        }
        // Both ends stay open: they belong to what is no longer carried.
        let _ = self.cuts.changed().await;
    }
}

/// Carries one direction until its end. Latency is of the answers: they are those with something to cut.
async fn pass(mut from: OwnedReadHalf, to: OwnedWriteHalf, faults: watch::Receiver<Fault>, cut: Option<&AtomicUsize>) {
    let (queue, waiting) = mpsc::unbounded_channel();
    let read = async {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let Ok(count @ 1..) = from.read(&mut buffer).await else {
                return;
            };
            let one_less = |left: usize| left.checked_sub(1);
            if cut.is_some_and(|left| left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok()) {
                return;
            }
            let latency = match *faults.borrow() {
                Fault::Latency(latency) if cut.is_some() => latency,
                _ => Duration::ZERO,
            };
            if queue
                .send((Instant::now() + latency, buffer[..count].to_vec()))
                .is_err()
            {
                return;
            }
        }
    };
    tokio::select! {
        () = read => {}
        () = write(to, waiting, faults.clone()) => {}
    }
}

async fn write(
    mut to: OwnedWriteHalf,
    mut waiting: mpsc::UnboundedReceiver<(Instant, Vec<u8>)>,
    faults: watch::Receiver<Fault>,
) {
    while let Some((due, bytes)) = waiting.recv().await {
        sleep_until(due).await;
        let fault = *faults.borrow();
        let sent = match fault {
            Fault::Slices(pause) => slices(&mut to, &bytes, pause).await,
            Fault::None | Fault::Latency(_) => to.write_all(&bytes).await,
        };
        if sent.is_err() {
            return;
        }
    }
}

async fn slices(to: &mut OwnedWriteHalf, bytes: &[u8], pause: Duration) -> std::io::Result<()> {
    for byte in bytes.chunks(1) {
        to.write_all(byte).await?;
        sleep(pause).await;
    }
    Ok(())
}
