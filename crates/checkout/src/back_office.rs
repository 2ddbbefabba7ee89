//! [`BackOffice`]: the handle for whoever runs the shop. It sees the orders of all shoppers, so nothing but the
//! administration may hold it.

use std::sync::Arc;
use std::time::Duration;

use crate::observer::StoppedDuplicate;
use crate::order::{Order, OrderId, OrderNumber};
use crate::ports::{Clock, LedgerStore, OrderDesk, OrderSearch, StoreError, Tally};
use crate::time::Timestamp;

/// How many orders a page lists.
const LISTED: u32 = 50;

/// How many prevented duplicates a page lists.
const LATEST: u32 = 20;

/// What the administration needs from outside.
pub struct BackOfficePorts {
    /// The orders of all shoppers.
    pub desk: Arc<dyn OrderDesk>,
    /// The ledger of prevented duplicates.
    pub ledger: Arc<dyn LedgerStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// The administration's service; cheap to clone.
#[derive(Clone)]
pub struct BackOffice {
    pub(crate) ports: Arc<BackOfficePorts>,
}

/// A page of orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderPage {
    /// The orders, latest first.
    pub orders: Vec<Order>,
    /// Where the next page begins, if there is one.
    pub before: Option<OrderId>,
}

/// How many duplicates were prevented over a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prevented {
    /// When the first slot begins.
    pub from: Timestamp,
    /// How long each slot is.
    pub slot: Duration,
    /// How many slots there are.
    pub slots: u32,
    /// How many were prevented in each slot by each layer.
    pub tallies: Vec<Tally>,
}

impl BackOffice {
    /// A service over these ports.
    #[must_use]
    pub fn new(ports: BackOfficePorts) -> Self {
        Self { ports: Arc::new(ports) }
    }

    /// The orders whose number, name or e-mail address was typed, or all of them; those older than `before` only.
    pub async fn search_orders(&self, typed: &str, before: Option<OrderId>) -> Result<OrderPage, StoreError> {
        let search = OrderSearch {
            number: OrderNumber::parse(typed),
            text: typed.trim().to_owned(),
            before,
        };
        let mut orders = self.ports.desk.search_orders(&search, LISTED + 1).await?;
        let more = orders.len() > LISTED as usize;
        orders.truncate(LISTED as usize);
        let before = orders.last().map(|order| order.id).filter(|_| more);
        Ok(OrderPage { orders, before })
    }

    /// The order of this id, whosever it is.
    pub async fn read_order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        self.ports.desk.read_order(id).await
    }

    /// The duplicates that were prevented last.
    pub async fn latest_prevented(&self) -> Result<Vec<StoppedDuplicate>, StoreError> {
        self.ports.ledger.list_latest(LATEST).await
    }

    /// How many duplicates were prevented in each of the latest `slots` slots, the one of now included. Slots begin at
    /// multiples of their length, so that a slot's count only grows.
    pub async fn prevented(&self, slot: Duration, slots: u32) -> Result<Prevented, StoreError> {
        let slot_ms = u64::try_from(slot.as_millis()).unwrap_or(u64::MAX).max(1);
        let current = self.ports.clock.now().unix_ms / slot_ms;
        let from = Timestamp::from_unix_ms((current + 1).saturating_sub(u64::from(slots)) * slot_ms);
        let tallies = self.ports.ledger.tally(from, slot, slots).await?;
        Ok(Prevented {
            from,
            slot,
            slots,
            tallies,
        })
    }
}
