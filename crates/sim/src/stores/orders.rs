//! A server's connection to the orders.

use std::sync::Arc;

use async_trait::async_trait;
use checkout::adapter::run_to_end;
use checkout::cart::{CartId, ShopperId};
use checkout::order::{Order, OrderId};
use checkout::ports::{Insertion, NewOrder, OrderStore, StoreError, StoreErrorKind};
use checkout::token::TokenDigest;
use tokio::time::timeout;

use super::at_once;
use super::exchange::error;
use super::transaction::Transaction;
use crate::fault::{Call, Fault, Place};
use crate::history::{Fact, Request};
use crate::server::Host;
use crate::world::World;

/// Writes in one transaction, as the SQL adapters do: in a task that nobody cancels, within a limit.
pub(crate) struct OrderPort(pub Arc<Host>);

#[async_trait]
impl OrderStore for OrderPort {
    async fn insert_once(&self, orders: Vec<NewOrder>) -> Vec<Result<Insertion, StoreError>> {
        let (host, count) = (&self.0, orders.len());
        let requests: Vec<_> = orders
            .iter()
            .filter_map(|order| Request::of(&order.contact.form().name))
            .collect();
        let transaction = Transaction::new(Arc::clone(host), orders);
        let fault = host
            .world
            .decide(Place::Call(Call::Insert), host, transaction.request());
        let panics = fault == Some(Fault::Panic);
        if panics && host.world.random().one_in(2) {
            host.panic(None);
        }
        if !host.pass().await {
            return std::future::pending().await;
        }
        let unfinished = fault.map(|_| host.world.unfinished());
        let limit = Call::Insert.limit(&host.world.settings.timeouts);
        let written = timeout(
            limit,
            run_to_end(Call::Insert.name(), transaction.run(fault, unfinished)),
        )
        .await;
        host.live().await;
        let written = written.unwrap_or_else(|_| Err(error(Call::Insert, StoreErrorKind::Unknown)));
        if panics {
            host.panic(None);
        }
        if fault == Some(Fault::Corrupt) {
            for request in requests {
                host.world.found(request, Fact::Corrupt);
            }
        }
        host.world.note(|| format!("{host} has written: {}", said(&written)));
        match written {
            Ok(answers) => answers,
            Err(failed) => (0..count).map(|_| Err(error(Call::Insert, failed.kind))).collect(),
        }
    }

    async fn find_order(&self, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, StoreError> {
        let read = move |world: &World| at_once(world.database.ports().orders.find_order(shopper, id));
        self.0.call(Call::FindOrder, read).await
    }

    async fn find_order_by_token(&self, shopper: ShopperId, token: TokenDigest) -> Result<Option<Order>, StoreError> {
        let read = move |world: &World| at_once(world.database.ports().orders.find_order_by_token(shopper, token));
        self.0.call(Call::FindOrderByToken, read).await
    }

    async fn find_order_by_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Order>, StoreError> {
        let read = move |world: &World| at_once(world.database.ports().orders.find_order_by_cart(shopper, cart));
        self.0.call(Call::FindOrderByCart, read).await
    }

    async fn list_orders(&self, shopper: ShopperId, limit: u32) -> Result<Vec<Order>, StoreError> {
        self.0.world.database.ports().orders.list_orders(shopper, limit).await
    }
}

/// What was written, in a word each.
fn said(written: &Result<Vec<Result<Insertion, StoreError>>, StoreError>) -> String {
    let word = |answer: &Result<Insertion, StoreError>| match answer {
        Ok(Insertion::Placed(_)) => "placed",
        Ok(Insertion::Replayed(_)) => "replayed",
        Ok(Insertion::Refused(_)) => "refused",
        Err(error) => kind(error),
    };
    match written {
        Ok(answers) => answers.iter().map(word).collect::<Vec<_>>().join(", "),
        Err(error) => format!("all {}", kind(error)),
    }
}

fn kind(error: &StoreError) -> &'static str {
    match error.kind {
        StoreErrorKind::NotDone => "not done",
        StoreErrorKind::Unknown => "unknown",
        StoreErrorKind::Corrupt => "corrupt",
    }
}
