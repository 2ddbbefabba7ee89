//! A server of the shop: the build with fail points, as a process of its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use crate::process::{Killer, Process, Resource, Signal};

const READY: Duration = Duration::from_secs(30);

/// How long a supervisor waits before it starts a server again.
const PAUSE: Duration = Duration::from_millis(50);

/// Signs everything in these runs.
pub const SECRET: &str = "crash-tests-crash-tests-crash-tests";

/// How a server is started.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Where the orders are.
    pub database_url: String,
    /// Where the tokens are.
    pub redis_url: Option<String>,
    /// `database` or `refuse`.
    pub on_redis_outage: &'static str,
    /// What all times are divided by.
    pub time_scale: u32,
    /// The step at which the first attempt waits.
    pub fail_point: Option<String>,
    /// Signs sessions and tokens.
    pub secret: String,
    /// Where mail is written to, a file each.
    pub mail: Option<PathBuf>,
    /// How far its clock is ahead, in seconds.
    pub clock_ahead_s: i64,
    /// What a disk that is made of memory needs to know.
    pub environment: Vec<(&'static str, String)>,
}

impl Setup {
    /// The claim's lease in this set-up.
    pub fn lease(&self) -> Duration {
        Duration::from_secs(10) / self.time_scale
    }
}

/// A running server.
pub struct Server {
    process: Process,
    /// How its addresses begin.
    pub base: String,
}

impl Server {
    /// Starts one on a free port and waits until it serves; again if it ends, as whatever supervises servers does.
    ///
    /// With times divided, a busy machine can make a start miss a store that is there.
    pub async fn start(setup: &Setup) -> anyhow::Result<Self> {
        let begun = Instant::now();
        loop {
            match Self::start_once(setup).await {
                Err(error) if begun.elapsed() > READY => return Err(error),
                Err(_) => sleep(PAUSE).await,
                Ok(server) => return Ok(server),
            }
        }
    }

    async fn start_once(setup: &Setup) -> anyhow::Result<Self> {
        let mut process = Self::launch(setup)?;
        let log = process.log.clone();
        let open = tokio::select! {
            line = log.wait_for("Once is open at ", READY) => line,
            _ = process.ended(READY) => None,
        };
        let Some(line) = open else {
            process.kill().await?;
            bail!("the server did not start: {}", process.log.text());
        };
        let address = line
            .split("Once is open at ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next());
        let base = address.context("the address in its first words")?.to_owned();
        Ok(Self { process, base })
    }

    /// Starts one, whatever becomes of it.
    pub fn launch(setup: &Setup) -> anyhow::Result<Process> {
        Process::start("the server", &mut Self::command(setup)?)
    }

    /// What starts one.
    pub fn command(setup: &Setup) -> anyhow::Result<Command> {
        // A write past the limit of a file's size is to fail, as on a full disk, and not to kill.
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(binary()?)
            .env_clear()
            .env("NO_COLOR", "1")
            .env("LEPTOS_SITE_ADDR", "127.0.0.1:0")
            .env("DATABASE_URL", &setup.database_url)
            .env("ONCE_SECRET", &setup.secret)
            .env("ONCE_ON_REDIS_OUTAGE", setup.on_redis_outage)
            // All shoppers have one address here, and buy as fast as they can.
            .env("ONCE_CHANGES_PER_MINUTE", "0")
            .env("ONCE_CONNECTIONS_PER_ADDRESS", "8192")
            .envs(setup.environment.iter().map(|(name, value)| (name, value)))
            .args(["--time-scale", &setup.time_scale.to_string()])
            .args(["--clock-ahead-s", &setup.clock_ahead_s.to_string()]);
        if let Some(folder) = &setup.mail {
            command.env("ONCE_MAIL_URL", format!("file://{}", folder.display()));
        }
        if let Some(url) = &setup.redis_url {
            command.env("REDIS_URL", url);
        }
        if let Some(point) = &setup.fail_point {
            command.env("ONCE_FAIL_POINT", point);
        }
        Ok(command)
    }

    /// Waits until an attempt stands at the fail point of the set-up; whether one came.
    pub async fn reached(&self, point: &str, patience: Duration) -> bool {
        self.process
            .log
            .wait_for(&format!("fail-point {point} reached"), patience)
            .await
            .is_some()
    }

    /// Tells the attempt that waits at the fail point what to do.
    pub async fn say(&mut self, word: &str) -> anyhow::Result<()> {
        self.process.say(word).await
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        self.process.signal(signal)
    }

    /// What kills it, wherever it is held.
    pub fn killer(&self) -> anyhow::Result<Killer> {
        self.process.killer()
    }

    /// How much of a resource it may use from now on; none takes the limit away.
    pub fn limit(&self, resource: Resource, most: Option<u64>) -> anyhow::Result<()> {
        self.process.limit(resource, most)
    }

    /// How many bytes it can write to.
    pub fn data_bytes(&self) -> anyhow::Result<u64> {
        self.process.data_bytes()
    }

    /// How many bytes of its memory are there in fact.
    pub fn resident_bytes(&self) -> anyhow::Result<u64> {
        self.process.resident_bytes()
    }

    /// How many files, sockets and pipes it has open.
    pub fn descriptors(&self) -> anyhow::Result<usize> {
        self.process.descriptors()
    }

    /// Waits for a line of its log.
    pub async fn says(&self, part: &str, patience: Duration) -> bool {
        self.process.log.wait_for(part, patience).await.is_some()
    }

    /// Kills it.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        self.process.kill().await
    }

    /// Asks it to end and waits until it did, with all that was under way; whether it went well.
    pub async fn stop(&mut self, patience: Duration) -> anyhow::Result<bool> {
        self.signal(Signal::TERM)?;
        self.ended(patience).await
    }

    /// Waits until it ended by itself; whether it went well.
    pub async fn ended(&mut self, patience: Duration) -> anyhow::Result<bool> {
        self.process.ended(patience).await
    }

    /// What it logged.
    pub fn log(&self) -> String {
        self.process.log.text()
    }
}

/// The steps that the server can be stopped at.
pub async fn fail_points() -> anyhow::Result<Vec<String>> {
    let output = Command::new(binary()?).arg("list").output().await?;
    Ok(String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect())
}

/// The server, which cargo builds beside this program.
fn binary() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let beside = here
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join("once-fail-points"));
    let found = beside.into_iter().find(|path| Path::is_file(path));
    found.with_context(|| {
        format!(
            "once-fail-points is not beside {}; build it: cargo build -p server --features fail-points --bin once-fail-points",
            here.display()
        )
    })
}
