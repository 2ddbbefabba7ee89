//! The contract of [`OrderDesk`], a sentence a function. The store may hold other orders too.

use std::sync::Arc;
use std::time::Duration;

use super::{Fixture, ManualClock, Shop};
use crate::catalogue::Slug;
use crate::contact::{Contact, ContactForm};
use crate::order::{Order, OrderId, OrderStanding};
use crate::ports::{Clock as _, Insertion, NewOrder, OrderDesk, OrderSearch, StandingChange};
use crate::time::Timestamp;

/// A shop and its orders, as whoever runs it sees them.
#[derive(Clone)]
pub struct DeskFixture {
    /// The shop.
    pub shop: Shop,
    /// The orders of all its shoppers.
    pub desk: Arc<dyn OrderDesk>,
}

/// An order of a shopper of its own, and the product it is for.
struct Bought {
    fixture: Fixture,
    order: NewOrder,
    slug: Slug,
}

fn later(seconds: u64) -> Timestamp {
    ManualClock::default().now().after(Duration::from_secs(seconds))
}

fn named(name: &str, email: &str) -> Contact {
    let form = ContactForm {
        name: name.into(),
        email: email.into(),
        ..Fixture::contact().form().clone()
    };
    Contact::parse(&form).expect("a contact")
}

impl DeskFixture {
    /// Three pieces of five.
    async fn bought(&self, contact: Contact, placed_at: Timestamp) -> Bought {
        let fixture = Fixture::new(self.shop.clone());
        let slug = fixture.product(5).await;
        let cart = fixture.cart_of(&slug, 3).await;
        let order = NewOrder {
            contact,
            placed_at,
            ..fixture.order_of(&cart)
        };
        let answers = self.shop.orders.insert_once(vec![order.clone()]).await;
        assert!(matches!(answers.as_slice(), [Ok(Insertion::Placed(_))]), "{answers:?}");
        assert_eq!(fixture.stock(&slug).await, 2);
        Bought { fixture, order, slug }
    }

    async fn some(&self) -> Bought {
        self.bought(Fixture::contact(), later(0)).await
    }

    async fn cancel(&self, id: OrderId, at: Timestamp) -> StandingChange {
        let answer = self.desk.cancel_order(id, at).await;
        answer.expect("the store answers").expect("the order is there")
    }

    async fn refund(&self, id: OrderId, at: Timestamp) -> StandingChange {
        let answer = self.desk.refund_order(id, at).await;
        answer.expect("the store answers").expect("the order is there")
    }

    async fn search(&self, search: OrderSearch, limit: u32) -> Vec<OrderId> {
        let found = self
            .desk
            .search_orders(&search, limit)
            .await
            .expect("the store answers");
        found.iter().map(|order| order.id).collect()
    }

    async fn standing(&self, id: OrderId) -> OrderStanding {
        let read = self.desk.read_order(id).await.expect("the store answers");
        read.expect("the order is there").standing
    }
}

impl Bought {
    async fn seen_by_its_shopper(&self) -> Order {
        let found = self
            .fixture
            .shop
            .orders
            .find_order(self.fixture.shopper, self.order.id)
            .await;
        found.expect("the store answers").expect("the order is there")
    }
}

/// Its shopper sees it too.
pub async fn a_cancelled_order_gives_its_pieces_back(desk: DeskFixture) {
    let bought = desk.some().await;
    assert_eq!(bought.seen_by_its_shopper().await.standing, OrderStanding::Placed);
    let change = desk.cancel(bought.order.id, later(60)).await;
    let cancelled = OrderStanding::Cancelled { at: later(60) };
    assert!(matches!(change, StandingChange::Changed(_)), "{change:?}");
    assert_eq!(change.order().standing, cancelled);
    assert_eq!(bought.seen_by_its_shopper().await, *change.order());
    assert_eq!(bought.fixture.stock(&bought.slug).await, 5);
}

/// The second time changes nothing: not the stock, and not when it was cancelled.
pub async fn an_order_is_cancelled_once(desk: DeskFixture) {
    let bought = desk.some().await;
    let first = desk.cancel(bought.order.id, later(60)).await;
    let second = desk.cancel(bought.order.id, later(120)).await;
    assert_eq!(second, StandingChange::Replayed(first.order().clone()));
    assert_eq!(bought.fixture.stock(&bought.slug).await, 5);
}

/// However many ask at once.
pub async fn of_ten_cancellations_at_once_one_changes_the_stock(desk: DeskFixture) {
    let bought = desk.some().await;
    let id = bought.order.id;
    let asked: Vec<_> = (0..10)
        .map(|seconds| {
            let desk = desk.clone();
            tokio::spawn(async move { desk.cancel(id, later(seconds)).await })
        })
        .collect();
    let (mut changed, mut standings) = (0, Vec::new());
    for answer in asked {
        let change = answer.await.expect("no panic");
        changed += u32::from(matches!(change, StandingChange::Changed(_)));
        standings.push(change.order().standing);
    }
    standings.dedup();
    assert_eq!((changed, standings.len()), (1, 1), "{standings:?}");
    assert_eq!(bought.fixture.stock(&bought.slug).await, 5);
}

/// A copy of the submission, or another page of the cart, finds the order and buys nothing.
pub async fn a_cancelled_order_is_still_the_order_of_its_intent(desk: DeskFixture) {
    let bought = desk.some().await;
    let cancelled = desk.cancel(bought.order.id, later(60)).await.order().clone();
    let (shopper, orders) = (bought.fixture.shopper, &desk.shop.orders);
    let by_token = orders.find_order_by_token(shopper, bought.order.token).await;
    assert_eq!(by_token.expect("read"), Some(cancelled.clone()));
    let again = NewOrder {
        id: OrderId(Fixture::new_uuid()),
        ..bought.order.clone()
    };
    let mut answers = orders.insert_once(vec![again]).await;
    let answer = answers.pop().expect("an answer").expect("the store answers");
    assert_eq!(answer, Insertion::Replayed(cancelled));
    assert_eq!(bought.fixture.stock(&bought.slug).await, 5);
}

/// First the one, then the other, and each once.
pub async fn an_order_is_refunded_once_and_only_when_it_is_cancelled(desk: DeskFixture) {
    let bought = desk.some().await;
    let id = bought.order.id;
    let refused = desk.refund(id, later(30)).await;
    assert!(matches!(refused, StandingChange::Refused(_)), "{refused:?}");
    assert_eq!(desk.standing(id).await, OrderStanding::Placed);
    desk.cancel(id, later(60)).await;
    let refunded = OrderStanding::Refunded {
        cancelled_at: later(60),
        at: later(90),
    };
    let first = desk.refund(id, later(90)).await;
    assert!(matches!(first, StandingChange::Changed(_)), "{first:?}");
    assert_eq!(first.order().standing, refunded);
    for change in [desk.refund(id, later(120)).await, desk.cancel(id, later(120)).await] {
        assert_eq!(change, StandingChange::Replayed(first.order().clone()));
    }
    assert_eq!(bought.fixture.stock(&bought.slug).await, 5);
}

/// Nothing is invented.
pub async fn an_order_that_is_not_there_is_none(desk: DeskFixture) {
    let id = OrderId(Fixture::new_uuid());
    assert_eq!(desk.desk.read_order(id).await.expect("read"), None);
    assert_eq!(desk.desk.cancel_order(id, later(0)).await.expect("answered"), None);
    assert_eq!(desk.desk.refund_order(id, later(0)).await.expect("answered"), None);
}

/// By a part of the name or the address in whatever case, or by the number; what stands for anything in a pattern stands
/// for itself.
pub async fn orders_of_all_shoppers_are_found_by_what_was_typed(desk: DeskFixture) {
    let mark = Fixture::new_uuid().simple().to_string();
    let (ada, bob) = (format!("Ada 100% {mark}"), format!("bob_{mark}@example.org"));
    let first = desk.bought(named(&ada, "ada@example.org"), later(0)).await.order.id;
    let second = desk.bought(named("Bob", &bob), later(1)).await.order.id;
    let typed = |text: &str| OrderSearch {
        text: text.to_owned(),
        ..OrderSearch::default()
    };
    assert_eq!(desk.search(typed(&mark), 10).await, [second, first]);
    assert_eq!(desk.search(typed(&ada.to_uppercase()), 10).await, [first]);
    assert_eq!(desk.search(typed(&format!("BOB_{mark}")), 10).await, [second]);
    assert_eq!(desk.search(typed(&format!("100_ {mark}")), 10).await, []);
    assert_eq!(desk.search(typed(&format!("%{mark}")), 10).await, []);
    let numbered = OrderSearch {
        number: Some(first.number()),
        ..typed(first.number().as_str())
    };
    assert!(desk.search(numbered, 10).await.contains(&first));
}

/// Each page begins where the one before ended, also among orders of one moment.
pub async fn orders_are_listed_page_by_page(desk: DeskFixture) {
    let mark = Fixture::new_uuid().simple().to_string();
    let mut placed = Vec::new();
    for seconds in [0, 1, 1, 1, 2] {
        placed.push(
            desk.bought(named(&mark, "ada@example.org"), later(seconds))
                .await
                .order
                .id,
        );
    }
    let (mut listed, mut before) = (Vec::new(), None);
    loop {
        let text = mark.clone();
        let page = desk
            .search(
                OrderSearch {
                    number: None,
                    text,
                    before,
                },
                2,
            )
            .await;
        listed.extend_from_slice(&page);
        before = page.last().copied();
        if page.len() < 2 {
            break;
        }
    }
    let latest_first = |ids: &[OrderId]| -> Vec<_> {
        let mut ids = ids.to_vec();
        ids.sort_unstable_by(|a, b| b.cmp(a));
        ids
    };
    assert_eq!((listed.first(), listed.last()), (placed.last(), placed.first()));
    assert_eq!(listed.len(), 5);
    assert_eq!(latest_first(&listed), latest_first(&placed));
    assert_eq!(listed[1..4], latest_first(&placed[1..4])[..]);
}
