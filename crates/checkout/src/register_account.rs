//! Register an account. What the guest ordered and put into the basket comes along.

use crate::account::{EmailAddress, Identity, Password};
use crate::accounts::{Accounts, AccountsError, LoggedIn};
use crate::cart::ShopperId;
use crate::ports::{AccountAddition, NewAccount};

/// Somebody wants an account.
#[derive(Clone, Debug)]
pub struct RegisterAccount {
    /// What it is to be found by.
    pub email: EmailAddress,
    /// The password that was chosen.
    pub password: Password,
    /// Who they were so far.
    pub guest: Option<ShopperId>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum Registration {
    /// The account stands, and its owner is logged in.
    Registered(LoggedIn),
    /// The e-mail address has an account. Whoever asks learns that much: only a mail to the address could tell its owner
    /// and nobody else, and not every shop sends mail.
    EmailTaken,
}

impl Accounts {
    /// Adds the account and logs its owner in. The password is hashed before it is known whether the address is taken.
    pub async fn register_account(&self, command: RegisterAccount) -> Result<Registration, AccountsError> {
        let password = self.ports.passwords.hash(&command.password).await?;
        let identity = Identity {
            // A new id, and not the guest's: whoever holds a copy of the guest's cookie gets nothing of the account.
            shopper: self.new_shopper(),
            email: command.email.as_str().to_owned(),
        };
        let account = NewAccount {
            shopper: identity.shopper,
            email: command.email,
            password,
            created_at: self.ports.clock.now(),
        };
        match self.ports.accounts.add_account(account).await? {
            AccountAddition::Added => Ok(Registration::Registered(
                self.begin_session(identity, command.guest).await?,
            )),
            AccountAddition::EmailTaken => Ok(Registration::EmailTaken),
        }
    }
}
