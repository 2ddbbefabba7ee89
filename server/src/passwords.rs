//! What is kept of passwords: argon2id.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use async_trait::async_trait;
use checkout::account::{Password, PasswordHash};
use checkout::ports::{HashError, PasswordHasher};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::system::random;

/// Memory, passes and lanes: the first choice of the OWASP Password Storage Cheat Sheet for argon2id that fits into
/// 20 MiB.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How many passwords are hashed at once. Each takes a core and 19 MiB; those who buy need cores too.
const AT_ONCE: usize = 2;

/// How long a password waits for its turn. Longer, and whoever sends it has given up.
const PATIENCE: Duration = Duration::from_secs(2);

/// Hashes on threads of their own, a few at a time.
pub(crate) struct Argon2Passwords {
    turns: Arc<Semaphore>,
}

impl Argon2Passwords {
    pub(crate) fn new() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, HashError> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        // It is never closed, so that only the wait can fail.
        turn.ok().and_then(Result::ok).ok_or(HashError::Busy)
    }

    /// Runs `work` off the threads that serve. It keeps its turn until it is over, even when nobody waits any more.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let turn = self.turn().await?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|broken| HashError::Failed(broken.into()))?
    }
}

#[async_trait]
impl PasswordHasher for Argon2Passwords {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let password = password.clone();
        self.in_turn(move || hash(password.as_bytes()).map(PasswordHash::from_phc))
            .await
    }

    async fn verify(&self, password: &Password, kept: Option<&PasswordHash>) -> Result<bool, HashError> {
        let (password, kept) = (password.clone(), kept.cloned());
        self.in_turn(move || match kept {
            Some(kept) => verify(password.as_bytes(), kept.as_phc()),
            // What there is nothing to compare with takes as long as what there is.
            None => hash(password.as_bytes()).map(|_| false),
        })
        .await
    }
}

fn argon2() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| HashError::Failed(error.into()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// What to keep of a password.
pub(crate) fn hash(password: &[u8]) -> Result<String, HashError> {
    let made = argon2()?.hash_password_with_salt(password, &random::<16>());
    made.map(|hash| hash.to_string())
        .map_err(|error| HashError::Failed(error.into()))
}

/// Whether this is a hash that can be verified.
pub(crate) fn is_hash(text: &str) -> bool {
    Phc::new(text).is_ok_and(|hash| hash.algorithm == Algorithm::Argon2id.ident())
}

/// By the parameters that stand in the hash, so that old hashes stay good when new ones cost more.
fn verify(password: &[u8], kept: &str) -> Result<bool, HashError> {
    let kept = Phc::new(kept).map_err(|error| HashError::Failed(error.into()))?;
    match argon2()?.verify_password(password, &kept) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(HashError::Failed(error.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(typed: &str) -> Password {
        Password::enter(typed).expect("a password")
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_with_a_salt_of_its_own_and_knows_its_password_alone() {
        let passwords = Argon2Passwords::new();
        let (right, wrong) = (password("correct horse"), password("correct house"));
        let kept = passwords.hash(&right).await.expect("hashed");
        assert!(
            kept.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "the parameters"
        );
        assert_ne!(kept, passwords.hash(&right).await.expect("hashed"), "the salt");
        let verify = async |typed, kept| passwords.verify(typed, kept).await.expect("hashed");
        assert!(verify(&right, Some(&kept)).await);
        assert!(!verify(&wrong, Some(&kept)).await);
        assert!(!verify(&right, None).await, "an address without an account");
    }

    #[tokio::test]
    async fn what_is_kept_and_is_no_hash_is_a_failure_and_not_a_wrong_password() {
        let broken = PasswordHash::from_phc("$argon2id$broken".into());
        let answer = Argon2Passwords::new()
            .verify(&password("correct horse"), Some(&broken))
            .await;
        assert!(matches!(answer, Err(HashError::Failed(_))), "{answer:?}");
    }

    #[tokio::test]
    async fn more_passwords_than_turns_are_told_so() {
        let passwords = Argon2Passwords::new();
        let all = Arc::clone(&passwords.turns).acquire_many_owned(2).await.expect("free");
        tokio::time::pause();
        let answer = passwords.hash(&password("correct horse")).await;
        assert!(matches!(answer, Err(HashError::Busy)), "{answer:?}");
        tokio::time::resume();
        drop(all);
        passwords.hash(&password("correct horse")).await.expect("hashed");
    }
}
