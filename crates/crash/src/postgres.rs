//! A PostgreSQL of its own, which survives being killed: its data stay in its folder until the handle is dropped.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use crate::port::free_port;
use crate::process::{Process, Signal};

const READY: Duration = Duration::from_mins(1);

/// How long its last words may take.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What it says while processes of its last run still have its memory.
const STILL_THERE: &str = "pre-existing shared memory block";

/// A PostgreSQL server.
pub struct Postgres {
    binaries: PathBuf,
    folder: TempDir,
    port: u16,
    process: Option<Process>,
}

impl Postgres {
    /// A folder for one, with nothing in it.
    fn prepare() -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        // Another user has to pass through here.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
        if let Some((user, group)) = other_user()? {
            chown(folder.path(), Some(user), Some(group))?;
        }
        Ok(Self {
            binaries: binaries()?,
            folder,
            port: free_port()?,
            process: None,
        })
    }

    /// Makes a cluster and starts it.
    pub async fn start() -> anyhow::Result<Self> {
        let mut postgres = Self::prepare()?;
        let data = postgres.data();
        let made = postgres
            .program("initdb")?
            .arg("-D")
            .arg(&data)
            .args([
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-locale",
                "--no-sync",
            ])
            .output()
            .await?;
        if !made.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        }
        postgres.restart().await?;
        Ok(postgres)
    }

    /// Starts a standby that follows the server at `port`, which may be a proxy before it.
    pub async fn standby_of(port: u16) -> anyhow::Result<Self> {
        let mut standby = Self::prepare()?;
        let data = standby.data();
        let copied = standby
            .program("pg_basebackup")?
            .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-U", "postgres", "-D"])
            .arg(&data)
            .args(["-R", "-X", "stream", "-c", "fast", "--no-sync"])
            .output()
            .await?;
        if !copied.status.success() {
            bail!("pg_basebackup failed: {}", String::from_utf8_lossy(&copied.stderr));
        }
        standby.restart().await?;
        Ok(standby)
    }

    /// Makes the standby a server of its own. What it did not receive is lost.
    pub async fn promote(&self) -> anyhow::Result<()> {
        self.run("SELECT pg_promote()").await
    }

    /// Runs one statement as its owner.
    pub async fn run(&self, statement: &str) -> anyhow::Result<()> {
        crate::books::run(&format!("{}/postgres", self.root()), statement).await
    }

    /// How large its files may grow from now on, as if its disk had no more room; until it is started again.
    pub async fn limit_files(&self, most_bytes: u64) -> anyhow::Result<()> {
        let process = self.process.as_ref().context("it runs")?;
        for id in process.ids()? {
            // A process is limited by its own user: root may lack the right to limit others' processes.
            let limit = format!("--fsize={most_bytes}:");
            let limited = self
                .owners("prlimit")?
                .args([&limit, "--pid", &id.to_string()])
                .output()
                .await?;
            if !limited.status.success() && Path::new("/proc").join(id.to_string()).exists() {
                bail!("prlimit failed: {}", String::from_utf8_lossy(&limited.stderr));
            }
        }
        Ok(())
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::runs)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of its programs, as a user that it accepts: it refuses root.
    fn program(&self, name: &str) -> anyhow::Result<Command> {
        self.owners(self.binaries.join(name))
    }

    /// A program that runs as the user whose the data are.
    fn owners(&self, program: impl AsRef<std::ffi::OsStr>) -> anyhow::Result<Command> {
        let mut command = match other_user()? {
            None => Command::new(program),
            Some((user, group)) => {
                let mut command = Command::new("setpriv");
                command.args([
                    &format!("--reuid={user}"),
                    &format!("--regid={group}"),
                    "--clear-groups",
                ]);
                command.arg(program);
                command
            }
        };
        command.current_dir(self.folder.path());
        Ok(command)
    }

    /// Starts it again on the same port and data, and waits until it answers; after a kill it recovers first.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        let give_up = Instant::now() + READY;
        self.launch()?;
        while !self.answers().await {
            if !self.runs() {
                let log = self.process.as_ref().context("it was just launched")?.log.clone();
                // Some of those that were killed are not gone yet. Its last words can come after its end.
                let again = log.wait_for(STILL_THERE, LAST_WORDS).await.is_some();
                if !again || Instant::now() > give_up {
                    bail!("PostgreSQL did not start: {}", log.text());
                }
                self.launch()?;
            }
            if Instant::now() > give_up {
                bail!("PostgreSQL does not answer after {READY:?}");
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    fn launch(&mut self) -> anyhow::Result<()> {
        let (port, folder) = (self.port.to_string(), self.folder.path().to_owned());
        let mut command = self.program("postgres")?;
        command
            .arg("-D")
            .arg(self.data())
            .args(["-h", "127.0.0.1", "-p", &port, "-c", "max_connections=300"]);
        command.arg("-k").arg(folder);
        self.process = Some(Process::start("PostgreSQL", &mut command)?);
        Ok(())
    }

    /// Kills every one of its processes at once; they get no chance to write anything.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        let Some(mut process) = self.process.take() else {
            return Ok(());
        };
        process.kill_children()?;
        process.kill().await
    }

    /// Stops it: `fast` lets nobody finish but writes everything down, `immediate` is a crash in good order.
    pub async fn stop(&mut self, mode: StopMode) -> anyhow::Result<()> {
        let Some(mut process) = self.process.take() else {
            return Ok(());
        };
        process.signal(match mode {
            StopMode::Fast => Signal::INT,
            StopMode::Immediate => Signal::QUIT,
        })?;
        process.ended(READY).await.map(drop)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How the addresses of its databases begin.
    pub fn root(&self) -> String {
        root(self.port)
    }

    async fn answers(&self) -> bool {
        sqlx::any::install_default_drivers();
        match AnyConnection::connect(&format!("{}/postgres", self.root())).await {
            Ok(connection) => connection.close().await.is_ok(),
            Err(_) => false,
        }
    }
}

/// How the addresses of databases at `port` begin.
pub fn root(port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}")
}

/// Makes the database `name`, as a copy of `template` if there is one. Gives its address.
pub async fn create(root: &str, name: &str, template: Option<&str>) -> anyhow::Result<String> {
    sqlx::any::install_default_drivers();
    let template = template.map(|name| format!(" TEMPLATE {name}")).unwrap_or_default();
    let mut connection = AnyConnection::connect(&format!("{root}/postgres")).await?;
    connection
        .execute(AssertSqlSafe(format!("CREATE DATABASE {name}{template}")))
        .await?;
    connection.close().await?;
    Ok(format!("{root}/{name}"))
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(process) = &self.process {
            // Without it they would outlive the postmaster for a while, in a folder that is gone.
            let _ = process.kill_children();
        }
    }
}

/// How PostgreSQL is stopped.
#[derive(Clone, Copy, Debug)]
pub enum StopMode {
    /// Sessions are ended.
    Fast,
    /// Everything is dropped; the next start recovers.
    Immediate,
}

/// The folder of the newest release.
fn binaries() -> anyhow::Result<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .max()
        .map(|release| Path::new("/usr/lib/postgresql").join(release.to_string()).join("bin"));
    let on_path = || {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file())
    };
    newest
        .or_else(on_path)
        .context("PostgreSQL is missing; install it, on Debian with: apt-get install postgresql")
}

/// User and group to run as, when this is root.
fn other_user() -> anyhow::Result<Option<(u32, u32)>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd")?;
    let entry = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let user = entry("postgres").or_else(|| entry("nobody"));
    user.map(Some).context("neither `postgres` nor `nobody` is a user here")
}
