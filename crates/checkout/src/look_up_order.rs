//! Look up an order by its number and its e-mail address: for whoever knows both, wherever they are.

use crate::account::email_key;
use crate::accounts::Accounts;
use crate::cart::ShopperId;
use crate::order::{OrderId, OrderNumber};
use crate::ports::StoreError;

impl Accounts {
    /// The order, which `reader` may see from now on. `None` says nothing of what was wrong: the number, the address, or
    /// both.
    pub async fn look_up_order(
        &self,
        reader: ShopperId,
        number: &OrderNumber,
        email: &str,
    ) -> Result<Option<OrderId>, StoreError> {
        self.ports.accounts.open_order(reader, number, &email_key(email)).await
    }
}
