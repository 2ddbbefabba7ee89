//! A Redis of one's own.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Client, FromRedisValue};
use tempfile::TempDir;

use super::until;

/// A port that nobody uses: below those that the system gives to connections going out, which come and go.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let offset = u16::try_from(std::process::id() % 1_000).expect("below 1000") * 10;
    loop {
        let port = 20_000 + (offset + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Runs a command to its end; what it printed.
pub fn run(program: &str, arguments: &[String]) -> String {
    let done = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let done = done.unwrap_or_else(|error| panic!("{program} can not be run: {error}"));
    let printed = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{program} {arguments:?}: {printed}");
    printed
}

/// A Redis in a folder of its own, killed when it is dropped.
pub struct Server {
    pub port: u16,
    folder: TempDir,
    arguments: Vec<String>,
    child: Option<Child>,
    takes_connections_only: bool,
}

impl Server {
    /// An empty Redis that keeps nothing on disk, with further options.
    pub async fn start(options: &[&str]) -> Self {
        let mut server = Self::prepare(options);
        server.begin().await;
        server
    }

    /// A Redis that is not started yet: its folder may be filled.
    pub fn prepare(options: &[&str]) -> Self {
        let port = free_port();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let home = folder.path().display().to_string();
        let port_text = port.to_string();
        let mut arguments: Vec<String> = ["--port", &port_text, "--bind", "127.0.0.1", "--dir", &home]
            .iter()
            .chain(&["--save", "", "--appendonly", "no", "--enable-debug-command", "yes"])
            .chain(options)
            .map(ToString::to_string)
            .collect();
        arguments.extend(["--loglevel", "warning"].map(ToOwned::to_owned));
        Self {
            port,
            folder,
            arguments,
            child: None,
            takes_connections_only: false,
        }
    }

    /// A Sentinel: `configuration` is what it reads and rewrites.
    pub async fn sentinel(configuration: &str) -> Self {
        let mut sentinel = Self::prepare(&[]);
        let home = sentinel.folder().display().to_string();
        let file = sentinel.folder().join("sentinel.conf");
        let text = format!("port {}\nbind 127.0.0.1\ndir {home}\n{configuration}\n", sentinel.port);
        std::fs::write(&file, text).expect("the configuration is written");
        sentinel.arguments = vec![file.display().to_string(), "--sentinel".to_owned()];
        sentinel.begin().await;
        sentinel
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn option(&mut self, name: &str, value: &str) {
        self.arguments.extend([name, value].map(ToOwned::to_owned));
    }

    /// The test itself can not enter: the server is up once it takes connections.
    pub fn enter_at_any_answer(&mut self) {
        self.takes_connections_only = true;
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts it, also again, and waits for its PONG.
    pub async fn begin(&mut self) {
        let child = Command::new("redis-server")
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        self.child = Some(child.expect("redis-server is installed"));
        until("the server answers", async || {
            let child = self.child.as_mut().expect("it was started");
            let ended = child.try_wait().expect("a child");
            assert!(ended.is_none(), "redis-server {:?} did not start", self.arguments);
            self.answers().await
        })
        .await;
    }

    async fn answers(&self) -> bool {
        if self.takes_connections_only {
            return TcpStream::connect(("127.0.0.1", self.port)).is_ok();
        }
        let Ok(mut connection) = self.try_admin().await else {
            return false;
        };
        redis::cmd("PING").query_async::<String>(&mut connection).await.is_ok()
    }

    async fn try_admin(&self) -> redis::RedisResult<MultiplexedConnection> {
        let client = Client::open(self.url())?;
        let config = redis::AsyncConnectionConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(10)))
            .set_response_timeout(Some(Duration::from_secs(30)));
        client.get_multiplexed_async_connection_with_config(&config).await
    }

    /// A connection of the test's own.
    pub async fn admin(&self) -> MultiplexedConnection {
        self.try_admin().await.expect("the server answers")
    }

    /// A command, in words that are parted by spaces.
    pub async fn tell<T: FromRedisValue>(&self, command: &str) -> T {
        self.try_tell(command)
            .await
            .unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    pub async fn try_tell<T: FromRedisValue>(&self, command: &str) -> redis::RedisResult<T> {
        let mut words = command.split(' ');
        let mut cmd = redis::cmd(words.next().expect("a command"));
        for word in words {
            cmd.arg(word);
        }
        cmd.query_async(&mut self.try_admin().await?).await
    }

    /// Whether the answer has this part; a server that does not answer says nothing.
    pub async fn says(&self, command: &str, part: &str) -> bool {
        let answer = self.try_tell::<String>(command).await;
        answer.is_ok_and(|answer| answer.contains(part))
    }

    pub async fn keys(&self) -> Vec<String> {
        self.tell("KEYS *").await
    }

    /// Stops it at once, as a crash does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it runs");
            child.wait().expect("it ended");
        }
    }

    /// Stands still: connections stay, nothing is answered.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.as_ref().expect("it runs").id().to_string();
        run("kill", &[signal.to_owned(), id]);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A panic that is already under way must not be hidden by another.
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
