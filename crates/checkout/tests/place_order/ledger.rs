//! What is told of duplicates, and that nobody waits for it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use checkout::ledger::Ledger;
use checkout::observer::{AttemptEnded, FirstOrder, KeyMatch, Layer, Observer, Outcome, StoppedDuplicate, WayIn};
use checkout::place_order::PlaceOrder;
use checkout::ports::{LedgerStore, RepeatPolicy, StoreError, Tally};
use checkout::time::Timestamp;
use tokio::time::Instant;

use crate::world::World;

/// Writes down what it hears.
#[derive(Default)]
struct Heard {
    ended: Mutex<Vec<AttemptEnded>>,
    stopped: Mutex<Vec<StoppedDuplicate>>,
}

impl Observer for Heard {
    fn attempt_ended(&self, ended: &AttemptEnded) {
        self.ended.lock().expect("no panic").push(*ended);
    }

    fn duplicate_stopped(&self, stopped: &StoppedDuplicate) {
        self.stopped.lock().expect("no panic").push(*stopped);
    }
}

impl Heard {
    fn outcomes(&self) -> Vec<Outcome> {
        let ended = self.ended.lock().expect("no panic");
        ended.iter().map(|ended| ended.outcome).collect()
    }

    /// What the only duplicate was stopped by.
    fn stopped(&self) -> StoppedDuplicate {
        let stopped = self.stopped.lock().expect("no panic");
        assert_eq!(stopped.len(), 1, "{stopped:?}");
        stopped[0]
    }
}

fn heard(world: &mut World) -> Arc<Heard> {
    let heard = Arc::new(Heard::default());
    world.checkout = world.checkout.clone().observed_by(heard.clone());
    heard
}

#[tokio::test]
async fn a_copy_of_a_submission_is_stopped_by_its_token() {
    let mut world = World::new();
    let heard = heard(&mut world);
    let page = world.page().await;
    let order = world.placed(&page).await;
    world.clock.advance(Duration::from_secs(40));
    world
        .replayed(&PlaceOrder {
            way_in: WayIn::Api,
            ..page
        })
        .await;
    assert_eq!(heard.outcomes(), [Outcome::Placed, Outcome::Replayed]);
    let expected = StoppedDuplicate {
        at: order.placed_at.after(Duration::from_secs(40)),
        layer: Layer::Token,
        key: KeyMatch::Same,
        way_in: WayIn::Api,
        first: Some(FirstOrder {
            id: order.id,
            delay: Duration::from_secs(40),
        }),
    };
    assert_eq!(heard.stopped(), expected);
}

#[tokio::test]
async fn a_copy_that_comes_while_the_first_still_runs_is_stopped_by_its_token() {
    let mut world = World::new();
    let heard = heard(&mut world);
    let page = world.page().await;
    let (first, second) = tokio::join!(
        world.checkout.place_order(page.clone()),
        world.checkout.place_order(page.clone())
    );
    assert_eq!(first.expect("placed").order(), second.expect("replayed").order());
    assert_eq!(
        (heard.stopped().layer, heard.stopped().key),
        (Layer::Token, KeyMatch::Same)
    );
}

#[tokio::test]
async fn another_page_of_an_ordered_cart_is_stopped_by_the_database() {
    let mut world = World::new();
    let heard = heard(&mut world);
    let (cart, _) = world.cart().await;
    let (one, other) = (world.open(cart.id).await, world.open(cart.id).await);
    world.placed(&world.submission(&one)).await;
    world.replayed(&world.submission(&other)).await;
    assert_eq!(
        (heard.stopped().layer, heard.stopped().key),
        (Layer::Unique, KeyMatch::Other)
    );
}

#[tokio::test]
async fn the_same_product_again_is_stopped_by_the_repeat_guard() {
    let mut world = World::new();
    let heard = heard(&mut world);
    let (cart, slug) = world.cart().await;
    let order = world.placed(&world.submission(&world.open(cart.id).await)).await;
    let again = world.fixture.cart_of(&slug, 1).await;
    let page = world.submission(&world.open(again.id).await);
    world.checkout.place_order(page.clone()).await.expect_err("a repeat");
    let stopped = heard.stopped();
    assert_eq!((stopped.layer, stopped.key), (Layer::Repeat, KeyMatch::Other));
    assert_eq!(stopped.first.map(|first| first.id), Some(order.id));
    // Whoever says that they mean it orders, and nothing was prevented.
    let confirmed = PlaceOrder {
        repeat: RepeatPolicy::Confirmed,
        ..page
    };
    world.placed(&confirmed).await;
    heard.stopped();
    assert_eq!(heard.outcomes(), [Outcome::Placed, Outcome::Repeat, Outcome::Placed]);
}

#[tokio::test]
async fn a_token_that_is_refused_is_told_of_and_is_no_duplicate() {
    let mut world = World::new();
    let heard = heard(&mut world);
    let page = world.page().await;
    let stranger = PlaceOrder {
        shopper: checkout::testing::Fixture::new_shopper(),
        ..page
    };
    world.checkout.place_order(stranger).await.expect_err("refused");
    assert_eq!(heard.outcomes(), [Outcome::TokenRefused]);
    assert_eq!(heard.stopped.lock().expect("no panic").len(), 0);
}

/// A store that takes what it is given and never answers.
#[derive(Default)]
struct Stuck {
    asked: AtomicUsize,
}

#[async_trait]
impl LedgerStore for Stuck {
    async fn record(&self, _stopped: &[StoppedDuplicate]) -> Result<(), StoreError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        std::future::pending().await
    }

    async fn list_latest(&self, _limit: u32) -> Result<Vec<StoppedDuplicate>, StoreError> {
        std::future::pending().await
    }

    async fn tally(&self, _from: Timestamp, _slot: Duration, _slots: u32) -> Result<Vec<Tally>, StoreError> {
        std::future::pending().await
    }

    async fn forget_before(&self, _before: Timestamp) -> Result<u64, StoreError> {
        std::future::pending().await
    }
}

/// In stopped time, in which whoever waits for the ledger would wait for ever or be seen to have waited.
#[tokio::test(start_paused = true)]
async fn a_stuck_ledger_holds_up_no_order_and_no_copy_of_one() {
    let mut world = World::new();
    let store = Arc::new(Stuck::default());
    let ledger = Ledger::open(store.clone(), world.clock.clone());
    world.checkout = world.checkout.clone().observed_by(Arc::new(ledger.clone()));
    let began = Instant::now();
    let page = world.page().await;
    world.placed(&page).await;
    // More than the queue takes.
    for _ in 0..1500 {
        world.replayed(&page).await;
    }
    let another = world.page().await;
    world.placed(&another).await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(
        store.asked.load(Ordering::Relaxed),
        1,
        "the store has the first of it, and keeps it"
    );
    assert!(ledger.dropped() >= 1, "and the rest does not fit");
}
