//! The contracts of [`ProductStore`](crate::ports::ProductStore) and [`CartStore`](crate::ports::CartStore), a
//! sentence a function.

use crate::cart::{Cart, CartId, CartKind, CartStatus, Quantity};
use crate::catalogue::Slug;
use crate::money::Money;
use crate::ports::{CartEdit, Closed, Insertion, Refusal};

use super::{Fixture, Shop};

fn quantity(number: u32) -> Quantity {
    Quantity::try_from(number).expect("a quantity")
}

async fn add(fixture: &Fixture, slug: &Slug, number: u32) -> CartEdit {
    let id = CartId(Fixture::new_uuid());
    fixture
        .shop
        .carts
        .add_to_basket(fixture.shopper, id, slug, quantity(number))
        .await
        .expect("the store answers")
}

async fn basket(fixture: &Fixture) -> Cart {
    fixture
        .shop
        .carts
        .find_basket(fixture.shopper)
        .await
        .expect("read")
        .expect("a basket")
}

/// Seeding twice adds nothing, and leaves what is there as it is.
pub async fn missing_products_are_added_once(shop: Shop) {
    let fixture = Fixture::new(shop);
    let slug = fixture.product(4).await;
    let mut product = fixture
        .shop
        .products
        .find_product(&slug)
        .await
        .expect("read")
        .expect("there");
    let listed = fixture.shop.products.list_products().await.expect("read");
    assert!(listed.contains(&product));
    product.price = Money {
        amount_minor: 1,
        ..product.price
    };
    assert_eq!(
        fixture
            .shop
            .products
            .add_missing_products(std::slice::from_ref(&product))
            .await
            .expect("read"),
        0
    );
    let kept = fixture
        .shop
        .products
        .find_product(&slug)
        .await
        .expect("read")
        .expect("there");
    assert_eq!(kept.price.amount_minor, 1250);
}

/// A slug that no product has.
pub async fn a_product_that_is_not_there_is_none(shop: Shop) {
    let slug: Slug = "no-such-product".parse().expect("a slug");
    assert_eq!(shop.products.find_product(&slug).await.expect("read"), None);
}

/// The first piece opens the basket; more of the same grow its line, to the most a line takes.
pub async fn adding_opens_one_basket_and_grows_its_line(shop: Shop) {
    let fixture = Fixture::new(shop);
    let slug = fixture.product(99).await;
    assert_eq!(
        fixture.shop.carts.find_basket(fixture.shopper).await.expect("read"),
        None
    );
    let CartEdit::Done(id) = add(&fixture, &slug, 3).await else {
        panic!("not added")
    };
    let first = basket(&fixture).await;
    assert_eq!(
        (first.id, first.kind, first.status),
        (id, CartKind::Basket, CartStatus::Open)
    );
    assert_eq!(
        (first.lines.len(), first.lines[0].quantity.get(), first.lines[0].stock),
        (1, 3, 99)
    );
    assert_eq!(add(&fixture, &slug, 9).await, CartEdit::Done(id));
    let second = basket(&fixture).await;
    assert_eq!(
        (second.lines.len(), second.lines[0].quantity.get()),
        (1, Quantity::MOST)
    );
    assert_eq!(second.version, first.version + 1);
}

/// Two tabs that add at once fill one basket, and no piece is lost.
pub async fn adding_at_once_opens_one_basket(shop: Shop) {
    let fixture = Fixture::new(shop);
    let slug = fixture.product(99).await;
    let racers: Vec<_> = (0..8)
        .map(|_| {
            let (fixture, slug) = (fixture.clone(), slug.clone());
            tokio::spawn(async move { add(&fixture, &slug, 1).await })
        })
        .collect();
    for racer in racers {
        assert!(matches!(racer.await.expect("no panic"), CartEdit::Done(_)));
    }
    assert_eq!(basket(&fixture).await.pieces(), 8);
}

/// Lines stand in the order they were added in.
pub async fn lines_keep_the_order_they_were_added_in(shop: Shop) {
    let fixture = Fixture::new(shop);
    let mut added = Vec::new();
    for _ in 0..4 {
        let slug = fixture.product(9).await;
        add(&fixture, &slug, 1).await;
        added.push(slug);
    }
    add(&fixture, &added[0], 1).await;
    let slugs: Vec<_> = basket(&fixture).await.lines.into_iter().map(|line| line.slug).collect();
    assert_eq!(slugs, added);
}

/// A quantity is set, not added; no quantity removes the line.
pub async fn a_line_is_set_and_removed(shop: Shop) {
    let fixture = Fixture::new(shop);
    let slug = fixture.product(9).await;
    let CartEdit::Done(id) = add(&fixture, &slug, 3).await else {
        panic!("not added")
    };
    let before = basket(&fixture).await.version;
    let carts = &fixture.shop.carts;
    assert_eq!(
        carts
            .set_line(fixture.shopper, id, &slug, Some(quantity(5)))
            .await
            .expect("set"),
        CartEdit::Done(id)
    );
    assert_eq!(basket(&fixture).await.lines[0].quantity.get(), 5);
    assert_eq!(
        carts.set_line(fixture.shopper, id, &slug, None).await.expect("removed"),
        CartEdit::Done(id)
    );
    let after = basket(&fixture).await;
    assert_eq!((after.lines.len(), after.version), (0, before + 2));
}

/// Unknown products, unknown carts, someone else's carts and ordered carts are not changed.
pub async fn what_is_not_there_can_not_be_changed(shop: Shop) {
    let fixture = Fixture::new(shop);
    let (slug, unknown) = (
        fixture.product(9).await,
        "no-such-product".parse::<Slug>().expect("a slug"),
    );
    assert_eq!(add(&fixture, &unknown, 1).await, CartEdit::NoSuchProduct);
    assert_eq!(
        fixture.shop.carts.find_basket(fixture.shopper).await.expect("read"),
        None,
        "nothing was opened"
    );

    let cart = fixture.cart_of(&slug, 1).await;
    let carts = &fixture.shop.carts;
    let set = async |shopper, id| {
        carts
            .set_line(shopper, id, &slug, None)
            .await
            .expect("the store answers")
    };
    assert_eq!(set(Fixture::new_shopper(), cart.id).await, CartEdit::NoSuchCart);
    assert_eq!(
        set(fixture.shopper, CartId(Fixture::new_uuid())).await,
        CartEdit::NoSuchCart
    );
    let answers = fixture.shop.orders.insert_once(vec![fixture.order_of(&cart)]).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(set(fixture.shopper, cart.id).await, CartEdit::NoSuchCart);
    assert_eq!(
        carts.find_cart(Fixture::new_shopper(), cart.id).await.expect("read"),
        None
    );
}

/// A cart has at most [`Cart::MOST_LINES`] lines; lines that are there can still be changed.
pub async fn a_full_cart_takes_no_more_lines(shop: Shop) {
    let fixture = Fixture::new(shop);
    let mut first = None;
    for _ in 0..Cart::MOST_LINES {
        let slug = fixture.product(9).await;
        assert!(matches!(add(&fixture, &slug, 1).await, CartEdit::Done(_)));
        first.get_or_insert(slug);
    }
    let one_more = fixture.product(9).await;
    assert_eq!(add(&fixture, &one_more, 1).await, CartEdit::Full);
    assert!(matches!(
        add(&fixture, &first.expect("a line"), 1).await,
        CartEdit::Done(_)
    ));
    assert_eq!(basket(&fixture).await.lines.len(), Cart::MOST_LINES);
}

/// *Buy now* makes a cart of its own.
pub async fn buy_now_leaves_the_basket_alone(shop: Shop) {
    let fixture = Fixture::new(shop);
    let slug = fixture.product(9).await;
    add(&fixture, &slug, 2).await;
    let before = basket(&fixture).await;
    let cart = fixture.cart_of(&slug, 1).await;
    assert_eq!((cart.kind, cart.pieces()), (CartKind::BuyNow, 1));
    assert_ne!(cart.id, before.id);
    assert_eq!(basket(&fixture).await, before);
}

/// A cart that was voided stays void: it takes no line and becomes no order; an ordered one stays ordered.
pub async fn a_cart_is_closed_once(shop: Shop) {
    let fixture = Fixture::new(shop);
    let (slug, carts) = (fixture.product(9).await, fixture.shop.carts.clone());
    let (void, ordered) = (fixture.cart_of(&slug, 1).await, fixture.cart_of(&slug, 1).await);
    let close = async |shopper, cart| carts.void_cart(shopper, cart).await.expect("the store answers");
    assert_eq!(close(Fixture::new_shopper(), void.id).await, None);
    assert_eq!(close(fixture.shopper, CartId(Fixture::new_uuid())).await, None);
    for _ in 0..2 {
        assert_eq!(close(fixture.shopper, void.id).await, Some(Closed::Void));
    }
    let answers = fixture.shop.orders.insert_once(vec![fixture.order_of(&void)]).await;
    assert!(
        matches!(answers[..], [Ok(Insertion::Refused(Refusal::CartChanged(None)))]),
        "{answers:?}"
    );
    assert_eq!(fixture.cart(void.id).await.status, CartStatus::Void);
    let answers = fixture.shop.orders.insert_once(vec![fixture.order_of(&ordered)]).await;
    assert!(matches!(answers[..], [Ok(Insertion::Placed(_))]), "{answers:?}");
    for _ in 0..2 {
        assert_eq!(close(fixture.shopper, ordered.id).await, Some(Closed::Ordered));
    }
}

/// What was quoted before a cart was outdated becomes no order; what is quoted afterwards does.
pub async fn an_outdated_quote_becomes_no_order(shop: Shop) {
    let fixture = Fixture::new(shop);
    let (slug, carts) = (fixture.product(9).await, fixture.shop.carts.clone());
    let cart = fixture.cart_of(&slug, 1).await;
    let outdate = async |shopper, cart| carts.outdate_cart(shopper, cart).await.expect("the store answers");
    assert_eq!(outdate(Fixture::new_shopper(), cart.id).await, None);
    let before = fixture.order_of(&cart);
    assert_eq!(outdate(fixture.shopper, cart.id).await, Some(CartStatus::Open));
    let answers = fixture.shop.orders.insert_once(vec![before]).await;
    assert!(
        matches!(answers[..], [Ok(Insertion::Refused(Refusal::CartChanged(Some(_))))]),
        "{answers:?}"
    );
    let afterwards = fixture.order_of(&fixture.cart(cart.id).await);
    let answers = fixture.shop.orders.insert_once(vec![afterwards]).await;
    assert!(matches!(answers[..], [Ok(Insertion::Placed(_))]), "{answers:?}");
    assert_eq!(outdate(fixture.shopper, cart.id).await, Some(CartStatus::Ordered));
}

/// A cart that is ordered and cancelled at once is one of the two, and both hear the same.
pub async fn tk_20_of_an_order_and_a_cancellation_one_wins(shop: Shop) {
    let fixture = Fixture::new(shop);
    let slug = fixture.product(1_000).await;
    let mut placed = 0;
    for _ in 0..25 {
        let cart = fixture.cart_of(&slug, 1).await;
        let (orders, carts) = (fixture.shop.orders.clone(), fixture.shop.carts.clone());
        let (order, shopper, id) = (fixture.order_of(&cart), fixture.shopper, cart.id);
        let ordering = tokio::spawn(async move { orders.insert_once(vec![order]).await });
        let cancelling = tokio::spawn(async move { carts.void_cart(shopper, id).await });
        let answers = ordering.await.expect("no panic");
        let closed = cancelling.await.expect("no panic").expect("the store answers");
        let stands = fixture.shop.orders.find_order_by_cart(shopper, id).await.expect("read");
        match &answers[..] {
            [Ok(Insertion::Placed(order))] => {
                placed += 1;
                assert_eq!((closed, stands.as_ref()), (Some(Closed::Ordered), Some(order)));
            }
            [Ok(Insertion::Refused(Refusal::CartChanged(None)))] => {
                assert_eq!((closed, stands), (Some(Closed::Void), None));
            }
            other => panic!("{other:?}"),
        }
    }
    let stock = fixture.shop.products.find_product(&slug).await.expect("read");
    assert_eq!(stock.expect("it is there").stock, 1_000 - placed);
}
