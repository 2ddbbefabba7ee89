//! Stores that fail: what the shopper is told, and what the next submission finds.

use std::sync::atomic::Ordering;

use checkout::place_order::PlaceOrderError;
use checkout::ports::{TokenRef, TokenState, TokenStore as _};
use checkout::settings::{OnRedisOutage, Settings};

use super::faults::Fault;
use super::world::World;

#[tokio::test(start_paused = true)]
async fn rd_01_without_the_token_store_the_database_decides_alone() {
    let world = World::new();
    world.take_tokens_down();
    let page = world.page().await;
    let first = world.placed(&page).await;
    assert_eq!(world.replayed(&page).await, first);
    world.bring_tokens_back();
    assert_eq!(world.replayed(&page).await, first);
    assert_eq!(world.shop.count_orders(), 1);
}

#[tokio::test(start_paused = true)]
async fn rd_01_rd_02_told_to_refuse_without_the_token_store_it_still_replays() {
    let world = World::with(Settings {
        on_redis_outage: OnRedisOutage::Refuse,
        ..Settings::default()
    });
    let (before, after) = (world.page().await, world.page().await);
    let first = world.placed(&before).await;
    world.take_tokens_down();
    assert_eq!(world.replayed(&before).await, first);
    let refused = world.checkout.place_order(after.clone()).await;
    assert!(matches!(refused, Err(PlaceOrderError::Unavailable(_))), "{refused:?}");
    assert_eq!(world.shop.count_orders(), 1);
    world.bring_tokens_back();
    world.placed(&after).await;
}

#[tokio::test(start_paused = true)]
async fn db_01_a_lost_commit_is_asked_again_and_told_as_placed() {
    let world = World::new();
    let page = world.page().await;
    world.orders.fail(&[Fault::LostAnswer]);
    let first = world.placed(&page).await;
    assert_eq!(world.replayed(&page).await, first);
    assert_eq!(world.shop.count_orders(), 1);
}

#[tokio::test(start_paused = true)]
async fn db_04_an_unknown_outcome_is_never_called_unordered() {
    for last in [Fault::LostAnswer, Fault::LostRequest, Fault::NotDone] {
        let world = World::new();
        let page = world.page().await;
        // More faults than an attempt has time for.
        world.orders.fail(&[Fault::LostAnswer]);
        world.orders.fail(&[last; 50]);
        let unknown = world.checkout.place_order(page.clone()).await;
        assert!(
            matches!(unknown, Err(PlaceOrderError::OutcomeUnknown(Some(_)))),
            "{last:?}: {unknown:?}"
        );
        let inserts = world.orders.inserts.load(Ordering::SeqCst);
        assert!(
            (4..50).contains(&inserts),
            "it goes on for as long as an attempt may: {inserts}"
        );
        world.orders.mend();
        world.clock.advance(world.checkout.settings().timeouts.claim_lease);
        world.replayed(&page).await;
        assert_eq!(world.shop.count_orders(), 1, "{last:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn db_07_what_was_certainly_not_done_is_tried_again_at_once() {
    let world = World::new();
    let page = world.page().await;
    world.orders.fail(&[Fault::NotDone]);
    let refused = world.checkout.place_order(page.clone()).await;
    assert!(matches!(refused, Err(PlaceOrderError::Unavailable(_))), "{refused:?}");
    assert_eq!(world.shop.count_orders(), 0);
    world.placed(&page).await;
}

/// A backup older than the order was restored: the token store names an order that the database lacks. That is for a
/// person to look at, and never a second order.
#[tokio::test(start_paused = true)]
async fn db_23_an_order_that_the_database_lost_is_not_placed_again() {
    let world = World::new();
    let page = world.page().await;
    let token = TokenRef {
        shopper: page.shopper,
        digest: page.token.digest(),
    };
    world.tokens.remember_as_placed(token, page.fingerprint).await;
    for _ in 0..2 {
        let unknown = world.checkout.place_order(page.clone()).await;
        assert!(
            matches!(unknown, Err(PlaceOrderError::OutcomeUnknown(None))),
            "{unknown:?}"
        );
    }
    assert_eq!(world.orders.inserts.load(Ordering::SeqCst), 0);
}

/// As long as nobody knows, nobody else may try: the claim stays, and ends with its lease.
#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_keeps_its_claim() {
    let world = World::new();
    let page = world.page().await;
    world.orders.fail(&[Fault::LostRequest; 50]);
    let unknown = world.checkout.place_order(page.clone()).await;
    assert!(
        matches!(unknown, Err(PlaceOrderError::OutcomeUnknown(_))),
        "{unknown:?}"
    );
    let token = TokenRef {
        shopper: page.shopper,
        digest: page.token.digest(),
    };
    let state = world.tokens.state(token).await.expect("it answers");
    assert!(
        matches!(state, TokenState::Claimed(left) if !left.is_zero()),
        "{state:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_order_that_stands_is_replayed_without_asking_the_token_store() {
    let world = World::new();
    let page = world.page().await;
    let order = world.placed(&page).await;
    let asked = world.tokens.asked.load(Ordering::SeqCst);
    assert_eq!(world.replayed(&page).await, order);
    assert_eq!(world.tokens.asked.load(Ordering::SeqCst), asked);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_an_unknown_outcome_and_wedges_nothing() {
    let world = World::new();
    let page = world.page().await;
    world.orders.fail(&[Fault::Panic]);
    let unknown = world.checkout.place_order(page.clone()).await;
    assert!(
        matches!(unknown, Err(PlaceOrderError::OutcomeUnknown(None))),
        "{unknown:?}"
    );
    world.clock.advance(world.checkout.settings().timeouts.claim_lease);
    world.placed(&page).await;
}

#[tokio::test(start_paused = true)]
async fn a_dead_attempt_holds_up_a_fresh_page_for_its_lease_alone() {
    let world = World::new();
    let (cart, slug) = world.cart().await;
    let page = world.submission(&world.open(cart.id).await);
    world.orders.fail(&[Fault::Panic]);
    let unknown = world.checkout.place_order(page).await;
    assert!(
        matches!(unknown, Err(PlaceOrderError::OutcomeUnknown(None))),
        "{unknown:?}"
    );
    world.clock.advance(world.checkout.settings().timeouts.claim_lease);
    let fresh = world.fixture.cart_of(&slug, 1).await;
    world.placed(&world.submission(&world.open(fresh.id).await)).await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_settle_is_not_the_shoppers_business() {
    let world = World::new();
    let page = world.page().await;
    world.orders.close_gate();
    let attempt = tokio::spawn({
        let (checkout, page) = (world.checkout.clone(), page.clone());
        async move { checkout.place_order(page).await }
    });
    while world.orders.inserts.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    world.take_tokens_down();
    world.orders.open_gate();
    let first = attempt.await.expect("no panic").expect("it is placed").into_order();
    world.bring_tokens_back();
    assert_eq!(world.replayed(&page).await, first, "at once, not after the lease");
}
