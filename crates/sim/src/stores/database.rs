//! The database that all servers share: `MemoryShop`, with the row locks that its transactions hold.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use checkout::cart::{Cart, CartId, CartStatus, ShopperId};
use checkout::catalogue::Slug;
use checkout::order::OrderId;
use checkout::ports::{Insertion, NewOrder, StoreError};
use checkout::quote::Quote;
use checkout::testing::{MemoryShop, Shop};
use tokio::sync::Notify;

use super::at_once;
use crate::history::{Commit, Request, State};
use crate::lock;
use crate::world::World;

/// A row that a transaction may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    Cart(CartId),
    Product(Slug),
}

/// Products, carts, orders and events; who holds which row.
#[derive(Default)]
pub(crate) struct Database {
    pub shop: MemoryShop,
    locked: Arc<Locked>,
    /// How many outages there are now.
    pub reach: Arc<AtomicUsize>,
}

#[derive(Default)]
struct Locked {
    rows: Mutex<Vec<Row>>,
    released: Notify,
}

/// Rows that are held until this is dropped: by commit, rollback or a lost connection alike.
pub(crate) struct Locks {
    rows: Vec<Row>,
    of: Arc<Locked>,
}

impl Drop for Locks {
    fn drop(&mut self) {
        lock(&self.of.rows).retain(|row| !self.rows.contains(row));
        self.of.released.notify_waiters();
    }
}

impl Database {
    pub(crate) fn ports(&self) -> Shop {
        self.shop.shop()
    }

    pub(crate) fn cart(&self, shopper: ShopperId, cart: CartId) -> Option<Cart> {
        at_once(self.ports().carts.find_cart(shopper, cart)).expect("memory always answers")
    }

    /// Waits until nobody holds any of the rows, and takes all of them.
    pub(crate) async fn lock(&self, rows: Vec<Row>) -> Locks {
        loop {
            let released = self.locked.released.notified();
            {
                let mut locked = lock(&self.locked.rows);
                if !rows.iter().any(|row| locked.contains(row)) {
                    locked.extend(rows.iter().cloned());
                    return Locks {
                        rows,
                        of: Arc::clone(&self.locked),
                    };
                }
            }
            released.await;
        }
    }

    /// The rows that the orders write.
    pub(crate) fn rows(&self, orders: &[NewOrder]) -> Vec<Row> {
        let mut rows = Vec::new();
        for order in orders {
            let cart = self.cart(order.shopper, order.cart);
            let products = cart.into_iter().flat_map(|cart| cart.lines);
            rows.push(Row::Cart(order.cart));
            rows.extend(products.map(|line| Row::Product(line.slug)));
        }
        rows
    }

    /// Commits: from here on everyone sees the orders.
    pub(crate) fn commit(&self, world: &World, orders: Vec<NewOrder>) -> Vec<Result<Insertion, StoreError>> {
        let answers = at_once(self.ports().orders.insert_once(orders));
        for answer in &answers {
            if let Ok(Insertion::Placed(order)) = answer {
                self.committed(world, order.id);
            }
        }
        self.changed(world);
        answers
    }

    fn committed(&self, world: &World, id: OrderId) {
        let mut history = world.history();
        if history.commits.iter().any(|commit| commit.order.id == id) {
            return;
        }
        let order = self.shop.orders().into_iter().find(|order| order.id == id);
        let order = order.expect("it was just placed");
        let by = Request::of(&order.contact.name);
        world.note(|| format!("order {id} of {} is committed", order.contact.name));
        let at = history.moment();
        history.commits.push(Commit { order, by, at });
    }

    /// Writes down what the shop looks like now.
    pub(crate) fn changed(&self, world: &World) {
        let mut history = world.history();
        let at = history.moment();
        let carts = world.carts().into_iter();
        let open = carts.filter_map(|cart| {
            self.cart(world.shopper, cart)
                .filter(|cart| cart.status == CartStatus::Open)
        });
        let carts = open.map(|cart| {
            let fingerprint = Quote::of(&cart).ok().map(|quote| quote.fingerprint());
            let all_there = cart.lines.iter().all(|line| line.quantity.get() <= line.stock);
            (cart.id, (fingerprint, all_there))
        });
        let carts = carts.collect();
        history.states.push(State { at, carts });
    }
}
