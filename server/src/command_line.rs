//! What may not stand on the command line: secrets. Whoever lists the processes of a machine reads it there, and a shell keeps
//! it in its history.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

/// Refuses a line that holds a secret, with the variable that is made for it.
pub(crate) fn refuse_secrets(line: &mut Command, matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some(told) = line.get_arguments().find_map(|argument| told(argument, matches)) else {
        return Ok(());
    };
    Err(line.error(ErrorKind::InvalidValue, told))
}

/// What to write instead, if a secret is given as this argument.
fn told(argument: &Arg, matches: &ArgMatches) -> Option<String> {
    let (variable, id) = (argument.get_env()?.to_str()?, argument.get_id().as_str());
    let is_typed = matches.value_source(id) == Some(ValueSource::CommandLine);
    if !is_typed || !argument.is_hide_env_values_set() {
        return None;
    }
    let name = argument.get_long()?;
    if !variable.ends_with("_URL") {
        return Some(format!(
            "--{name} would show the secret to whoever lists processes: put it into the environment, as {variable}"
        ));
    }
    let url = matches.get_raw(id)?.next()?.to_string_lossy();
    holds_password(&url).then(|| {
        format!(
            "--{name} with a password would show it to whoever lists processes: put the address into the environment, as \
             {variable}"
        )
    })
}

/// Whether the address has a password, in front of its place or as a parameter.
fn holds_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    // A password may hold any character: the last @ ends it.
    let in_front = rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    let mut parameters = rest.split(['?', '&']).skip(1);
    in_front || parameters.any(|parameter| parameter.to_lowercase().contains("pass"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::config::Config;

    fn refused(arguments: &[&str]) -> Option<String> {
        let line = std::iter::once("once").chain(arguments.iter().copied());
        let mut command = Config::command();
        let matches = command.clone().try_get_matches_from(line).expect("arguments");
        let refused = refuse_secrets(&mut command, &matches);
        refused.err().map(|error| error.to_string())
    }

    #[test]
    fn se_33_no_secret_is_taken_from_the_command_line() {
        for (argument, value, variable) in [
            ("--secret", "canary", "ONCE_SECRET"),
            ("--token-keys", "1:canary", "ONCE_TOKEN_KEYS"),
            ("--admin-password-hash", "canary", "ONCE_ADMIN_PASSWORD_HASH"),
            (
                "--database-url",
                "postgres://once:canary@localhost/once",
                "DATABASE_URL",
            ),
            ("--redis-url", "rediss://:can@ry@localhost", "REDIS_URL"),
            ("--mail-url", "smtps://ada:canary@localhost", "ONCE_MAIL_URL"),
        ] {
            let refused = refused(&[argument, value]).expect(argument);
            assert!(refused.contains(argument) && refused.contains(variable), "{refused}");
            assert!(!refused.contains("can"), "{refused}");
        }
    }

    #[test]
    fn an_address_without_a_password_may_stand_on_the_command_line() {
        for (url, held) in [
            ("sqlite://data/once.db", false),
            ("sqlite:data/once.db?mode=rwc", false),
            ("postgres://once@localhost:5432/once?sslmode=require", false),
            ("postgres://localhost/once?user=ada&password=canary", true),
            ("postgres://localhost/once?sslmode=require&PASSWORD=canary", true),
            ("postgres://once:canary?@localhost/once", true),
            ("redis+sentinel://:canary@one:26379,two:26379/once", true),
            ("redis+cluster://one:6379,two:6379", false),
        ] {
            assert_eq!(holds_password(url), held, "{url}");
            let refused = refused(&["--database-url", url, "--secret-file", "data/secret"]);
            assert_eq!(refused.is_some(), held, "{url}: {refused:?}");
        }
        assert_eq!(refused(&[]), None);
    }
}
