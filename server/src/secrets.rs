//! The secret that signs sessions and tokens: given, or made here and kept.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use checkout::token::{Key, KeyRing};
use sha2::{Digest as _, Sha256};

use crate::config::Config;
use crate::system::random;

const SHORTEST: usize = 32;

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
            "the secret has {} characters: give ONCE_SECRET at least {SHORTEST}, from a random source",
            secret.len()
        );
    }
    let session = derive("session", &secret);
    Ok(Secrets {
        session: axum_extra::extract::cookie::Key::derive_from(&session),
        tokens: KeyRing::new(
            Key {
                id: 1,
                secret: derive("order token", &secret),
            },
            vec![],
        ),
    })
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

fn make(file: &Path) -> anyhow::Result<String> {
    let secret = random::<32>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("the folder {} can not be made", folder.display()))?;
    }
    // `create_new`: when two processes start at once, one makes the secret and the other reads it.
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    match made {
        Ok(mut made) => made
            .write_all(secret.as_bytes())
            .map(|()| secret)
            .context("the secret can not be kept"),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => kept(file),
        Err(error) => Err(error).with_context(|| format!("the secret can not be kept in {}", file.display())),
    }
}
