//! The password of the administration, as it was set.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use checkout::account::{Password, PasswordHash};

use crate::config::Config;
use crate::passwords;

/// The fewest characters of a password that stands in a file as it is.
const FEWEST_CHARACTERS: usize = 12;

/// A password that was set.
pub(super) struct Set {
    /// What it is compared with.
    pub(super) hash: PasswordHash,
    /// The setting itself, the same for every server of the shop.
    pub(super) text: String,
}

/// The password of the settings, if there is one.
pub(super) fn of(config: &Config) -> anyhow::Result<Option<Set>> {
    match (&config.admin_password_hash, &config.admin_password_file) {
        (Some(hash), _) => hashed(hash.trim(), "ONCE_ADMIN_PASSWORD_HASH").map(Some),
        (None, Some(file)) => of_file(file).map(Some),
        (None, None) => Ok(None),
    }
}

fn of_file(file: &Path) -> anyhow::Result<Set> {
    let text = fs::read_to_string(file);
    let text = text.with_context(|| format!("the administration's password in {} can not be read", file.display()))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.starts_with("$argon2") {
        return hashed(text.trim(), &file.display().to_string());
    }
    let characters = text.chars().count();
    if characters < FEWEST_CHARACTERS {
        bail!(
            "the administration's password in {} has {characters} characters: give it at least {FEWEST_CHARACTERS}",
            file.display()
        );
    }
    let Ok(password) = Password::enter(text) else {
        bail!("the administration's password in {} is too long", file.display());
    };
    let hash = passwords::hash(password.as_bytes()).context("the administration's password could not be hashed")?;
    Ok(Set {
        hash: PasswordHash::from_phc(hash),
        text: text.to_owned(),
    })
}

/// Never prints what it was given: it may be the password itself, set in the wrong place.
fn hashed(text: &str, place: &str) -> anyhow::Result<Set> {
    if !passwords::is_hash(text) {
        bail!("{place} holds no argon2id hash: it begins with $argon2id$ (in a shell, quote it: '$argon2id$…')");
    }
    Ok(Set {
        hash: PasswordHash::from_phc(text.to_owned()),
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use tempfile::TempDir;

    use super::*;

    fn set(arguments: &[&str]) -> anyhow::Result<Option<Set>> {
        let line = ["once"].iter().chain(arguments);
        of(&Config::try_parse_from(line).expect("a configuration"))
    }

    fn refusal(arguments: &[&str]) -> String {
        let Err(error) = set(arguments) else {
            panic!("{arguments:?} is taken")
        };
        error.to_string()
    }

    #[test]
    fn without_a_password_there_is_none() {
        assert!(set(&[]).expect("nothing wrong").is_none());
    }

    #[test]
    fn a_hash_is_taken_and_what_is_none_is_refused_and_not_repeated() {
        let hash = passwords::hash(b"correct horse battery").expect("hashed");
        let taken = set(&["--admin-password-hash", &hash]).expect("taken").expect("set");
        assert_eq!(taken.hash.as_phc(), hash);
        for wrong in [
            "correct horse battery",
            "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
            "$argon2id$",
        ] {
            let text = refusal(&["--admin-password-hash", wrong]);
            assert!(
                text.starts_with("ONCE_ADMIN_PASSWORD_HASH holds no argon2id hash"),
                "{text}"
            );
            assert!(!text.contains("horse") && !text.contains("c2FsdHNhbHQ"), "{text}");
        }
    }

    #[test]
    fn a_file_holds_the_password_or_its_hash() {
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("password");
        let argument = file.display().to_string();
        let with = |text: &str| fs::write(&file, text).expect("written");
        with("correct horse battery\n");
        let taken = set(&["--admin-password-file", &argument]).expect("taken").expect("set");
        assert!(passwords::is_hash(taken.hash.as_phc()));
        assert_eq!(taken.text, "correct horse battery");
        let hash = passwords::hash(b"correct horse battery").expect("hashed");
        with(&format!("{hash}\n"));
        let taken = set(&["--admin-password-file", &argument]).expect("taken").expect("set");
        assert_eq!(taken.hash.as_phc(), hash);
        with("short\n");
        assert!(refusal(&["--admin-password-file", &argument]).contains("has 5 characters"));
        with(&"x".repeat(10_000));
        assert!(refusal(&["--admin-password-file", &argument]).ends_with("is too long"));
        fs::remove_file(&file).expect("removed");
        assert!(refusal(&["--admin-password-file", &argument]).ends_with("can not be read"));
    }
}
