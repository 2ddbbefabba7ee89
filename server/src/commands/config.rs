//! `once config`: every setting, what it is, where it comes from.

use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::say;
use crate::telemetry::traces;

/// Prints one line for each setting. Nothing that opens anything is printed.
pub(crate) fn config(line: &Command, matches: &ArgMatches) -> ExitCode {
    let settings: Vec<_> = line
        .get_arguments()
        .filter_map(|argument| Setting::of(argument, matches))
        .chain([Setting::of_log(std::env::var("RUST_LOG").ok())])
        .chain(
            traces::VARIABLES
                .into_iter()
                .filter(|_| traces::BUILT_IN)
                .map(Setting::of_traces),
        )
        .collect();
    let width = |of: fn(&Setting) -> usize| settings.iter().map(of).max().unwrap_or_default();
    let (name, origin) = (
        width(|setting| setting.name.len()),
        width(|setting| setting.origin.len()),
    );
    let lines: Vec<_> = settings
        .iter()
        .map(|setting| format!("{:name$}  {:origin$}  {}", setting.name, setting.origin, setting.shown))
        .collect();
    say(&lines, ExitCode::SUCCESS)
}

struct Setting {
    name: String,
    origin: &'static str,
    shown: String,
}

impl Setting {
    /// None for what is no setting.
    fn of(argument: &Arg, matches: &ArgMatches) -> Option<Self> {
        let name = argument.get_env()?.to_str()?.to_owned();
        let id = argument.get_id().as_str();
        let origin = match matches.value_source(id) {
            Some(ValueSource::CommandLine) => "command line",
            Some(ValueSource::EnvVariable) => "environment",
            _ => "default",
        };
        let value = matches.get_raw(id).and_then(|mut values| values.next());
        let shown = match value.map(|value| value.to_string_lossy()) {
            None => "not set".to_owned(),
            // What is written in the code is no secret.
            Some(value) if !argument.is_hide_env_values_set() || origin == "default" => value.into_owned(),
            Some(value) if name.ends_with("_URL") => without_credentials(&value),
            Some(_) => "set".to_owned(),
        };
        Some(Self { name, origin, shown })
    }

    fn of_log(value: Option<String>) -> Self {
        Self {
            name: "RUST_LOG".to_owned(),
            origin: if value.is_some() { "environment" } else { "default" },
            shown: value.unwrap_or_else(|| "info,sqlx=warn".to_owned()),
        }
    }

    /// These are nobody's arguments: what they are called is written elsewhere.
    fn of_traces(name: &str) -> Self {
        let value = std::env::var(name).ok();
        let origin = if value.is_some() { "environment" } else { "default" };
        let shown = match value {
            None => "not set".to_owned(),
            Some(value) if name.ends_with("_ENDPOINT") => without_credentials(&value),
            Some(value) => value,
        };
        Self {
            name: name.to_owned(),
            origin,
            shown,
        }
    }
}

/// Where an address leads, without user, password and parameters, which may be secret too.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once(':') else {
        return "set".to_owned();
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    // A password may hold any character: what comes after the last @ is none.
    match rest.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}://…@{place}"),
        None => format!("{scheme}:{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    use crate::config::Config;

    fn settings(arguments: &[&str]) -> Vec<Setting> {
        let line = std::iter::once("once").chain(arguments.iter().copied());
        let matches = Config::command().try_get_matches_from(line).expect("arguments");
        let command = Config::command();
        let settings = command
            .get_arguments()
            .filter_map(|argument| Setting::of(argument, &matches));
        settings.collect()
    }

    #[test]
    fn se_33_no_secret_is_printed() {
        let secret = "canary-canary-canary-canary-canary";
        let url = |scheme| format!("{scheme}://user:{secret}@127.0.0.1/?password={secret}");
        let printed = settings(&[
            "--secret",
            secret,
            "--token-keys",
            secret,
            "--database-url",
            &url("postgres"),
            "--redis-url",
            &url("rediss"),
            "--mail-url",
            &url("smtps"),
            "--admin-password-hash",
            secret,
        ]);
        for setting in &printed {
            assert!(!setting.shown.contains("canary"), "{}: {}", setting.name, setting.shown);
        }
        let shown = |name: &str| {
            let setting = printed.iter().find(|setting| setting.name == name).expect(name);
            (setting.shown.as_str(), setting.origin)
        };
        assert_eq!(shown("ONCE_SECRET"), ("set", "command line"));
        assert_eq!(shown("ONCE_ADMIN_PASSWORD_HASH"), ("set", "command line"));
        assert_eq!(shown("DATABASE_URL"), ("postgres://…@127.0.0.1/", "command line"));
        assert_eq!(shown("ONCE_REPEAT_WINDOW_S"), ("1200", "default"));
    }

    #[test]
    fn what_may_be_secret_is_hidden() {
        for argument in Config::command().get_arguments() {
            let name = argument.get_env().and_then(|name| name.to_str()).unwrap_or_default();
            let secret = ["SECRET", "KEY", "PASSWORD", "URL"]
                .iter()
                .any(|word| name.contains(word));
            let place = name.ends_with("_FILE");
            assert_eq!(argument.is_hide_env_values_set(), secret && !place, "{name}");
        }
    }

    #[test]
    fn of_an_address_only_the_place_is_shown() {
        for (url, shown) in [
            ("sqlite://data/once.db", "sqlite://data/once.db"),
            ("sqlite:data/once.db?cipher=x", "sqlite:data/once.db"),
            ("redis://:p@ss@host:6379/2", "redis://…@host:6379/2"),
            ("hidden", "set"),
        ] {
            assert_eq!(without_credentials(url), shown);
        }
    }
}
