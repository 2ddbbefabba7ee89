//! A child process whose output is kept, and which does not outlive its handle.

use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail};
pub use rustix::process::Signal;
use rustix::process::{Pid, kill_process};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::watch;
use tokio::time::timeout;

/// What a process printed, as it comes.
#[derive(Clone)]
pub struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    grown: watch::Sender<()>,
}

impl Log {
    fn new() -> Self {
        Self {
            lines: Arc::default(),
            grown: watch::Sender::new(()),
        }
    }

    fn follow(&self, output: impl AsyncRead + Send + Unpin + 'static) {
        let log = self.clone();
        tokio::spawn(async move {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                log.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                log.grown.send_replace(());
            }
        });
    }

    /// Everything so far.
    pub fn text(&self) -> String {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// The first line that holds `part`.
    fn line_with(&self, part: &str) -> Option<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().find(|line| line.contains(part)).cloned()
    }

    /// Waits for a line that holds `part`; none when it did not come in time.
    pub async fn wait_for(&self, part: &str, patience: Duration) -> Option<String> {
        let mut grown = self.grown.subscribe();
        let found = async {
            loop {
                if let Some(line) = self.line_with(part) {
                    return line;
                }
                // The sender lives in `self`.
                let _ = grown.changed().await;
            }
        };
        timeout(patience, found).await.ok()
    }
}

/// A running child. Dropping it kills it.
pub struct Process {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    /// What it printed.
    pub log: Log,
}

impl Process {
    /// Starts `command`.
    pub fn start(name: &str, command: &mut Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{name} can not be started"))?;
        let log = Log::new();
        log.follow(child.stdout.take().context("its output is piped")?);
        log.follow(child.stderr.take().context("its errors are piped")?);
        let input = child.stdin.take();
        Ok(Self {
            name: name.to_owned(),
            child,
            input,
            log,
        })
    }

    fn id(&self) -> anyhow::Result<Pid> {
        let id = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        id.with_context(|| format!("{} is gone", self.name))
    }

    /// Sends `signal`.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        kill_process(self.id()?, signal).with_context(|| format!("{} can not be signalled", self.name))
    }

    /// Kills its children. It is stopped before, so that it can do nothing about it.
    pub fn kill_children(&self) -> anyhow::Result<()> {
        self.signal(Signal::STOP)?;
        let id = self.id()?.as_raw_nonzero();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"))?;
        for child in children.split_whitespace() {
            let child = Pid::from_raw(child.parse()?).context("no process has the id 0")?;
            // One that ended meanwhile is as good as killed.
            let _ = kill_process(child, Signal::KILL);
        }
        Ok(())
    }

    /// Writes a line to its standard input.
    pub async fn say(&mut self, line: &str) -> anyhow::Result<()> {
        let input = self.input.as_mut().context("it still listens")?;
        input.write_all(format!("{line}\n").as_bytes()).await?;
        Ok(input.flush().await?)
    }

    /// Kills it and waits until it is gone.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Waits until it is gone by itself; whether it went well.
    pub async fn ended(&mut self, patience: Duration) -> anyhow::Result<bool> {
        match timeout(patience, self.child.wait()).await {
            Ok(status) => Ok(status?.success()),
            Err(_) => bail!("{} still runs after {patience:?}", self.name),
        }
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

/// A port that nobody listens on now.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
