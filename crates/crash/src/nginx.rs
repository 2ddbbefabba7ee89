//! An nginx of its own before the servers, with the configuration that is shipped.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use crate::port::free_port;
use crate::process::Process;

const READY: Duration = Duration::from_secs(10);

/// What is shipped.
const SHIPPED: &str = include_str!("../../../packaging/nginx.conf");

/// The addresses in what is shipped.
const SHOPS: [&str; 2] = ["shop-1:3000", "shop-2:3000"];

/// A running nginx. Stopped with the value.
pub struct Nginx {
    folder: TempDir,
    process: Process,
    /// How its addresses begin.
    pub base: String,
}

impl Nginx {
    /// Starts one in front of the servers at these ports.
    pub async fn start(ports: [u16; 2]) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let port = free_port()?;
        let configuration = folder.path().join("nginx.conf");
        std::fs::write(&configuration, whole(&site(port, ports)?))?;
        let mut command = Command::new(binary()?);
        command.arg("-p").arg(folder.path()).arg("-c").arg(&configuration);
        command.args(["-e", "stderr"]);
        let process = Process::start("nginx", &mut command)?;
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            ensure!(begun.elapsed() < READY, "nginx did not start: {}", process.log.text());
            sleep(Duration::from_millis(20)).await;
        }
        Ok(Self {
            folder,
            process,
            base: format!("http://127.0.0.1:{port}"),
        })
    }

    /// How many requests it has read that begin like this, whatever it answered.
    pub fn has_read(&self, beginning: &str) -> anyhow::Result<i64> {
        let log = std::fs::read_to_string(self.folder.path().join("access.log"))?;
        let read = log.lines().filter(|line| line.starts_with(beginning)).count();
        Ok(i64::try_from(read)?)
    }

    /// How many submissions were sent to a second server because the first one did not answer, and were answered.
    pub fn sent_again(&self) -> anyhow::Result<usize> {
        let log = std::fs::read_to_string(self.folder.path().join("access.log"))?;
        let again = |line: &&str| {
            line.starts_with("POST /api/submit_order 2")
                && line.rsplit(" by ").next().is_some_and(|by| by.contains(", "))
        };
        Ok(log.lines().filter(again).count())
    }
}

/// The shipped site with other addresses.
fn site(port: u16, ports: [u16; 2]) -> anyhow::Result<String> {
    let mut site = SHIPPED.replace("listen 8080;", &format!("listen 127.0.0.1:{port};"));
    for (shop, port) in SHOPS.into_iter().zip(ports) {
        site = site.replace(shop, &format!("127.0.0.1:{port}"));
    }
    if SHOPS.iter().any(|shop| site.contains(shop)) || site.contains("listen 8080") {
        bail!("packaging/nginx.conf names other addresses than this test knows");
    }
    Ok(site)
}

/// What Debian has around a site, in a folder of this run.
fn whole(site: &str) -> String {
    let folders = ["client_body", "proxy", "fastcgi", "scgi", "uwsgi"].map(|what| format!("{what}_temp_path {what};"));
    format!(
        "daemon off;\npid nginx.pid;\nworker_processes 2;\nevents {{ worker_connections 1024; }}\nhttp {{\n\
         {}\nlog_format tried '$request_method $request_uri $status by $upstream_addr';\naccess_log access.log tried;\n{site}\n}}\n",
        folders.join("\n")
    )
}

/// Debian keeps it where only root looks.
fn binary() -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/usr/local/sbin")]);
    let found = folders.map(|folder| folder.join("nginx")).find(|path| path.is_file());
    found.context("nginx is missing: run scripts/setup test; on Debian, apt-get install nginx")
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers outlive it when it is killed. If it is gone already, so are they.
        let _ = self.process.kill_children();
    }
}
