//! The order protocol, against stores that fail when they are told to. Time is paused: waiting costs nothing.

mod faults;
mod world;

use std::sync::atomic::Ordering;
use std::time::Duration;

use checkout::attempt_status::AttemptStatus;
use checkout::cart::{CartStatus, Quantity};
use checkout::issue_token::IssueTokenError;
use checkout::place_order::{PlaceOrder, PlaceOrderError};
use checkout::ports::RepeatPolicy;
use checkout::quote::Fingerprint;
use checkout::settings::{OnRedisOutage, Settings};
use checkout::testing::Fixture;
use checkout::token::OrderToken;

use faults::Fault;
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
async fn of_twenty_parallel_submissions_all_get_the_one_order() {
    let world = World::new();
    let page = world.page().await;
    let copies: Vec<_> = (0..20)
        .map(|_| {
            tokio::spawn({
                let (checkout, page) = (world.checkout.clone(), page.clone());
                async move {
                    checkout
                        .place_order(page)
                        .await
                        .expect("there is an order")
                        .into_order()
                }
            })
        })
        .collect();
    let mut orders = Vec::new();
    for copy in copies {
        orders.push(copy.await.expect("no panic"));
    }
    assert!(orders.iter().all(|order| order == &orders[0]));
    assert_eq!(world.shop.count_orders(), 1);
    assert_eq!(
        world.orders.inserts.load(Ordering::SeqCst),
        1,
        "the losers never reach the database"
    );
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
async fn without_the_token_store_the_database_decides_alone() {
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
async fn told_to_refuse_without_the_token_store_it_still_replays() {
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
async fn a_lost_commit_is_asked_again_and_told_as_placed() {
    let world = World::new();
    let page = world.page().await;
    world.orders.fail(&[Fault::LostAnswer]);
    let first = world.placed(&page).await;
    assert_eq!(world.replayed(&page).await, first);
    assert_eq!(world.shop.count_orders(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_is_never_called_unordered() {
    for last in [Fault::LostAnswer, Fault::LostRequest, Fault::NotDone] {
        let world = World::new();
        let page = world.page().await;
        world.orders.fail(&[Fault::LostAnswer, Fault::LostRequest, last]);
        let unknown = world.checkout.place_order(page.clone()).await;
        assert!(
            matches!(unknown, Err(PlaceOrderError::OutcomeUnknown(Some(_)))),
            "{last:?}: {unknown:?}"
        );
        world.clock.advance(world.checkout.settings().timeouts.claim_lease);
        world.replayed(&page).await;
        assert_eq!(world.shop.count_orders(), 1, "{last:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_certainly_not_done_is_tried_again_at_once() {
    let world = World::new();
    let page = world.page().await;
    world.orders.fail(&[Fault::NotDone]);
    let refused = world.checkout.place_order(page.clone()).await;
    assert!(matches!(refused, Err(PlaceOrderError::Unavailable(_))), "{refused:?}");
    assert_eq!(world.shop.count_orders(), 0);
    world.placed(&page).await;
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
async fn a_token_that_expires_while_its_attempt_runs_is_in_progress() {
    let world = World::new();
    let page = world.page().await;
    world.orders.close_gate();
    let first = tokio::spawn({
        let (checkout, page) = (world.checkout.clone(), page.clone());
        async move { checkout.place_order(page).await }
    });
    while world.orders.inserts.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    world.clock.advance(world.checkout.settings().timeouts.token_ttl);
    let second = world.checkout.place_order(page.clone()).await;
    assert!(matches!(second, Err(PlaceOrderError::InProgress)), "{second:?}");
    world.orders.open_gate();
    let first = first.await.expect("no panic").expect("it is placed").into_order();
    assert_eq!(world.replayed(&page).await, first);
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

#[tokio::test(start_paused = true)]
async fn a_sold_out_cart_leaves_its_token_good() {
    let world = World::new();
    let (cart, slug) = world.cart().await;
    let page = world.submission(&world.open(cart.id).await);
    world.shop.set_stock(&slug, 0);
    let refused = world.checkout.place_order(page.clone()).await;
    assert!(
        matches!(&refused, Err(PlaceOrderError::OutOfStock(slugs)) if *slugs == [slug.clone()]),
        "{refused:?}"
    );
    assert_eq!(world.fixture.cart(cart.id).await.status, CartStatus::Open);
    world.shop.set_stock(&slug, 1);
    world.placed(&page).await;
}

#[tokio::test(start_paused = true)]
async fn a_cart_changed_after_the_page_is_not_ordered() {
    let world = World::new();
    let (cart, slug) = world.cart().await;
    let page = world.submission(&world.open(cart.id).await);
    let two = Quantity::try_from(2).expect("a quantity");
    let edit = world
        .checkout
        .set_line(world.fixture.shopper, cart.id, &slug, Some(two))
        .await;
    edit.expect("changed");
    let refused = world.checkout.place_order(page).await;
    let Err(PlaceOrderError::CartChanged(Some(now))) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(now.total.amount_minor, 2500);
    world.placed(&world.submission(&world.open(cart.id).await)).await;
}

#[tokio::test(start_paused = true)]
async fn the_same_product_again_asks_first() {
    let world = World::new();
    let (cart, slug) = world.cart().await;
    let first = world.placed(&world.submission(&world.open(cart.id).await)).await;
    let again = world.fixture.cart_of(&slug, 1).await;
    let page = world.submission(&world.open(again.id).await);
    let asked = world.checkout.place_order(page.clone()).await;
    let Err(PlaceOrderError::Repeat(Some(earlier))) = asked else {
        panic!("{asked:?}")
    };
    assert_eq!((earlier.id, earlier.placed_at), (first.id, first.placed_at));
    let confirmed = PlaceOrder {
        repeat: RepeatPolicy::Confirmed,
        ..page
    };
    let second = world.placed(&confirmed).await;
    assert_ne!(second.id, first.id);
}

#[tokio::test(start_paused = true)]
async fn after_the_window_the_same_product_is_simply_bought() {
    let world = World::new();
    let (cart, slug) = world.cart().await;
    world.placed(&world.submission(&world.open(cart.id).await)).await;
    world
        .clock
        .advance(world.checkout.settings().timeouts.repeat_window + Duration::from_millis(1));
    let again = world.fixture.cart_of(&slug, 1).await;
    world.placed(&world.submission(&world.open(again.id).await)).await;
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_orders_nothing_but_finds_its_order() {
    let world = World::new();
    let (used, unused) = (world.page().await, world.page().await);
    let first = world.placed(&used).await;
    world.clock.advance(world.checkout.settings().timeouts.token_ttl);
    assert_eq!(world.replayed(&used).await, first);
    let refused = world.checkout.place_order(unused).await;
    assert!(matches!(refused, Err(PlaceOrderError::TokenExpired)), "{refused:?}");
    assert_eq!(world.shop.count_orders(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_not_accepted_touches_nothing() {
    let world = World::new();
    let page = world.page().await;
    let (asked, inserts) = (&world.tokens.asked, &world.orders.inserts);
    let before = asked.load(Ordering::SeqCst);

    let stranger = PlaceOrder {
        shopper: Fixture::new_shopper(),
        ..page.clone()
    };
    let refused = world.checkout.place_order(stranger).await;
    assert!(matches!(refused, Err(PlaceOrderError::TokenRefused)), "{refused:?}");

    let mut wire = page.token.to_wire();
    let last = if wire.pop() == Some('A') { 'Q' } else { 'A' };
    wire.push(last);
    let forged = PlaceOrder {
        token: OrderToken::parse(&wire).expect("well-formed"),
        ..page.clone()
    };
    let refused = world.checkout.place_order(forged).await;
    assert!(matches!(refused, Err(PlaceOrderError::TokenRefused)), "{refused:?}");

    for edited in [
        PlaceOrder {
            fingerprint: Fingerprint([0; 32]),
            ..page.clone()
        },
        PlaceOrder {
            cart: world.cart().await.0.id,
            ..page.clone()
        },
    ] {
        let refused = world.checkout.place_order(edited).await;
        assert!(matches!(refused, Err(PlaceOrderError::TokenMismatch)), "{refused:?}");
    }
    assert_eq!(
        (asked.load(Ordering::SeqCst), inserts.load(Ordering::SeqCst)),
        (before, 0)
    );
    world.placed(&page).await;
}
