//! [`Accounts`]: the handle for everything about who a visitor is. Beside [`Checkout`](crate::Checkout), which takes a
//! shopper as given.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::account::{Identity, SessionSecret};
use crate::cart::{CartId, ShopperId};
use crate::ports::{
    AccountStore, Clock, HashError, IdSource, NewSession, PasswordHasher, StoreError, time_ordered_uuid,
};

/// How long a session lasts without logging in again.
pub const SESSION_LIFE: Duration = Duration::from_hours(30 * 24);

/// Everything from outside, chosen at start-up.
pub struct AccountPorts {
    /// Accounts and sessions.
    pub accounts: Arc<dyn AccountStore>,
    /// What is kept of passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn IdSource>,
}

/// A handle that is cheap to clone. Each use case is a method, in a file of its own.
#[derive(Clone)]
pub struct Accounts {
    pub(crate) ports: Arc<AccountPorts>,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}

/// Why nobody is logged in now, though nothing was wrong with what was typed.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The password could not be hashed now.
    #[error("the password could not be hashed")]
    Hashing(#[from] HashError),
    /// The database did not answer.
    #[error("the accounts could not be reached")]
    Unavailable(#[from] StoreError),
}

/// Somebody is logged in.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// What their browser holds from now on, instead of whatever it held.
    pub secret: SessionSecret,
    /// Who they are.
    pub identity: Identity,
}

impl Accounts {
    /// A handle over these ports.
    #[must_use]
    pub fn new(ports: AccountPorts) -> Self {
        Self { ports: Arc::new(ports) }
    }

    /// Begins a session of the account, with a secret that nobody had before, and takes the guest along.
    pub(crate) async fn begin_session(
        &self,
        identity: Identity,
        guest: Option<ShopperId>,
    ) -> Result<LoggedIn, StoreError> {
        let secret = self.new_secret();
        let now = self.ports.clock.now();
        let session = NewSession {
            digest: secret.digest(),
            account: identity.shopper,
            guest,
            new_basket: CartId(time_ordered_uuid(now, self.ports.ids.random_bytes())),
            now,
            expires_at: now.after(SESSION_LIFE),
        };
        self.ports.accounts.begin_session(session).await?;
        Ok(LoggedIn { secret, identity })
    }

    pub(crate) fn new_shopper(&self) -> ShopperId {
        ShopperId::from_uuid(Uuid::from_bytes(self.ports.ids.random_bytes()))
    }

    fn new_secret(&self) -> SessionSecret {
        let mut random = [0; 32];
        random[..16].copy_from_slice(&self.ports.ids.random_bytes());
        random[16..].copy_from_slice(&self.ports.ids.random_bytes());
        SessionSecret::from_bytes(random)
    }
}
