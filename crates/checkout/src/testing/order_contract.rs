//! The contract of [`OrderStore`](crate::ports::OrderStore), a sentence a function.

use crate::cart::{Cart, CartStatus, Quantity};
use crate::contact::{Contact, ContactForm};
use crate::order::Order;
use crate::ports::{Insertion, NewOrder, Refusal, StoreError};
use crate::quote::{Fingerprint, Quote};
use crate::time::Timestamp;
use crate::token::TokenDigest;

use super::{Fixture, Shop};

async fn insert(fixture: &Fixture, order: NewOrder) -> Result<Insertion, StoreError> {
    let mut answers = fixture.shop.orders.insert_once(vec![order]).await;
    assert_eq!(answers.len(), 1, "one answer for one order");
    answers.remove(0)
}

async fn place(fixture: &Fixture, order: NewOrder) -> Order {
    match insert(fixture, order).await.expect("the store answers") {
        Insertion::Placed(order) => order,
        other => panic!("expected a placed order, got {other:?}"),
    }
}

async fn ready(shop: Shop, stock: u32, quantity: u32) -> (Fixture, Cart) {
    let fixture = Fixture::new(shop);
    let slug = fixture.product(stock).await;
    let cart = fixture.cart_of(&slug, quantity).await;
    (fixture, cart)
}

/// An open cart, its quote and its stock become one order that reads back as it was placed.
pub async fn a_cart_becomes_an_order(shop: Shop) {
    let (fixture, cart) = ready(shop, 5, 2).await;
    let asked = fixture.order_of(&cart);
    let order = place(&fixture, asked.clone()).await;

    assert_eq!((order.id, order.token, order.cart), (asked.id, asked.token, cart.id));
    assert_eq!(order.shopper, fixture.shopper);
    assert_eq!(order.total.amount_minor, 2500);
    assert_eq!(order.placed_at, asked.placed_at);
    assert_eq!(&order.contact, asked.contact.form());
    let [line] = order.lines.as_slice() else {
        panic!("one line: {:?}", order.lines)
    };
    assert_eq!((&line.slug, &line.name), (&cart.lines[0].slug, &cart.lines[0].name));
    assert_eq!((line.quantity.get(), line.unit_price), (2, cart.lines[0].unit_price));

    let orders = &fixture.shop.orders;
    assert_eq!(
        orders.find_order(fixture.shopper, order.id).await.expect("read"),
        Some(order.clone())
    );
    assert_eq!(
        orders
            .find_order_by_token(fixture.shopper, order.token)
            .await
            .expect("read"),
        Some(order.clone())
    );
    assert_eq!(
        orders.find_order_by_cart(fixture.shopper, cart.id).await.expect("read"),
        Some(order)
    );
    assert_eq!(fixture.stock(&cart.lines[0].slug).await, 3);
    assert_eq!(fixture.cart(cart.id).await.status, CartStatus::Ordered);
}

/// The same order sent again, as after a lost commit, is answered as placed and changes nothing.
pub async fn the_same_order_again_is_the_same_order(shop: Shop) {
    let (fixture, cart) = ready(shop, 5, 2).await;
    let asked = fixture.order_of(&cart);
    let first = place(&fixture, asked.clone()).await;
    assert_eq!(place(&fixture, asked).await, first);
    assert_eq!(fixture.stock(&cart.lines[0].slug).await, 3);
}

/// A second confirmation page of the same cart gets the first one's order.
pub async fn another_token_for_the_cart_replays_its_order(shop: Shop) {
    let (fixture, cart) = ready(shop, 5, 2).await;
    let first = place(&fixture, fixture.order_of(&cart)).await;
    let second = insert(&fixture, fixture.order_of(&cart))
        .await
        .expect("the store answers");
    assert_eq!(second, Insertion::Replayed(first));
    assert_eq!(fixture.stock(&cart.lines[0].slug).await, 3);
}

/// However many inserts of one intent race, one places and the others get its order.
pub async fn of_twenty_inserts_at_once_one_places(shop: Shop) {
    let (fixture, cart) = ready(shop, 50, 1).await;
    let token = TokenDigest(Fixture::new_uuid());
    let racers: Vec<_> = (0..20)
        .map(|_| {
            let (fixture, order) = (
                fixture.clone(),
                NewOrder {
                    token,
                    ..fixture.order_of(&cart)
                },
            );
            tokio::spawn(async move { insert(&fixture, order).await.expect("the store answers") })
        })
        .collect();
    let (mut placed, mut seen) = (0, Vec::new());
    for racer in racers {
        match racer.await.expect("no panic") {
            Insertion::Placed(order) => {
                placed += 1;
                seen.push(order);
            }
            Insertion::Replayed(order) => seen.push(order),
            Insertion::Refused(refusal) => panic!("refused: {refusal:?}"),
        }
    }
    assert_eq!((placed, seen.len()), (1, 20));
    assert!(
        seen.iter().all(|order| order == &seen[0]),
        "everyone gets the same order"
    );
    assert_eq!(fixture.stock(&cart.lines[0].slug).await, 49);
}

/// A quote that is not the cart's is refused with what the cart costs now.
pub async fn another_fingerprint_is_refused_and_changes_nothing(shop: Shop) {
    let (fixture, cart) = ready(shop, 5, 2).await;
    let asked = NewOrder {
        fingerprint: Fingerprint([0; 32]),
        ..fixture.order_of(&cart)
    };
    let answer = insert(&fixture, asked).await.expect("the store answers");
    let quote = Quote::of(&cart).expect("it can be priced");
    assert_eq!(answer, Insertion::Refused(Refusal::CartChanged(Some(quote))));
    assert_eq!(fixture.stock(&cart.lines[0].slug).await, 5);
    assert_eq!(fixture.cart(cart.id).await, cart);
}

/// A quote of an earlier version of the cart is refused; the quote of now is good.
pub async fn a_changed_cart_is_refused(shop: Shop) {
    let (fixture, cart) = ready(shop, 5, 2).await;
    let outdated = fixture.order_of(&cart);
    let slug = &cart.lines[0].slug;
    let edit = fixture
        .shop
        .carts
        .set_line(fixture.shopper, cart.id, slug, Some(Quantity::ONE))
        .await;
    edit.expect("changed");
    let now = fixture.cart(cart.id).await;
    let answer = insert(&fixture, outdated).await.expect("the store answers");
    let quote = Quote::of(&now).expect("it can be priced");
    assert_eq!(answer, Insertion::Refused(Refusal::CartChanged(Some(quote))));
    assert_eq!(fixture.stock(slug).await, 5);
    assert_eq!(place(&fixture, fixture.order_of(&now)).await.total.amount_minor, 1250);
}

/// Products that are short are named, all of them, and no stock is taken.
pub async fn too_little_stock_is_refused_and_changes_nothing(shop: Shop) {
    let fixture = Fixture::new(shop);
    let (short, plenty, gone) = (
        fixture.product(1).await,
        fixture.product(9).await,
        fixture.product(0).await,
    );
    let cart = fixture.cart_of(&short, 2).await;
    for slug in [&plenty, &gone] {
        let edit = fixture
            .shop
            .carts
            .set_line(fixture.shopper, cart.id, slug, Some(Quantity::ONE))
            .await;
        edit.expect("changed");
    }
    let cart = fixture.cart(cart.id).await;
    let answer = insert(&fixture, fixture.order_of(&cart))
        .await
        .expect("the store answers");
    let Insertion::Refused(Refusal::OutOfStock(mut slugs)) = answer else {
        panic!("{answer:?}")
    };
    slugs.sort();
    let mut expected = vec![short.clone(), gone.clone()];
    expected.sort();
    assert_eq!(slugs, expected);
    assert_eq!(fixture.stock(&plenty).await, 9);
    assert_eq!(fixture.stock(&short).await, 1);
    assert_eq!(fixture.cart(cart.id).await.status, CartStatus::Open);
}

/// Shoppers who race for the last piece: one gets it, the others are told.
pub async fn the_last_piece_is_sold_once(shop: Shop) {
    let seller = Fixture::new(shop.clone());
    let slug = seller.product(1).await;
    let mut racers = Vec::new();
    for _ in 0..8 {
        let buyer = Fixture::new(shop.clone());
        let cart = buyer.cart_of(&slug, 1).await;
        let order = buyer.order_of(&cart);
        racers.push(tokio::spawn(async move {
            insert(&buyer, order).await.expect("the store answers")
        }));
    }
    let mut placed = 0;
    for racer in racers {
        match racer.await.expect("no panic") {
            Insertion::Placed(_) => placed += 1,
            Insertion::Refused(Refusal::OutOfStock(slugs)) => assert_eq!(slugs, std::slice::from_ref(&slug)),
            other => panic!("unexpected: {other:?}"),
        }
    }
    assert_eq!((placed, seller.stock(&slug).await), (1, 0));
}

/// A cart is ordered by its shopper alone; anyone else finds none.
pub async fn another_shoppers_cart_is_refused(shop: Shop) {
    let (fixture, cart) = ready(shop, 5, 1).await;
    let stolen = NewOrder {
        shopper: Fixture::new_shopper(),
        ..fixture.order_of(&cart)
    };
    let answer = insert(&fixture, stolen).await.expect("the store answers");
    assert_eq!(answer, Insertion::Refused(Refusal::CartChanged(None)));
    assert_eq!(fixture.cart(cart.id).await, cart);
}

/// Someone else's order looks like none, by id, by token and by cart.
pub async fn orders_are_found_by_their_shopper_alone(shop: Shop) {
    let (fixture, cart) = ready(shop, 5, 1).await;
    let order = place(&fixture, fixture.order_of(&cart)).await;
    let (orders, stranger) = (&fixture.shop.orders, Fixture::new_shopper());
    assert_eq!(orders.find_order(stranger, order.id).await.expect("read"), None);
    assert_eq!(
        orders.find_order_by_token(stranger, order.token).await.expect("read"),
        None
    );
    assert_eq!(
        orders.find_order_by_cart(stranger, order.cart).await.expect("read"),
        None
    );
    assert_eq!(orders.list_orders(stranger, 10).await.expect("read"), []);
}

/// Names are stored byte for byte, whatever they hold.
pub async fn text_is_stored_as_it_was_given(shop: Shop) {
    let (fixture, cart) = ready(shop, 5, 1).await;
    let odd = ContactForm {
        name: "Robert'); DROP TABLE orders;--".into(),
        street: "</script><b>\u{202e}\u{200b}🏙".into(),
        ..Fixture::contact().form().clone()
    };
    let contact = Contact::parse(&odd).expect("a contact");
    let order = place(
        &fixture,
        NewOrder {
            contact,
            ..fixture.order_of(&cart)
        },
    )
    .await;
    assert_eq!(order.contact, odd);
}

/// The list is the shopper's, latest first, and no longer than asked.
pub async fn orders_are_listed_latest_first(shop: Shop) {
    let fixture = Fixture::new(shop);
    let slug = fixture.product(9).await;
    let mut placed = Vec::new();
    for minute in 0..3_u64 {
        let cart = fixture.cart_of(&slug, 1).await;
        let placed_at = Timestamp::from_unix_ms(1_700_000_000_000 + minute * 60_000);
        placed.push(
            place(
                &fixture,
                NewOrder {
                    placed_at,
                    ..fixture.order_of(&cart)
                },
            )
            .await,
        );
    }
    placed.reverse();
    assert_eq!(
        fixture
            .shop
            .orders
            .list_orders(fixture.shopper, 10)
            .await
            .expect("read"),
        placed
    );
    assert_eq!(
        fixture.shop.orders.list_orders(fixture.shopper, 2).await.expect("read"),
        placed[..2]
    );
}
