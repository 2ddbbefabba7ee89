//! Tokens, claims and repeat guards over time.

use std::sync::atomic::Ordering;
use std::time::Duration;

use checkout::cancel_cart::Cancellation;
use checkout::issue_token::IssueTokenError;
use checkout::place_order::{PlaceOrder, PlaceOrderError, Placement};
use checkout::ports::TokenState;
use checkout::ports::{TokenRef, TokenStore as _};
use checkout::settings::{SHORTEST_REPEAT_WINDOW, Settings, Timeouts};
use tokio::task::JoinHandle;

use super::faults::Fault;
use super::world::World;

pub fn submit(world: &World, page: &PlaceOrder) -> JoinHandle<Result<Placement, PlaceOrderError>> {
    let (checkout, page) = (world.checkout.clone(), page.clone());
    tokio::spawn(async move { checkout.place_order(page).await })
}

/// Returns once so many inserts were begun.
pub async fn inserts(world: &World, many: usize) {
    while world.orders.inserts.load(Ordering::SeqCst) < many {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn tk_02_a_hundred_submissions_over_a_day_get_one_order() {
    let world = World::new();
    let page = world.page().await;
    let first = world.placed(&page).await;
    for _ in 1..100 {
        world.clock.advance(Duration::from_mins(15));
        assert_eq!(world.replayed(&page).await, first);
    }
    assert_eq!(world.shop.count_orders(), 1);
}

#[tokio::test(start_paused = true)]
async fn tk_03_tk_04_an_expired_token_orders_nothing_but_finds_its_order() {
    let world = World::new();
    let (used, unused) = (world.page().await, world.page().await);
    let first = world.placed(&used).await;
    world.clock.advance(world.checkout.settings().timeouts.token_ttl);
    assert_eq!(world.replayed(&used).await, first);
    let refused = world.checkout.place_order(unused).await;
    assert!(matches!(refused, Err(PlaceOrderError::TokenExpired)), "{refused:?}");
    assert_eq!(world.shop.count_orders(), 1);
}

/// A submission is on its way when the token becomes too old: "nothing was ordered" is said once it can order nothing.
#[tokio::test(start_paused = true)]
async fn tk_04_what_was_on_its_way_when_the_token_expired_orders_nothing_afterwards() {
    let world = World::new();
    let page = world.page().await;
    let elsewhere = world.another_server();
    world.tokens.hold_claims();
    let on_its_way = submit(&world, &page);
    while world.tokens.asked.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    world.clock.advance(world.checkout.settings().timeouts.token_ttl);
    let expired = elsewhere.place_order(page.clone()).await;
    assert!(matches!(expired, Err(PlaceOrderError::TokenExpired)), "{expired:?}");
    world.tokens.let_claims_go();
    let late = on_its_way.await.expect("no panic");
    assert!(matches!(late, Err(PlaceOrderError::CartChanged(Some(_)))), "{late:?}");
    assert_eq!(world.shop.count_orders(), 0);
}

/// The first attempt is stopped for longer than its lease, another takes over, the first wakes up.
#[tokio::test(start_paused = true)]
async fn tk_13_after_a_take_over_both_get_the_one_order() {
    let world = World::new();
    let page = world.page().await;
    world.orders.fail(&[Fault::Held]);
    let stopped = submit(&world, &page);
    inserts(&world, 1).await;
    world.clock.advance(world.checkout.settings().timeouts.claim_lease);
    let second = world.another_server().place_order(page).await;
    world.orders.let_go();
    let first = stopped.await.expect("no panic").expect("there is an order");
    let Ok(Placement::Placed(second)) = second else {
        panic!("{second:?}")
    };
    assert_eq!(first, Placement::Replayed(second));
    assert_eq!(world.shop.count_orders(), 1);
}

#[tokio::test(start_paused = true)]
async fn tk_15_a_second_cart_of_the_product_is_asked_and_its_token_stays_good() {
    let world = World::new();
    let (cart, slug) = world.cart().await;
    let again = world.fixture.cart_of(&slug, 1).await;
    let (one, two) = (world.open(cart.id).await, world.open(again.id).await);
    let first = world.placed(&world.submission(&one)).await;
    world.clock.advance(Duration::from_secs(1));
    let page = world.submission(&two);
    let asked = world.checkout.place_order(page.clone()).await;
    assert!(
        matches!(&asked, Err(PlaceOrderError::Repeat(Some(earlier))) if earlier.id == first.id),
        "{asked:?}"
    );
    let token = TokenRef {
        shopper: page.shopper,
        digest: page.token.digest(),
    };
    assert_eq!(world.tokens.state(token).await.expect("it answers"), TokenState::Issued);
    world.clock.advance(world.checkout.settings().timeouts.repeat_window);
    assert_ne!(world.placed(&page).await.id, first.id);
}

/// The guard of the first ends while it is stopped; what it does when it wakes up leaves the second one's guard alone.
#[tokio::test(start_paused = true)]
async fn tk_16_a_guard_that_ends_in_flight_is_not_ended_again() {
    let world = World::with(Settings {
        timeouts: Timeouts {
            repeat_window: SHORTEST_REPEAT_WINDOW,
            ..Timeouts::default()
        },
        ..Settings::default()
    });
    let (cart, slug) = world.cart().await;
    let (other, third) = (
        world.fixture.cart_of(&slug, 1).await,
        world.fixture.cart_of(&slug, 1).await,
    );
    let page = world.submission(&world.open(cart.id).await);
    world.orders.fail(&[Fault::Held]);
    let stopped = submit(&world, &page);
    inserts(&world, 1).await;
    world.clock.advance(SHORTEST_REPEAT_WINDOW + Duration::from_millis(100));
    let second = world.placed(&world.submission(&world.open(other.id).await)).await;
    world.orders.let_go();
    let first = stopped.await.expect("no panic").expect("it is placed").into_order();
    assert_ne!(first.id, second.id);
    let asked = world
        .checkout
        .place_order(world.submission(&world.open(third.id).await))
        .await;
    assert!(
        matches!(&asked, Err(PlaceOrderError::Repeat(Some(earlier))) if earlier.id == second.id),
        "{asked:?}"
    );
    assert_eq!(world.shop.count_orders(), 2);
}

#[tokio::test(start_paused = true)]
async fn tk_20_a_cancelled_cart_becomes_no_order_and_an_ordered_one_is_not_cancelled() {
    let world = World::new();
    let (shopper, cart) = (world.fixture.shopper, world.cart().await.0);
    let page = world.submission(&world.open(cart.id).await);
    let cancel = async |cart| world.checkout.cancel_cart(shopper, cart).await.expect("it answers");
    world.orders.fail(&[Fault::Held]);
    let late = submit(&world, &page);
    inserts(&world, 1).await;
    assert_eq!(cancel(cart.id).await, Cancellation::Cancelled);
    world.orders.let_go();
    let late = late.await.expect("no panic");
    assert!(matches!(late, Err(PlaceOrderError::CartChanged(None))), "{late:?}");
    let opened = world.checkout.issue_token(shopper, cart.id).await;
    assert!(matches!(opened, Err(IssueTokenError::Cancelled)), "{opened:?}");

    let page = world.page().await;
    let order = world.placed(&page).await;
    assert_eq!(cancel(page.cart).await, Cancellation::Ordered(order));
    let nobodys = world.cart().await.0;
    let stranger = checkout::testing::Fixture::new_shopper();
    let answer = world.checkout.cancel_cart(stranger, nobodys.id).await;
    assert_eq!(answer.expect("it answers"), Cancellation::NoSuchCart);
    assert_eq!(world.shop.count_orders(), 1);
}

/// The reply to the claim is lost: the attempt goes on with the database, and ends the claim that it holds.
#[tokio::test(start_paused = true)]
async fn rd_04_a_claim_whose_reply_is_lost_is_settled_all_the_same() {
    let world = World::new();
    let page = world.page().await;
    world.tokens.lose_replies(1);
    let order = world.placed(&page).await;
    let token = TokenRef {
        shopper: page.shopper,
        digest: page.token.digest(),
    };
    let state = world.tokens.state(token).await.expect("it answers");
    assert_eq!(state, TokenState::Placed(order.id));
}

/// A loser hears of the winner's end: it does not wait for its next look.
#[tokio::test(start_paused = true)]
async fn a_loser_on_another_server_hears_of_the_winners_end() {
    let world = World::new();
    let elsewhere = world.another_server();
    let page = world.page().await;
    world.orders.fail(&[Fault::Held]);
    let winner = submit(&world, &page);
    inserts(&world, 1).await;
    let loser = tokio::spawn({
        let page = page.clone();
        async move { elsewhere.place_order(page).await }
    });
    let asked = world.tokens.asked.load(Ordering::SeqCst);
    while world.tokens.asked.load(Ordering::SeqCst) == asked {
        tokio::task::yield_now().await;
    }
    let begun = tokio::time::Instant::now();
    world.orders.let_go();
    let order = winner.await.expect("no panic").expect("it is placed").into_order();
    let replayed = loser.await.expect("no panic").expect("there is an order");
    assert_eq!(replayed, Placement::Replayed(order));
    assert_eq!(begun.elapsed(), Duration::ZERO, "no time passed: it was told");
}
