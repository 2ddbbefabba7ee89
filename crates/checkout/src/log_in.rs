//! Log in. What the guest ordered and put into the basket comes along.

use crate::account::{EmailAddress, Password};
use crate::accounts::{Accounts, AccountsError, LoggedIn};
use crate::cart::ShopperId;

/// Somebody claims to own an account.
#[derive(Clone, Debug)]
pub struct LogIn {
    /// What it is found by.
    pub email: EmailAddress,
    /// The password that was typed.
    pub password: Password,
    /// Who they were so far.
    pub guest: Option<ShopperId>,
}

impl Accounts {
    /// Logs in whoever knows the password; `None` for a wrong one and for an address without an account alike, after
    /// as long.
    pub async fn log_in(&self, command: LogIn) -> Result<Option<LoggedIn>, AccountsError> {
        let account = self.ports.accounts.find_account(&command.email).await?;
        let kept = account.as_ref().map(|account| &account.password);
        let is_right = self.ports.passwords.verify(&command.password, kept).await?;
        match account.filter(|_| is_right) {
            Some(account) => Ok(Some(self.begin_session(account.identity, command.guest).await?)),
            None => Ok(None),
        }
    }
}
