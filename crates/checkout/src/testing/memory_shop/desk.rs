//! The orders of the shop in memory, for whoever runs it.

use async_trait::async_trait;

use super::MemoryShop;
use super::tables::Tables;
use crate::order::{Order, OrderId, OrderStanding};
use crate::ports::{OrderDesk, OrderSearch, StandingChange, StoreError};
use crate::time::Timestamp;

impl Tables {
    fn cancel(&mut self, id: OrderId, at: Timestamp) -> Option<StandingChange> {
        let order = self.orders.iter_mut().find(|order| order.id == id)?;
        if order.standing != OrderStanding::Placed {
            return Some(StandingChange::Replayed(order.clone()));
        }
        order.standing = OrderStanding::Cancelled { at };
        let order = order.clone();
        for line in &order.lines {
            let product = self.products.iter_mut().find(|product| product.slug == line.slug);
            product.expect("products are never removed").stock += line.quantity.get();
        }
        Some(StandingChange::Changed(order))
    }

    fn refund(&mut self, id: OrderId, at: Timestamp) -> Option<StandingChange> {
        let order = self.orders.iter_mut().find(|order| order.id == id)?;
        match order.standing {
            OrderStanding::Placed => Some(StandingChange::Refused(order.clone())),
            OrderStanding::Refunded { .. } => Some(StandingChange::Replayed(order.clone())),
            OrderStanding::Cancelled { at: cancelled_at } => {
                order.standing = OrderStanding::Refunded { cancelled_at, at };
                Some(StandingChange::Changed(order.clone()))
            }
        }
    }

    fn search(&self, search: &OrderSearch) -> Vec<Order> {
        let text = search.text.to_lowercase();
        let key = |order: &Order| (order.placed_at, order.id);
        let before = search
            .before
            .and_then(|id| self.orders.iter().find(|order| order.id == id));
        let found = self.orders.iter().filter(|order| {
            let holds = |field: &str| field.to_lowercase().contains(&text);
            let named = search.number.as_ref() == Some(&order.id.number());
            (named || holds(&order.contact.name) || holds(&order.contact.email))
                && (search.before.is_none() || before.is_some_and(|before| key(order) < key(before)))
        });
        let mut found: Vec<_> = found.cloned().collect();
        found.sort_by_key(|order| std::cmp::Reverse(key(order)));
        found
    }
}

#[async_trait]
impl OrderDesk for MemoryShop {
    async fn search_orders(&self, search: &OrderSearch, limit: u32) -> Result<Vec<Order>, StoreError> {
        let mut found = self.tables().search(search);
        found.truncate(limit as usize);
        Ok(found)
    }

    async fn read_order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(self.tables().orders.iter().find(|order| order.id == id).cloned())
    }

    async fn cancel_order(&self, id: OrderId, at: Timestamp) -> Result<Option<StandingChange>, StoreError> {
        Ok(self.tables().cancel(id, at))
    }

    async fn refund_order(&self, id: OrderId, at: Timestamp) -> Result<Option<StandingChange>, StoreError> {
        Ok(self.tables().refund(id, at))
    }
}
