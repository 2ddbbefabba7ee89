//! A PostgreSQL of one test, which may stop it and change its settings.

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use checkout::testing::Fixture;

/// Ends with the value.
pub struct Server {
    folder: PathBuf,
    port: u16,
}

impl Server {
    pub fn start() -> Self {
        let name = format!("once-{}", Fixture::new_uuid().simple());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).expect("a folder");
        // PostgreSQL may run as another user, who makes its data in here.
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o777)).expect("opened to all");
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.expect("a port").port();
        let server = Self { folder, port };
        server.run(
            "initdb",
            &[
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
            ],
        );
        server.control(&["start"]);
        server
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Waits until it accepts connections again.
    pub fn restart(&self, mode: &str) {
        self.control(&["restart", "--mode", mode]);
    }

    fn control(&self, arguments: &[&str]) {
        let log = self.folder.join("log");
        let options = format!("-h 127.0.0.1 -p {} -k {}", self.port, self.folder.display());
        let common = [
            "--wait",
            "--silent",
            "--log",
            &log.display().to_string(),
            "--options",
            &options,
        ];
        self.run("pg_ctl", &[arguments, &common].concat());
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let data = self.folder.join("data");
        let status = self
            .unprivileged(program)
            .arg("--pgdata")
            .arg(data)
            .args(arguments)
            .status();
        let status = status.unwrap_or_else(|error| panic!("{program} can not be run: {error}"));
        assert!(status.success(), "{program} {arguments:?}: {status}");
    }

    /// PostgreSQL refuses to run as root.
    fn unprivileged(&self, program: &str) -> Command {
        let is_root = std::fs::metadata("/proc/self").expect("Linux").uid() == 0;
        let mut command = if is_root {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", program]);
            command
        } else {
            Command::new(program)
        };
        command
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        let mut stop = self.unprivileged("pg_ctl");
        // When that fails there is nobody left to tell.
        let _ = stop
            .arg("--pgdata")
            .arg(data)
            .args(["stop", "--mode", "immediate"])
            .status();
        // What is left over is in the system's folder for such things.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
