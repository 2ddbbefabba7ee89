//! The order protocol, against stores that fail when they are told to. Time is paused: waiting costs nothing.

mod copies;
mod faults;
mod logins;
mod outages;
mod overload;
mod refusals;
mod status;
mod tokens;
mod views;
mod world;

use std::sync::atomic::Ordering;

use checkout::attempt_status::AttemptStatus;
use checkout::issue_token::IssueTokenError;
use checkout::place_order::{PlaceOrder, PlaceOrderError};

use world::World;

#[tokio::test(start_paused = true)]
async fn a_second_submission_returns_the_first_order() {
    let world = World::new();
    let page = world.page().await;
    let first = world.placed(&page).await;
    for _ in 0..3 {
        assert_eq!(world.replayed(&page).await, first);
    }
    assert_eq!(world.shop.count_orders(), 1);
}

#[tokio::test(start_paused = true)]
async fn two_pages_of_one_cart_make_one_order() {
    let world = World::new();
    let (cart, _) = world.cart().await;
    let (one, two) = (world.open(cart.id).await, world.open(cart.id).await);
    let first = world.placed(&world.submission(&one)).await;
    assert_eq!(world.replayed(&world.submission(&two)).await, first);
    assert!(matches!(
        world.checkout.issue_token(world.fixture.shopper, cart.id).await,
        Err(IssueTokenError::AlreadyOrdered(id)) if id == first.id
    ));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_outlives_whoever_waits_for_it() {
    let world = World::new();
    let page = world.page().await;
    world.orders.close_gate();
    let waiter = tokio::spawn({
        let (checkout, page) = (world.checkout.clone(), page.clone());
        async move { checkout.place_order(page).await }
    });
    while world.orders.inserts.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    waiter.abort();
    assert!(waiter.await.expect_err("it was aborted").is_cancelled());
    let digest = page.token.digest();
    let status = world
        .checkout
        .attempt_status(world.fixture.shopper, digest)
        .await
        .expect("it is known");
    assert_eq!(status, AttemptStatus::Running);
    world.orders.open_gate();
    assert_eq!(world.checkout.shut_down().await, 0, "shutdown waits for it");
    let order = world.replayed(&page).await;
    let status = world
        .checkout
        .attempt_status(world.fixture.shopper, digest)
        .await
        .expect("it is known");
    assert_eq!(status, AttemptStatus::Placed(order));
}

#[tokio::test(start_paused = true)]
async fn a_loser_that_waited_too_long_is_told_that_it_is_in_progress() {
    let world = World::new();
    let page = world.page().await;
    world.orders.close_gate();
    let winner = tokio::spawn({
        let (checkout, page) = (world.checkout.clone(), page.clone());
        async move { checkout.place_order(page).await }
    });
    let loser = world.checkout.place_order(page.clone()).await;
    assert!(matches!(loser, Err(PlaceOrderError::InProgress)), "{loser:?}");
    let winner = winner.await.expect("no panic");
    assert!(matches!(winner, Err(PlaceOrderError::InProgress)), "{winner:?}");
    world.orders.open_gate();
    assert_eq!(world.checkout.shut_down().await, 0);
    assert_eq!(world.shop.count_orders(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_status_of_a_second_pages_token_is_the_order_of_the_first() {
    let world = World::new();
    let (cart, _) = world.cart().await;
    let [one, two] = [world.open(cart.id).await, world.open(cart.id).await].map(|page| world.submission(&page));
    let status = async |page: &PlaceOrder| {
        let status = world
            .checkout
            .attempt_status(world.fixture.shopper, page.token.digest())
            .await;
        status.expect("the database answers")
    };
    assert_eq!(status(&two).await, AttemptStatus::NotOrdered);
    let order = world.placed(&one).await;
    assert_eq!(status(&one).await, AttemptStatus::Placed(order.clone()));
    assert_eq!(world.replayed(&two).await, order);
    world.take_tokens_down();
    assert_eq!(status(&one).await, AttemptStatus::Placed(order), "the database knows");
}

#[tokio::test(start_paused = true)]
async fn two_tabs_that_submit_at_once_get_one_order() {
    let world = World::new();
    let (cart, _) = world.cart().await;
    let tabs = [world.open(cart.id).await, world.open(cart.id).await].map(|page| world.submission(&page));
    let [one, two] = tabs.map(|tab| {
        let checkout = world.checkout.clone();
        tokio::spawn(async move { checkout.place_order(tab).await.expect("there is an order").into_order() })
    });
    assert_eq!(one.await.expect("no panic"), two.await.expect("no panic"));
    assert_eq!(world.shop.count_orders(), 1);
}

/// The second tab read the cart while it was open, and met the first one's guard: that is one intent, and no repeat.
#[tokio::test(start_paused = true)]
async fn a_tab_that_submits_while_another_is_being_placed_gets_its_order() {
    let world = World::new();
    let (cart, _) = world.cart().await;
    let tabs = [world.open(cart.id).await, world.open(cart.id).await].map(|page| world.submission(&page));
    world.orders.close_gate();
    let [first, second] = tabs.map(|tab| {
        let checkout = world.checkout.clone();
        async move { checkout.place_order(tab).await.expect("there is an order").into_order() }
    });
    let first = tokio::spawn(first);
    while world.orders.inserts.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let asked = world.tokens.asked.load(Ordering::SeqCst);
    let second = tokio::spawn(second);
    while world.tokens.asked.load(Ordering::SeqCst) == asked {
        tokio::task::yield_now().await;
    }
    world.orders.open_gate();
    assert_eq!(first.await.expect("no panic"), second.await.expect("no panic"));
    assert_eq!(world.shop.count_orders(), 1);
}
