//! What a shopper is shown: the catalogue, their own carts, pages and orders. Of others', nothing.

use std::time::Duration;

use checkout::cart::Quantity;
use checkout::catalogue::Slug;
use checkout::issue_token::IssueTokenError;
use checkout::order::OrderId;
use checkout::ports::{CartEdit, Clock as _};
use checkout::quote::QuoteError;
use checkout::testing::Fixture;
use tokio::time::Instant;

use super::world::World;

fn two() -> Quantity {
    Quantity::try_from(2).expect("a quantity")
}

#[tokio::test(start_paused = true)]
async fn the_catalogue_has_what_the_shop_sells() {
    let world = World::new();
    let slugs = [world.fixture.product(1).await, world.fixture.product(2).await];
    let listed = world.checkout.list_products().await.expect("read");
    for slug in &slugs {
        let found = world.checkout.find_product(slug).await.expect("read");
        let found = found.expect("the shop sells it");
        assert_eq!(&found.slug, slug);
        assert!(listed.contains(&found), "{listed:?}");
    }
    let unknown: Slug = "not-sold-here".parse().expect("a slug");
    assert_eq!(world.checkout.find_product(&unknown).await.expect("read"), None);
}

#[tokio::test(start_paused = true)]
async fn a_basket_is_filled_and_found_by_its_shopper_alone() {
    let world = World::new();
    let (shopper, stranger) = (world.fixture.shopper, Fixture::new_shopper());
    let slug = world.fixture.product(9).await;
    assert_eq!(world.checkout.find_basket(shopper).await.expect("read"), None);
    let edit = world.checkout.add_to_basket(shopper, &slug, two()).await;
    let basket = world
        .checkout
        .find_basket(shopper)
        .await
        .expect("read")
        .expect("opened");
    assert_eq!(edit.expect("added"), CartEdit::Done(basket.id));
    assert_eq!((basket.shopper, basket.pieces()), (shopper, 2));
    let found = world.checkout.find_cart(shopper, basket.id).await.expect("read");
    assert_eq!(found, Some(basket.clone()));
    assert_eq!(world.checkout.find_basket(stranger).await.expect("read"), None);
    assert_eq!(world.checkout.find_cart(stranger, basket.id).await.expect("read"), None);
}

#[tokio::test(start_paused = true)]
async fn every_buy_now_has_a_cart_of_its_own() {
    let world = World::new();
    let (shopper, slug) = (world.fixture.shopper, world.fixture.product(9).await);
    let mut carts = Vec::new();
    for _ in 0..2 {
        let edit = world.checkout.buy_now(shopper, &slug, two()).await.expect("opened");
        let CartEdit::Done(cart) = edit else { panic!("{edit:?}") };
        assert_eq!(world.fixture.cart(cart).await.pieces(), 2);
        carts.push(cart);
    }
    assert_ne!(carts[0], carts[1]);
    assert_eq!(world.checkout.find_basket(shopper).await.expect("read"), None);
}

#[tokio::test(start_paused = true)]
async fn orders_are_shown_to_their_shopper_alone_latest_first() {
    let world = World::new();
    let (shopper, stranger) = (world.fixture.shopper, Fixture::new_shopper());
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.insert(0, world.placed(&world.page().await).await);
        world.clock.advance(Duration::from_millis(1));
    }
    assert_eq!(world.checkout.list_orders(shopper).await.expect("read"), placed);
    assert_eq!(world.checkout.list_orders(stranger).await.expect("read"), []);
    for order in placed {
        let found = world.checkout.find_order(stranger, order.id).await.expect("read");
        assert_eq!(found, None);
        let found = world.checkout.find_order(shopper, order.id).await.expect("read");
        assert_eq!(found, Some(order));
    }
}

/// The store stands still while its time is paused, so that all of the time is the core's.
#[tokio::test(start_paused = true)]
async fn se_03_that_there_is_no_order_is_told_as_late_as_that_it_is_someone_elses() {
    let world = World::new();
    let order = world.placed(&world.page().await).await;
    let (shopper, stranger, none) = (world.fixture.shopper, Fixture::new_shopper(), Fixture::new_uuid());
    let took = async |shopper, id| {
        let asked = Instant::now();
        let found = world.checkout.find_order(shopper, id).await.expect("read");
        (found.is_some(), asked.elapsed())
    };
    assert_eq!(took(shopper, order.id).await, (true, Duration::ZERO));
    let later = Duration::from_millis(5);
    assert_eq!(took(stranger, order.id).await, (false, later));
    assert_eq!(took(stranger, OrderId(none)).await, (false, later));
}

#[tokio::test(start_paused = true)]
async fn there_is_no_page_for_what_can_not_be_bought() {
    let world = World::new();
    let (cart, slug) = world.cart().await;
    let page = async |shopper| world.checkout.issue_token(shopper, cart.id).await;
    let stranger = page(Fixture::new_shopper()).await;
    assert!(matches!(stranger, Err(IssueTokenError::NoSuchCart)), "{stranger:?}");
    let edit = world
        .checkout
        .set_line(world.fixture.shopper, cart.id, &slug, None)
        .await;
    assert_eq!(edit.expect("removed"), CartEdit::Done(cart.id));
    let empty = page(world.fixture.shopper).await;
    assert!(
        matches!(empty, Err(IssueTokenError::NoQuote(QuoteError::Empty))),
        "{empty:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_page_holds_the_cart_its_price_and_a_token_for_its_time() {
    let world = World::new();
    let (cart, _) = world.cart().await;
    let page = world.open(cart.id).await;
    assert_eq!(
        (page.cart.id, page.quote.cart, page.quote.total.amount_minor),
        (cart.id, cart.id, 1250)
    );
    let good_for = page.token.expires_at().since(world.clock.now());
    assert_eq!(good_for, world.checkout.settings().timeouts.token_ttl);
    assert_ne!(
        page.token,
        world.open(cart.id).await.token,
        "every page has a token of its own"
    );
}
