//! The secret that signs sessions and tokens: given, or made here and kept.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use checkout::token::{Key, KeyRing};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::config::Config;
use crate::system::random;

const SHORTEST: usize = 32;

/// The id of the token key that is derived from the one secret.
const DERIVED_KEY: u8 = 1;

/// What is derived from the one secret, each for its own purpose.
pub(crate) struct Secrets {
    pub(crate) session: axum_extra::extract::cookie::Key,
    pub(crate) tokens: KeyRing,
}

/// The given secret, or the one that is kept.
pub(crate) fn load(config: &Config) -> anyhow::Result<Secrets> {
    let secret = match &config.secret {
        Some(secret) => secret.clone(),
        None => kept(&config.secret_file)?,
    };
    if secret.len() < SHORTEST {
        bail!(
            "the secret has {} bytes: give ONCE_SECRET at least {SHORTEST}, from a random source",
            secret.len()
        );
    }
    let session = derive("session", &secret);
    let tokens = match &config.token_keys {
        Some(listed) => key_ring(listed)?,
        None => KeyRing::new(token_key(DERIVED_KEY, &secret), vec![]),
    };
    Ok(Secrets {
        session: axum_extra::extract::cookie::Key::derive_from(&session),
        tokens,
    })
}

/// Where the secret comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It is given.
    Given,
    /// It was made here and is kept in the file.
    Kept {
        /// Whether other users of the machine can read it.
        exposed: bool,
    },
    /// The first start makes it.
    NotYet,
}

/// Looks whether the secrets are good, and makes none.
pub(crate) fn examine(config: &Config) -> anyhow::Result<Origin> {
    if config.secret.is_none() && !config.secret_file.exists() {
        if let Some(listed) = &config.token_keys {
            key_ring(listed)?;
        }
        return Ok(Origin::NotYet);
    }
    load(config)?;
    if config.secret.is_some() {
        return Ok(Origin::Given);
    }
    let mode = fs::metadata(&config.secret_file)?.permissions().mode();
    Ok(Origin::Kept {
        exposed: mode & 0o077 != 0,
    })
}

/// The ring that is listed as `ID:SECRET,ID:SECRET…`: the first key signs, all are accepted.
///
/// Names the keys by their place and never prints them.
fn key_ring(listed: &str) -> anyhow::Result<KeyRing> {
    let mut keys: Vec<Key> = Vec::new();
    for (index, entry) in listed.split(',').enumerate() {
        let place = index + 1;
        let (id, secret) = entry.trim().split_once(':').with_context(|| {
            format!("key {place} of ONCE_TOKEN_KEYS is no ID:SECRET, such as 2:… with {SHORTEST} random bytes")
        })?;
        let id: u8 = id.parse().ok().filter(|id| *id > 0).with_context(|| {
            format!("key {place} of ONCE_TOKEN_KEYS needs an id from 1 to 255 in front of its colon")
        })?;
        if secret.len() < SHORTEST {
            bail!(
                "key {id} of ONCE_TOKEN_KEYS has {} bytes: give it at least {SHORTEST}, from a random source",
                secret.len()
            );
        }
        if keys.iter().any(|key| key.id == id) {
            bail!("ONCE_TOKEN_KEYS has two keys with the id {id}: give each an id of its own, and a new key a new one");
        }
        keys.push(token_key(id, secret));
    }
    let signing = keys.remove(0);
    Ok(KeyRing::new(signing, keys))
}

fn token_key(id: u8, secret: &str) -> Key {
    Key {
        id,
        secret: derive("order token", secret),
    }
}

fn derive(purpose: &str, secret: &str) -> [u8; 32] {
    Sha256::new_with_prefix(b"once secret 1\n")
        .chain_update(purpose)
        .chain_update(b"\n")
        .chain_update(secret)
        .finalize()
        .into()
}

fn kept(file: &Path) -> anyhow::Result<String> {
    match fs::read_to_string(file) {
        Ok(secret) => Ok(secret.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(file),
        Err(error) => Err(error).with_context(|| format!("the secret in {} can not be read", file.display())),
    }
}

/// Makes a secret and keeps it. Whoever reads the file reads all of it: it is written under another name first, and
/// when two processes start at once, one of them gives it its name and the other reads it.
fn make(file: &Path) -> anyhow::Result<String> {
    let secret = Uuid::from_bytes(random()).simple().to_string() + &Uuid::from_bytes(random()).simple().to_string();
    let draft = file.with_extension(Uuid::from_bytes(random()).simple().to_string());
    let kept = write(file, &draft, &secret);
    // What is left of it is of no use to anyone.
    let _ = fs::remove_file(&draft);
    match kept {
        Ok(()) => Ok(secret),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self::kept(file),
        Err(error) => Err(error).with_context(|| format!("the secret can not be kept in {}", file.display())),
    }
}

fn write(file: &Path, draft: &Path, secret: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(draft)?;
    made.write_all(secret.as_bytes())?;
    made.sync_all()?;
    fs::hard_link(draft, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_of_keys_is_read_and_a_bad_one_is_refused_without_being_printed() {
        let secret = "canary-canary-canary-canary-canary";
        key_ring(&format!("2:{secret}, 1:{secret}x")).expect("two keys");
        for (bad, says) in [
            (secret.to_owned(), "no ID:SECRET"),
            (format!("0:{secret}"), "from 1 to 255"),
            (format!("256:{secret}"), "from 1 to 255"),
            (format!("2:{secret},2:{secret}x"), "two keys with the id 2"),
            ("1:canary".to_owned(), "at least 32"),
            (String::new(), "no ID:SECRET"),
            (format!("1:{secret},"), "key 2"),
        ] {
            let refused = format!("{:#}", key_ring(&bad).expect_err(says));
            assert!(
                refused.contains(says) && refused.contains("ONCE_TOKEN_KEYS"),
                "{refused}"
            );
            assert!(!refused.contains("canary"), "{refused}");
        }
    }

    #[test]
    fn processes_that_start_at_once_share_one_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("data/secret");
        let starts: Vec<_> = (0..8)
            .map(|_| {
                let file = file.clone();
                std::thread::spawn(move || kept(&file).expect("a secret"))
            })
            .collect();
        let secrets: Vec<_> = starts
            .into_iter()
            .map(|start| start.join().expect("no panic"))
            .collect();
        assert!(secrets.iter().all(|secret| secret == &secrets[0] && secret.len() == 64));
        assert_eq!(
            fs::read_dir(folder.path().join("data")).expect("a folder").count(),
            1,
            "no draft is left"
        );
    }
}
