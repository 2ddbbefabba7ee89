use async_trait::async_trait;

use super::StoreError;
use crate::order::{Order, OrderId, OrderNumber, OrderStanding};
use crate::time::Timestamp;

/// What is looked for among the orders of all shoppers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderSearch {
    /// Orders of this number, besides those that hold the text.
    pub number: Option<OrderNumber>,
    /// What the name or the e-mail address holds, in whatever case; nothing looks for nothing in particular.
    pub text: String,
    /// Orders older than this one only.
    pub before: Option<OrderId>,
}

/// Whether a statement moved an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Its condition held.
    Now,
    /// It did not.
    Not,
}

impl Written {
    /// By the number of rows that the statement changed.
    #[must_use]
    pub const fn by(rows: u64) -> Self {
        if rows == 0 { Self::Not } else { Self::Now }
    }
}

/// What became of a change to an order's standing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StandingChange {
    /// It stands so by this call.
    Changed(Order),
    /// It stood so, or had passed it, before. Nothing was written.
    Replayed(Order),
    /// It can not stand so yet. Nothing was written.
    Refused(Order),
}

impl StandingChange {
    /// What a cancellation came to, by whether it was `written` and how the order stands since.
    #[must_use]
    pub fn of_cancelling(written: Written, order: Order) -> Self {
        match written {
            Written::Now => Self::Changed(order),
            Written::Not => Self::Replayed(order),
        }
    }

    /// What a refund came to, by whether it was `written` and how the order stands since.
    #[must_use]
    pub fn of_refunding(written: Written, order: Order) -> Self {
        match (written, order.standing) {
            (Written::Now, _) => Self::Changed(order),
            (Written::Not, OrderStanding::Refunded { .. }) => Self::Replayed(order),
            (Written::Not, OrderStanding::Placed | OrderStanding::Cancelled { .. }) => Self::Refused(order),
        }
    }

    /// The order as it stands now.
    #[must_use]
    pub const fn order(&self) -> &Order {
        match self {
            Self::Changed(order) | Self::Replayed(order) | Self::Refused(order) => order,
        }
    }
}

/// The orders of all shoppers, for whoever runs the shop.
#[async_trait]
pub trait OrderDesk: Send + Sync {
    /// The latest orders that are looked for, latest first, at most `limit`.
    async fn search_orders(&self, search: &OrderSearch, limit: u32) -> Result<Vec<Order>, StoreError>;

    /// The order of this id, whosever it is.
    async fn read_order(&self, id: OrderId) -> Result<Option<Order>, StoreError>;

    /// Cancels the order and puts its pieces back into the stock, both or none; once, however often and by how many it is
    /// asked. `None` when there is no such order.
    async fn cancel_order(&self, id: OrderId, at: Timestamp) -> Result<Option<StandingChange>, StoreError>;

    /// Writes down that the money of a cancelled order was given back; an order that is not cancelled is refused. `None`
    /// when there is no such order.
    async fn refund_order(&self, id: OrderId, at: Timestamp) -> Result<Option<StandingChange>, StoreError>;
}
