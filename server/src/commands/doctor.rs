//! `once doctor`: everything that the shop needs, one line each, and what to mend.

mod checks;

use std::fmt;
use std::process::ExitCode;

use super::say;
use crate::config::Config;

/// Prints what is well and what is not; fails when the shop would not open, or would not be safe.
pub(crate) async fn doctor(config: &Config) -> ExitCode {
    let findings = checks::all(config).await;
    let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
    let failed = findings.iter().any(|finding| matches!(finding.state, State::Wrong(_)));
    say(&lines, ExitCode::from(u8::from(failed)))
}

/// What was found of one thing.
#[derive(Debug)]
struct Finding {
    what: &'static str,
    state: State,
}

/// The texts say what is so, and then what to do.
#[derive(Debug)]
enum State {
    Well(String),
    /// The shop opens, and is worse than it could be.
    Doubtful(String),
    /// The shop does not open.
    Wrong(String),
    /// It could not be looked at, because of something else that is wrong.
    Unknown,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, text) = match &self.state {
            State::Well(text) => ("ok", text.as_str()),
            State::Doubtful(text) => ("warning", text.as_str()),
            State::Wrong(text) => ("FAILED", text.as_str()),
            State::Unknown => ("-", "not looked at, because of what failed above"),
        };
        write!(f, "{word:7}  {:10}  {text}", self.what)
    }
}
