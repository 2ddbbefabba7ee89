//! What is not ordered, and whether the token stays good.

use std::sync::atomic::Ordering;
use std::time::Duration;

use checkout::cart::{CartStatus, Quantity};
use checkout::place_order::{PlaceOrder, PlaceOrderError};
use checkout::ports::RepeatPolicy;
use checkout::quote::Fingerprint;
use checkout::testing::Fixture;
use checkout::token::OrderToken;

use super::world::World;

#[tokio::test(start_paused = true)]
async fn a_token_that_expires_while_its_attempt_runs_is_in_progress() {
    let world = World::new();
    let page = world.page().await;
    world.orders.close_gate();
    let lease = world.checkout.settings().timeouts.claim_lease;
    world
        .clock
        .advance(world.checkout.settings().timeouts.token_ttl.saturating_sub(lease / 2));
    let first = tokio::spawn({
        let (checkout, page) = (world.checkout.clone(), page.clone());
        async move { checkout.place_order(page).await }
    });
    while world.orders.inserts.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    world.clock.advance(lease / 2);
    let second = world.another_server().place_order(page.clone()).await;
    assert!(matches!(second, Err(PlaceOrderError::InProgress)), "{second:?}");
    world.orders.open_gate();
    let first = first.await.expect("no panic").expect("it is placed").into_order();
    assert_eq!(world.replayed(&page).await, first);
}

#[tokio::test(start_paused = true)]
async fn a_sold_out_cart_is_bought_through_a_fresh_page() {
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
    let outdated = world.checkout.place_order(page).await;
    assert!(
        matches!(outdated, Err(PlaceOrderError::CartChanged(Some(_)))),
        "{outdated:?}"
    );
    world.placed(&world.submission(&world.open(cart.id).await)).await;
}

/// "Nothing was ordered" stays true: what is still on its way orders nothing when the stock is back.
#[tokio::test(start_paused = true)]
async fn what_was_on_its_way_when_the_cart_was_sold_out_orders_nothing_afterwards() {
    let world = World::new();
    let (cart, slug) = world.cart().await;
    let [one, two] = [world.open(cart.id).await, world.open(cart.id).await].map(|page| world.submission(&page));
    let elsewhere = world.another_server();
    world.shop.set_stock(&slug, 0);
    world.tokens.hold_claims();
    let asked = world.tokens.asked.load(Ordering::SeqCst);
    let on_its_way = tokio::spawn(async move { elsewhere.place_order(two).await });
    while world.tokens.asked.load(Ordering::SeqCst) == asked {
        tokio::task::yield_now().await;
    }
    world.take_tokens_down();
    let refused = world.checkout.place_order(one).await;
    assert!(matches!(refused, Err(PlaceOrderError::OutOfStock(_))), "{refused:?}");
    world.shop.set_stock(&slug, 1);
    world.bring_tokens_back();
    world.tokens.let_claims_go();
    let late = on_its_way.await.expect("no panic");
    assert!(matches!(late, Err(PlaceOrderError::CartChanged(Some(_)))), "{late:?}");
    assert_eq!(world.shop.count_orders(), 0);
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
async fn tk_23_after_the_window_the_same_product_is_simply_bought() {
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
async fn tk_06_to_tk_10_a_token_that_is_not_accepted_touches_nothing() {
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
