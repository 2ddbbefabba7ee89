//! A child process whose output is kept, and which does not outlive its handle.

use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Rlimit, getrlimit, kill_process, prlimit};
pub use rustix::process::{Resource, Signal};
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

    /// What kills it, wherever it is held.
    pub fn killer(&self) -> anyhow::Result<Killer> {
        Ok(Killer(self.id()?))
    }

    /// How much of a resource it may use from now on; none takes the limit away.
    pub fn limit(&self, resource: Resource, most: Option<u64>) -> anyhow::Result<()> {
        let limits = Rlimit {
            current: most,
            // Whoever may not raise it must not lower it.
            maximum: getrlimit(resource).maximum,
        };
        let limited = prlimit(Some(self.id()?), resource, limits);
        limited
            .map(drop)
            .with_context(|| format!("{} can not be limited", self.name))
    }

    /// Its id and those of its children.
    pub fn ids(&self) -> anyhow::Result<Vec<Pid>> {
        Ok(std::iter::once(self.id()?).chain(self.children()?).collect())
    }

    /// How many bytes it can write to: what a limit of [`Resource::Data`] counts.
    pub fn data_bytes(&self) -> anyhow::Result<u64> {
        self.memory_bytes(5)
    }

    /// How many bytes of its memory are there in fact.
    pub fn resident_bytes(&self) -> anyhow::Result<u64> {
        self.memory_bytes(1)
    }

    /// How many files, sockets and pipes it has open.
    pub fn descriptors(&self) -> anyhow::Result<usize> {
        let folder = format!("/proc/{}/fd", self.id()?.as_raw_nonzero());
        Ok(std::fs::read_dir(folder)?.count())
    }

    /// The number at this place of what Linux says of its memory (`proc_pid_statm(5)`), in bytes.
    fn memory_bytes(&self, place: usize) -> anyhow::Result<u64> {
        let pages = std::fs::read_to_string(format!("/proc/{}/statm", self.id()?.as_raw_nonzero()))?;
        let pages: u64 = pages.split_whitespace().nth(place).context("its memory")?.parse()?;
        Ok(pages * u64::try_from(rustix::param::page_size())?)
    }

    fn children(&self) -> anyhow::Result<Vec<Pid>> {
        let id = self.id()?.as_raw_nonzero();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"))?;
        let child = |id: &str| Pid::from_raw(id.parse()?).context("no process has the id 0");
        children.split_whitespace().map(child).collect()
    }

    /// Kills its children. It is stopped before, so that it can do nothing about it.
    pub fn kill_children(&self) -> anyhow::Result<()> {
        self.signal(Signal::STOP)?;
        for child in self.children()? {
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

/// Kills a process at a moment that its owner can not wait for. Good as long as the [`Process`] is held.
#[derive(Clone, Copy, Debug)]
pub struct Killer(Pid);

impl Killer {
    /// Kills it, and waits for nothing.
    pub fn kill(self) {
        // One that is gone is as good as killed.
        let _ = kill_process(self.0, Signal::KILL);
    }
}
