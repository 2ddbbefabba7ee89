//! Resume a session: who a request comes from.

use crate::account::{Identity, SessionSecret};
use crate::accounts::Accounts;
use crate::cart::{CartId, ShopperId};
use crate::ports::StoreError;

impl Accounts {
    /// Who is logged in with this secret; nobody when the session is over.
    pub async fn resume_session(&self, secret: &SessionSecret) -> Result<Option<Identity>, StoreError> {
        let now = self.ports.clock.now();
        self.ports.accounts.find_session(secret.digest(), now).await
    }

    /// Whether a guest became an account. From then on, nobody opens a cart as that guest any more: a copy of the guest's
    /// cookie would put orders into the account.
    pub async fn is_linked(&self, guest: ShopperId) -> Result<bool, StoreError> {
        self.ports.accounts.is_linked(guest).await
    }

    /// As whom an account goes on with a cart: as the guest who began it, or as itself.
    ///
    /// Tokens, repeat guards and orders are bound to the shopper of their cart. That one never changes, so that a
    /// confirmation page from before the login still stands for the same intent, and gets the same order.
    pub async fn shopper_of_cart(&self, account: ShopperId, cart: CartId) -> Result<ShopperId, StoreError> {
        let guest = self.ports.accounts.find_guest_of_cart(account, cart).await?;
        Ok(guest.unwrap_or(account))
    }
}
