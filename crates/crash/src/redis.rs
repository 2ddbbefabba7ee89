//! A Redis of its own, and the few commands that a test needs.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tempfile::TempDir;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout};

use crate::port::free_port;
use crate::process::{Process, Signal};

const READY: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(10);

/// A Redis server. It keeps its port and its folder over restarts.
pub struct Redis {
    port: u16,
    folder: TempDir,
    process: Option<Process>,
}

/// A reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A status or a text.
    Text(String),
    /// A number.
    Number(i64),
    /// Several replies.
    List(Vec<Reply>),
    /// Nothing.
    Nil,
    /// It was refused.
    Error(String),
}

impl Redis {
    /// Starts one without persistence: after a kill it is empty.
    pub async fn start() -> anyhow::Result<Self> {
        let mut redis = Self {
            port: free_port()?,
            folder: TempDir::new()?,
            process: None,
        };
        redis.restart().await?;
        Ok(redis)
    }

    /// Where servers find it.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The file that it loads at a start and writes at `SAVE`.
    pub fn dump(&self) -> PathBuf {
        self.folder.path().join("dump.rdb")
    }

    /// Starts it again, on the same port.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        let mut command = Command::new("redis-server");
        command.args([
            "--port",
            &self.port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]);
        command
            .arg("--dir")
            .arg(self.folder.path())
            .current_dir(self.folder.path());
        self.process = Some(Process::start("Redis", &mut command)?);
        let give_up = Instant::now() + READY;
        while !matches!(self.command(&["PING"]).await, Ok(Reply::Text(_))) {
            let ended = !self.process.as_mut().is_some_and(Process::runs);
            if ended || Instant::now() > give_up {
                bail!(
                    "Redis did not start: {}",
                    self.process.as_ref().map(|p| p.log.text()).unwrap_or_default()
                );
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Kills it. What it knew is gone.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill().await?;
        }
        Ok(())
    }

    /// Stops it where it stands: it accepts and answers nothing.
    pub fn freeze(&self) -> anyhow::Result<()> {
        self.process.as_ref().context("it runs")?.signal(Signal::STOP)
    }

    /// Lets it go on.
    pub fn thaw(&self) -> anyhow::Result<()> {
        self.process.as_ref().context("it runs")?.signal(Signal::CONT)
    }

    /// Runs one command on a connection of its own.
    pub async fn command(&self, words: &[&str]) -> anyhow::Result<Reply> {
        let mut connection = Connection::open(self.port).await?;
        connection.command(words).await
    }

    /// Forgets everything.
    pub async fn empty(&self) -> anyhow::Result<()> {
        self.command(&["FLUSHALL"]).await.map(drop)
    }

    /// Every key with the milliseconds that it has left; below zero when it has no end.
    pub async fn keys(&self) -> anyhow::Result<Vec<(String, i64)>> {
        let mut connection = Connection::open(self.port).await?;
        let Reply::List(names) = connection.command(&["KEYS", "*"]).await? else {
            bail!("KEYS gave no list");
        };
        let mut keys = Vec::new();
        for name in names {
            let Reply::Text(name) = name else {
                bail!("a key is no text")
            };
            match connection.command(&["PTTL", &name]).await? {
                // Gone in the meantime.
                Reply::Number(-2) => {}
                Reply::Number(left) => keys.push((name, left)),
                other => bail!("PTTL gave {other:?}"),
            }
        }
        Ok(keys)
    }
}

struct Connection(BufReader<TcpStream>);

impl Connection {
    async fn open(port: u16) -> anyhow::Result<Self> {
        Ok(Self(BufReader::new(TcpStream::connect(("127.0.0.1", port)).await?)))
    }

    async fn command(&mut self, words: &[&str]) -> anyhow::Result<Reply> {
        let mut text = format!("*{}\r\n", words.len());
        for word in words {
            // Writing to a string never fails.
            let _ = write!(text, "${}\r\n{word}\r\n", word.len());
        }
        self.0.write_all(text.as_bytes()).await?;
        timeout(PATIENCE, read_reply(&mut self.0))
            .await
            .context("Redis is silent")?
    }
}

/// Reads one reply (redis.io/docs/reference/protocol-spec, RESP2).
async fn read_reply(from: &mut (impl AsyncBufRead + Send + Unpin)) -> anyhow::Result<Reply> {
    let mut line = String::new();
    from.read_line(&mut line).await?;
    let line = line.trim_end();
    let (kind, rest) = line.split_at_checked(1).context("an empty reply")?;
    Ok(match kind {
        "+" => Reply::Text(rest.to_owned()),
        "-" => Reply::Error(rest.to_owned()),
        ":" => Reply::Number(rest.parse()?),
        "$" if rest == "-1" => Reply::Nil,
        "$" => {
            let mut bytes = vec![0; rest.parse::<usize>()? + 2];
            from.read_exact(&mut bytes).await?;
            bytes.truncate(bytes.len() - 2);
            Reply::Text(String::from_utf8_lossy(&bytes).into_owned())
        }
        "*" => {
            let mut list = Vec::new();
            for _ in 0..rest.parse::<usize>()? {
                list.push(Box::pin(read_reply(from)).await?);
            }
            Reply::List(list)
        }
        other => bail!("{other:?} begins no reply"),
    })
}
