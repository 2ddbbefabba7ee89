//! The contract of [`OutboxStore`], a sentence a function. Each has a store of its own: whoever takes an event takes
//! anybody's.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::{Fixture, ManualClock, Shop};
use crate::order::OrderId;
use crate::ports::{Clock as _, Insertion, OutboxStore, Untold};
use crate::time::Timestamp;

/// A shop and its outbox.
pub struct OutboxFixture {
    /// The shop.
    pub shop: Shop,
    /// What is to be told of its orders.
    pub outbox: Arc<dyn OutboxStore>,
}

const LEASE: Duration = Duration::from_secs(15);

fn now() -> Timestamp {
    ManualClock::default().now()
}

impl OutboxFixture {
    async fn order(&self) -> OrderId {
        let fixture = Fixture::new(self.shop.clone());
        let cart = fixture.cart_of(&fixture.product(5).await, 1).await;
        let order = fixture.order_of(&cart);
        let answers = self.shop.orders.insert_once(vec![order.clone()]).await;
        assert!(matches!(answers.as_slice(), [Ok(Insertion::Placed(_))]), "{answers:?}");
        order.id
    }

    async fn take(&self, at: Timestamp) -> Option<Untold> {
        let taken = self.outbox.take_due(at, at.after(LEASE)).await;
        taken.expect("the store answers")
    }

    async fn take_all(&self, at: Timestamp) -> Vec<OrderId> {
        let mut orders = Vec::new();
        while let Some(untold) = self.take(at).await {
            orders.push(untold.order);
        }
        orders
    }
}

/// It names its order and the shopper, and nobody else is given it.
pub async fn an_order_leaves_one_event_that_is_taken_once(fixture: OutboxFixture) {
    assert_eq!(fixture.take(now()).await, None);
    let order = fixture.order().await;
    let untold = fixture.take(now()).await.expect("an event");
    assert_eq!((untold.order, untold.taken), (order, 1));
    let read = fixture.shop.orders.find_order(untold.shopper, untold.order).await;
    assert_eq!(read.expect("read").expect("the order is there").id, order);
    assert_eq!(fixture.take(now()).await, None);
}

/// First come, first told.
pub async fn events_are_taken_in_the_order_of_their_orders(fixture: OutboxFixture) {
    let mut orders = Vec::new();
    for _ in 0..3 {
        orders.push(fixture.order().await);
    }
    assert_eq!(fixture.take_all(now()).await, orders);
}

/// Whoever took it may be dead.
pub async fn an_event_comes_back_when_its_lease_is_over(fixture: OutboxFixture) {
    let order = fixture.order().await;
    let first = fixture.take(now()).await.expect("an event");
    let before = now().after(LEASE.saturating_sub(Duration::from_millis(1)));
    assert_eq!(fixture.take(before).await, None);
    let again = fixture.take(now().after(LEASE)).await.expect("it is back");
    assert_eq!((again.event, again.order, again.taken), (first.event, order, 2));
}

/// One that can not be told waits alone.
pub async fn a_postponed_event_holds_up_no_other(fixture: OutboxFixture) {
    let bad = fixture.order().await;
    let untold = fixture.take(now()).await.expect("an event");
    let hour = now().after(Duration::from_hours(1));
    let postponed = fixture.outbox.postpone(untold.event, hour).await;
    postponed.expect("postponed");
    let good = fixture.order().await;
    assert_eq!(fixture.take_all(now().after(LEASE)).await, [good]);
    assert_eq!(fixture.take(hour).await.expect("its time came").order, bad);
}

/// Not after its lease, and not when it is postponed afterwards.
pub async fn what_was_told_is_told_no_more(fixture: OutboxFixture) {
    fixture.order().await;
    let untold = fixture.take(now()).await.expect("an event");
    for _ in 0..2 {
        fixture.outbox.mark_told(untold.event, now()).await.expect("marked");
    }
    let postponed = fixture.outbox.postpone(untold.event, now()).await;
    postponed.expect("answered");
    assert_eq!(fixture.take(now().after(LEASE * 2)).await, None);
}

/// Servers share the work.
pub async fn of_many_who_take_at_once_each_gets_another(fixture: OutboxFixture) {
    let mut orders = BTreeSet::new();
    for _ in 0..6 {
        orders.insert(fixture.order().await);
    }
    let take = || {
        let outbox = fixture.outbox.clone();
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Some(untold) = outbox.take_due(now(), now().after(LEASE)).await.expect("it answers") {
                taken.push(untold.order);
            }
            taken
        })
    };
    let takers = [take(), take(), take(), take()];
    let mut taken = Vec::new();
    for taker in takers {
        taken.extend(taker.await.expect("no panic"));
    }
    // One who met only events that others were just taking may have gone with nothing.
    taken.extend(fixture.take_all(now()).await);
    assert_eq!((taken.len(), BTreeSet::from_iter(taken)), (orders.len(), orders));
}

/// Taken or not: only what was told is out of the way.
pub async fn untold_events_are_counted(fixture: OutboxFixture) {
    let count = async || fixture.outbox.count_untold().await.expect("counted");
    assert_eq!(count().await, 0);
    fixture.order().await;
    fixture.order().await;
    let untold = fixture.take(now()).await.expect("an event");
    assert_eq!(count().await, 2);
    fixture.outbox.mark_told(untold.event, now()).await.expect("marked");
    assert_eq!(count().await, 1);
}
