//! The last word: what the unique constraints alone hold when everything in front of them was undone.

mod beside;
mod common;

use beside::run;
use checkout::ports::{Insertion, NewOrder};
use checkout::testing::Fixture;
use checkout::token::TokenDigest;
use common::{new_url, open, ports};

/// Opens every closed cart again, as nobody ever should: the order of the cart still stands.
async fn open_carts_again(url: &str) {
    run(url, "UPDATE carts SET status = 'open'").await;
}

#[tokio::test]
async fn a_cart_that_was_opened_again_becomes_no_second_order() {
    let url = new_url();
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let cart = fixture.cart_of(&fixture.product(9).await, 1).await;
    let first = fixture.order_of(&cart);
    let placed = shop.orders.insert_once(vec![first.clone()]).await;
    assert!(matches!(placed[..], [Ok(Insertion::Placed(_))]), "{placed:?}");
    open_carts_again(&url).await;
    let of_another_page = NewOrder {
        token: TokenDigest(Fixture::new_uuid()),
        ..fixture.order_of(&cart)
    };
    let answers = shop.orders.insert_once(vec![of_another_page]).await;
    assert!(
        matches!(&answers[..], [Ok(Insertion::Replayed(order))] if order.id == first.id),
        "{answers:?}"
    );
}

#[tokio::test]
async fn a_token_orders_once_though_its_cart_is_another() {
    let url = new_url();
    let shop = open(&url).await;
    let fixture = Fixture::new(ports(&shop));
    let slug = fixture.product(9).await;
    let first = fixture.order_of(&fixture.cart_of(&slug, 1).await);
    let placed = shop.orders.insert_once(vec![first.clone()]).await;
    assert!(matches!(placed[..], [Ok(Insertion::Placed(_))]), "{placed:?}");
    let of_another_cart = NewOrder {
        token: first.token,
        ..fixture.order_of(&fixture.cart_of(&slug, 1).await)
    };
    let answers = shop.orders.insert_once(vec![of_another_cart]).await;
    assert!(
        matches!(&answers[..], [Ok(Insertion::Replayed(order))] if order.id == first.id),
        "{answers:?}"
    );
}
