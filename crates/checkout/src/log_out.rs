//! Log out: ends the session in the store, so that no copy of its cookie is worth anything any more. An order that is
//! under way goes on as its own shopper.

use crate::account::SessionSecret;
use crate::accounts::Accounts;
use crate::ports::StoreError;

impl Accounts {
    /// Ends the session. Ending it again is no error.
    pub async fn log_out(&self, secret: &SessionSecret) -> Result<(), StoreError> {
        self.ports.accounts.end_session(secret.digest()).await
    }
}
