//! Cancel an order, and write down that its money was given back: for whoever runs the shop.
//!
//! Both happen once, however often they are asked for: where an order stands is a condition of the statement that moves
//! it. The shop takes no money (orders are paid by invoice), so a refund is a record, and nothing is paid by it.

use crate::back_office::BackOffice;
use crate::order::OrderId;
use crate::ports::{StandingChange, StoreError};

impl BackOffice {
    /// Cancels the order; its pieces come back into the stock. An error decides nothing: ask again.
    pub async fn cancel_order(&self, id: OrderId) -> Result<Option<StandingChange>, StoreError> {
        self.ports.desk.cancel_order(id, self.ports.clock.now()).await
    }

    /// Writes down that the money of a cancelled order was given back.
    pub async fn refund_order(&self, id: OrderId) -> Result<Option<StandingChange>, StoreError> {
        self.ports.desk.refund_order(id, self.ports.clock.now()).await
    }
}
