//! What whoever runs the shop sees, page by page and slot by slot.

use std::sync::Arc;
use std::time::Duration;

use checkout::back_office::{BackOffice, BackOfficePorts};
use checkout::observer::{KeyMatch, Layer, StoppedDuplicate, WayIn};
use checkout::order::{OrderId, OrderStanding};
use checkout::ports::{Clock as _, LedgerStore as _, StandingChange, Tally, Written};
use checkout::testing::{Fixture, ManualClock, MemoryShop};
use checkout::time::Timestamp;

const HOUR: Duration = Duration::from_hours(1);

fn office(shop: &MemoryShop) -> BackOffice {
    office_at(shop, Arc::new(ManualClock::default()))
}

fn office_at(shop: &MemoryShop, clock: Arc<ManualClock>) -> BackOffice {
    BackOffice::new(BackOfficePorts {
        desk: Arc::new(shop.clone()),
        ledger: Arc::new(shop.clone()),
        clock,
    })
}

async fn order(shop: &MemoryShop) -> OrderId {
    let fixture = Fixture::new(shop.shop());
    let slug = fixture.product(1).await;
    let cart = fixture.cart_of(&slug, 1).await;
    let order = fixture.order_of(&cart);
    let answers = shop.shop().orders.insert_once(vec![order.clone()]).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    order.id
}

#[tokio::test]
async fn orders_are_listed_fifty_at_a_time_and_the_page_says_whether_there_are_more() {
    let shop = MemoryShop::default();
    let office = office(&shop);
    for _ in 0..50 {
        order(&shop).await;
    }
    let only = office.search_orders(" ", None).await.expect("a page");
    assert_eq!((only.orders.len(), only.before), (50, None));
    order(&shop).await;
    let first = office.search_orders("", None).await.expect("a page");
    assert_eq!(first.orders.len(), 50);
    let before = first.before.expect("there is one more");
    assert_eq!(first.orders.last().map(|order| order.id), Some(before));
    let second = office.search_orders("", Some(before)).await.expect("a page");
    assert_eq!((second.orders.len(), second.before), (1, None));
    let number = second.orders[0].id.number().to_string();
    let found = office
        .search_orders(&format!(" {number} "), None)
        .await
        .expect("a page");
    assert_eq!(found.orders, second.orders);
}

#[tokio::test]
async fn an_order_is_read_whosever_it_is() {
    let shop = MemoryShop::default();
    let id = order(&shop).await;
    let read = office(&shop).read_order(id).await.expect("an answer");
    assert_eq!(read.map(|order| order.id), Some(id));
    let none = OrderId(Fixture::new_uuid());
    assert_eq!(office(&shop).read_order(none).await.expect("an answer"), None);
}

#[tokio::test]
async fn an_order_is_cancelled_and_refunded_once_at_the_time_it_was_asked_for() {
    let shop = MemoryShop::default();
    let clock = Arc::new(ManualClock::default());
    let office = office_at(&shop, clock.clone());
    let id = order(&shop).await;
    let cancelled_at = clock.now();
    let cancelled = office.cancel_order(id).await.expect("an answer");
    let standing = OrderStanding::Cancelled { at: cancelled_at };
    assert!(matches!(&cancelled, Some(StandingChange::Changed(order)) if order.standing == standing));
    clock.advance(HOUR);
    let again = office.cancel_order(id).await.expect("an answer");
    assert!(matches!(&again, Some(StandingChange::Replayed(order)) if order.standing == standing));
    let refunded = office.refund_order(id).await.expect("an answer");
    let standing = OrderStanding::Refunded {
        cancelled_at,
        at: cancelled_at.after(HOUR),
    };
    assert!(matches!(&refunded, Some(StandingChange::Changed(order)) if order.standing == standing));
}

#[test]
fn a_statement_that_changed_no_row_wrote_nothing() {
    assert_eq!([0, 1, 2].map(Written::by), [Written::Not, Written::Now, Written::Now]);
}

fn stopped(at: Timestamp) -> StoppedDuplicate {
    StoppedDuplicate {
        at,
        layer: Layer::Token,
        key: KeyMatch::Same,
        way_in: WayIn::Form,
        first: None,
    }
}

#[tokio::test]
async fn slots_begin_at_multiples_of_their_length_and_end_with_the_one_of_now() {
    let shop = MemoryShop::default();
    let now = ManualClock::default().now();
    let current = now.unix_ms / 3_600_000 * 3_600_000;
    let first = Timestamp::from_unix_ms(current - 23 * 3_600_000);
    let too_early = Timestamp::from_unix_ms(first.unix_ms - 1);
    let in_them = [first, now, now];
    let all: Vec<_> = in_them.into_iter().chain([too_early]).map(stopped).collect();
    shop.record(&all).await.expect("recorded");
    let prevented = office(&shop).prevented(HOUR, 24).await.expect("an answer");
    assert_eq!((prevented.from, prevented.slot, prevented.slots), (first, HOUR, 24));
    let tally = |slot, count| Tally {
        slot,
        layer: Layer::Token,
        count,
    };
    assert_eq!(prevented.tallies, [tally(0, 1), tally(23, 2)]);
}

#[tokio::test]
async fn the_latest_twenty_duplicates_are_listed() {
    let shop = MemoryShop::default();
    let now = ManualClock::default().now();
    let all: Vec<_> = (0..21)
        .map(|ms| stopped(now.after(Duration::from_millis(ms))))
        .collect();
    shop.record(&all).await.expect("recorded");
    let mut latest = office(&shop).latest_prevented().await.expect("an answer");
    latest.reverse();
    assert_eq!(latest, all[1..]);
}
