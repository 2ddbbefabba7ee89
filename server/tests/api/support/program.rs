//! A shop in a process of its own.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use tempfile::TempDir;

use crate::admin::PASSWORD;

/// The real program, which logs all it can.
pub struct Program {
    child: Child,
    output: Vec<JoinHandle<String>>,
    pub shop: String,
    pub metrics: String,
    _folder: TempDir,
}

impl Program {
    /// With these in its environment, beside its own.
    pub fn start(environment: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let password = folder.path().join("password");
        std::fs::write(&password, PASSWORD).expect("written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_once"));
        command.current_dir(folder.path()).env_clear();
        command.envs([
            ("RUST_LOG", "debug"),
            ("ONCE_LOG", "json"),
            ("LEPTOS_SITE_ADDR", "127.0.0.1:0"),
            ("ONCE_METRICS_ADDR", "127.0.0.1:0"),
            ("ONCE_SECRET", "canary-secret-canary-secret-canary-secret"),
            ("ONCE_MAIL_URL", "file://mail"),
        ]);
        command.env("ONCE_ADMIN_PASSWORD_FILE", &password);
        command.envs(environment.iter().copied());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let (addresses, found) = channel();
        let output = vec![
            collect(child.stdout.take().expect("piped"), addresses.clone()),
            collect(child.stderr.take().expect("piped"), addresses),
        ];
        let next = |what: &str| {
            let line: String = found.recv().expect("it says where it is");
            assert!(line.contains(what), "{line}");
            let (_, address) = line.split_once("http://").expect("an address");
            let end = address.find(|other: char| !other.is_ascii_digit() && !".:".contains(other));
            format!("http://{}", &address[..end.unwrap_or(address.len())])
        };
        let metrics = next("metrics are at");
        let shop = next("Once is open at");
        Self {
            child,
            output,
            shop,
            metrics,
            _folder: folder,
        }
    }

    /// All that it ever said.
    pub fn stop(mut self) -> String {
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(told.expect("it is told").success());
        assert!(self.child.wait().expect("it ends").success());
        let said = self.output.drain(..).map(|reader| reader.join().expect("text"));
        said.collect()
    }
}

/// Reads to the end; lines with an address are told of at once.
fn collect(output: impl Read + Send + 'static, addresses: Sender<String>) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut all = String::new();
        for line in BufReader::new(output).lines() {
            let line = line.expect("text");
            if line.contains("http://127.0.0.1") {
                // Nobody waits for it any more once both are known.
                let _ = addresses.send(line.clone());
            }
            all.push_str(&line);
            all.push('\n');
        }
        all
    })
}
