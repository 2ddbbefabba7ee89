//! `once-fail-points`: the same server, for crash tests. It waits at one step of the protocol until it is told to go on.
//!
//! `ONCE_FAIL_POINT` names the step. The first attempt that reaches it logs `fail-point NAME reached` and waits for a line
//! on standard input: `panic` makes it panic there, anything else lets it go on. Whoever wants the process killed or
//! stopped at the step sends the signal meanwhile. `once-fail-points list` prints the steps.

use std::io::Write as _;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use checkout::fail_point::{ALL, FailPoint, install};

static PASSED: AtomicBool = AtomicBool::new(false);

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("list") {
        return list();
    }
    install(reached);
    server::program::run().await
}

fn list() -> ExitCode {
    let names: Vec<_> = ALL.iter().map(|point| point.name()).collect();
    match writeln!(std::io::stdout(), "{}", names.join("\n")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn reached(point: FailPoint) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        let chosen = std::env::var("ONCE_FAIL_POINT").is_ok_and(|name| name == point.name());
        if !chosen || PASSED.swap(true, Ordering::AcqRel) {
            return;
        }
        tracing::warn!("fail-point {} reached", point.name());
        let word = tokio::task::spawn_blocking(|| std::io::stdin().lines().next());
        if let Ok(Some(Ok(word))) = word.await
            && word == "panic"
        {
            panic!("at the fail point {}, as told", point.name());
        }
    })
}
