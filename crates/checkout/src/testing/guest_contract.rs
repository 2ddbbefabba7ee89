//! The contract of [`AccountStore`](crate::ports::AccountStore) about guests who log in, and about orders that others may
//! see; a sentence a function.

use crate::cart::{Cart, CartId, CartStatus, Quantity, ShopperId};
use crate::catalogue::Slug;
use crate::order::{Order, OrderNumber};
use crate::ports::{CartEdit, Insertion, NewOrder, Refusal};

use super::account_contract::{account, begin, session};
use super::{Fixture, Shop};

async fn log_in(shop: &Shop, account: ShopperId, guest: Option<ShopperId>) {
    begin(shop, session(account, guest)).await;
}

async fn fill(shop: &Shop, shopper: ShopperId, slug: &Slug, number: u32) -> CartId {
    let quantity = Quantity::try_from(number).expect("a quantity");
    let id = CartId(Fixture::new_uuid());
    match shop
        .carts
        .add_to_basket(shopper, id, slug, quantity)
        .await
        .expect("added")
    {
        CartEdit::Done(basket) => basket,
        other => panic!("{other:?}"),
    }
}

async fn basket(shop: &Shop, shopper: ShopperId) -> Option<Cart> {
    shop.carts.find_basket(shopper).await.expect("read")
}

fn pieces(cart: &Cart) -> Vec<(&str, u32)> {
    let line = |line: &crate::cart::CartLine| line.quantity.get();
    cart.lines.iter().map(|of| (of.slug.as_str(), line(of))).collect()
}

async fn insert(shop: &Shop, order: NewOrder) -> Insertion {
    let mut answers = shop.orders.insert_once(vec![order]).await;
    answers.remove(0).expect("the store answers")
}

async fn place(shop: &Shop, order: NewOrder) -> Order {
    match insert(shop, order).await {
        Insertion::Placed(order) => order,
        other => panic!("expected a placed order, got {other:?}"),
    }
}

/// A guest's lines are added to the account's basket, and the guest's basket becomes nothing any more.
pub async fn the_guests_basket_comes_along(shop: Shop) {
    let fixture = Fixture::new(shop);
    let (shop, guest) = (&fixture.shop, fixture.shopper);
    let ada = account(shop).await;
    let (mug, pen) = (fixture.product(99).await, fixture.product(99).await);
    let left = fill(shop, guest, &mug, 2).await;
    fill(shop, guest, &pen, 1).await;
    log_in(shop, ada, Some(guest)).await;
    let opened = basket(shop, ada).await.expect("a basket");
    assert_eq!(pieces(&opened), [(mug.as_str(), 2), (pen.as_str(), 1)]);
    assert_eq!(basket(shop, guest).await, None);
    assert_eq!(fixture.cart(left).await.status, CartStatus::Void);

    // Another guest, with another browser, later: their lines are added to what is there.
    let second = Fixture::new_shopper();
    fill(shop, second, &mug, 3).await;
    log_in(shop, ada, Some(second)).await;
    let grown = basket(shop, ada).await.expect("a basket");
    assert_eq!((grown.id, pieces(&grown)[0]), (opened.id, (mug.as_str(), 5)));
    assert!(grown.version > opened.version, "what was quoted before is outdated");
}

/// No line grows over what a line takes, and no basket over what a basket takes.
pub async fn a_merged_basket_keeps_the_limits(shop: Shop) {
    let fixture = Fixture::new(shop);
    let (shop, guest) = (&fixture.shop, fixture.shopper);
    let ada = account(shop).await;
    let mug = fixture.product(99).await;
    fill(shop, guest, &mug, 7).await;
    fill(shop, guest, &fixture.product(99).await, 1).await;
    fill(shop, ada, &mug, 7).await;
    for _ in 1..Cart::MOST_LINES {
        fill(shop, ada, &fixture.product(99).await, 1).await;
    }
    log_in(shop, ada, Some(guest)).await;
    let full = basket(shop, ada).await.expect("a basket");
    assert_eq!(full.lines.len(), Cart::MOST_LINES);
    assert_eq!(pieces(&full)[0], (mug.as_str(), Quantity::MOST));
    assert_eq!(basket(shop, guest).await, None);
}

/// Logging in with nothing in the basket leaves the account's basket and its quotes as they are.
pub async fn a_guest_without_a_basket_changes_none(shop: Shop) {
    let fixture = Fixture::new(shop);
    let shop = &fixture.shop;
    let ada = account(shop).await;
    log_in(shop, ada, Some(Fixture::new_shopper())).await;
    assert_eq!(basket(shop, ada).await, None);
    fill(shop, ada, &fixture.product(9).await, 1).await;
    let before = basket(shop, ada).await;
    log_in(shop, ada, Some(fixture.shopper)).await;
    log_in(shop, ada, None).await;
    assert_eq!(basket(shop, ada).await, before);
}

/// A guest who is one account's is never another's, and their basket stays where it is.
pub async fn a_guest_is_linked_to_one_account(shop: Shop) {
    let fixture = Fixture::new(shop);
    let (shop, guest) = (&fixture.shop, fixture.shopper);
    let (ada, bob) = (account(shop).await, account(shop).await);
    let is_linked = async |guest| shop.accounts.is_linked(guest).await.expect("read");
    assert!(!is_linked(guest).await);
    log_in(shop, ada, Some(guest)).await;
    assert!(is_linked(guest).await && !is_linked(ada).await);
    let slug = fixture.product(9).await;
    fill(shop, guest, &slug, 1).await;
    let cart = fixture.cart_of(&slug, 1).await;
    log_in(shop, bob, Some(guest)).await;
    assert_eq!(basket(shop, bob).await, None);
    let guest_of = async |account| shop.accounts.find_guest_of_cart(account, cart.id).await.expect("read");
    assert_eq!((guest_of(ada).await, guest_of(bob).await), (Some(guest), None));
}

/// Nothing moves, so nothing is missed: an order of the guest is the account's, whether it is placed before the login or
/// after it, and stays the order of its own shopper.
pub async fn what_a_guest_ordered_is_the_accounts_whenever_it_is_placed(shop: Shop) {
    let fixture = Fixture::new(shop);
    let (shop, guest) = (&fixture.shop, fixture.shopper);
    let ada = account(shop).await;
    let slug = fixture.product(9).await;
    let (before, after) = (fixture.cart_of(&slug, 1).await, fixture.cart_of(&slug, 1).await);
    let before = place(shop, fixture.order_of(&before)).await;
    assert_eq!(shop.orders.find_order(ada, before.id).await.expect("read"), None);
    log_in(shop, ada, Some(guest)).await;
    let asked = fixture.order_of(&after);
    let after = place(shop, asked.clone()).await;
    assert_eq!(
        place(shop, asked).await,
        after,
        "the same order again is the same order"
    );
    for order in [&before, &after] {
        assert_eq!(order.shopper, guest);
        assert_eq!(
            shop.orders.find_order(ada, order.id).await.expect("read").as_ref(),
            Some(order)
        );
        let by_token = shop.orders.find_order_by_token(ada, order.token).await.expect("read");
        assert_eq!(by_token.as_ref(), Some(order));
    }
    let listed = shop.orders.list_orders(ada, 10).await.expect("read");
    assert!(listed.len() == 2 && listed.contains(&before) && listed.contains(&after));
}

/// Neither orders nor carts of a guest who is not linked, or linked to someone else.
pub async fn an_account_sees_nothing_of_other_guests(shop: Shop) {
    let fixture = Fixture::new(shop);
    let (shop, guest) = (&fixture.shop, fixture.shopper);
    let (ada, bob) = (account(shop).await, account(shop).await);
    let slug = fixture.product(9).await;
    let cart = fixture.cart_of(&slug, 1).await;
    let order = place(shop, fixture.order_of(&cart)).await;
    log_in(shop, ada, Some(guest)).await;
    for stranger in [bob, Fixture::new_shopper()] {
        assert_eq!(shop.orders.find_order(stranger, order.id).await.expect("read"), None);
        assert_eq!(
            shop.orders
                .find_order_by_token(stranger, order.token)
                .await
                .expect("read"),
            None
        );
        assert_eq!(shop.orders.list_orders(stranger, 10).await.expect("read"), []);
        assert_eq!(
            shop.accounts.find_guest_of_cart(stranger, cart.id).await.expect("read"),
            None
        );
    }
    // The guest sees their own alone: a link is no way back.
    assert_eq!(shop.orders.list_orders(ada, 10).await.expect("read").len(), 1);
    let own = Fixture {
        shopper: ada,
        ..fixture.clone()
    };
    let own_cart = own.cart_of(&slug, 1).await;
    let own = place(shop, own.order_of(&own_cart)).await;
    assert_eq!(shop.orders.find_order(guest, own.id).await.expect("read"), None);
}

/// A login and an order that meet in the guest's basket: it becomes the order, or its lines are the account's, never
/// both and never neither.
pub async fn of_an_order_and_a_login_each_takes_the_basket_whole(shop: Shop) {
    let shop = &shop;
    let ada = account(shop).await;
    for _ in 0..10 {
        let fixture = Fixture::new(shop.clone());
        let guest = fixture.shopper;
        let slug = fixture.product(9).await;
        let id = fill(shop, guest, &slug, 2).await;
        let asked = fixture.order_of(&fixture.cart(id).await);
        let ordering = tokio::spawn({
            let shop = shop.clone();
            async move { insert(&shop, asked).await }
        });
        log_in(shop, ada, Some(guest)).await;
        let merged = basket(shop, ada)
            .await
            .is_some_and(|cart| pieces(&cart).contains(&(slug.as_str(), 2)));
        match ordering.await.expect("no panic") {
            Insertion::Placed(order) => {
                assert!(!merged, "ordered, and still in the basket");
                assert_eq!(shop.orders.find_order(ada, order.id).await.expect("read"), Some(order));
            }
            Insertion::Refused(Refusal::CartChanged(None)) => assert!(merged, "neither ordered nor in the basket"),
            other => panic!("{other:?}"),
        }
        assert_eq!(basket(shop, guest).await, None);
    }
}

/// Number and address together open an order for whoever knows them, and for nobody else.
pub async fn an_order_is_opened_by_number_and_address_alone(shop: Shop) {
    let fixture = Fixture::new(shop);
    let shop = &fixture.shop;
    let slug = fixture.product(9).await;
    let cart = fixture.cart_of(&slug, 1).await;
    let order = place(shop, fixture.order_of(&cart)).await;
    let number = order.id.number();
    let (reader, stranger) = (Fixture::new_shopper(), Fixture::new_shopper());
    let open = async |number: &OrderNumber, email: &str| {
        shop.accounts
            .open_order(reader, number, email)
            .await
            .expect("the store answers")
    };
    assert_eq!(open(&number, "eve@example.org").await, None);
    let other = OrderNumber::parse("000-0000").expect("a number");
    assert_eq!(open(&other, "ada@example.org").await, None);
    assert_eq!(shop.orders.find_order(reader, order.id).await.expect("read"), None);
    for _ in 0..2 {
        assert_eq!(open(&number, "ada@example.org").await, Some(order.id));
    }
    assert_eq!(
        shop.orders.find_order(reader, order.id).await.expect("read"),
        Some(order.clone())
    );
    assert_eq!(
        shop.orders.list_orders(reader, 10).await.expect("read"),
        [],
        "it is seen, not owned"
    );
    assert_eq!(shop.orders.find_order(stranger, order.id).await.expect("read"), None);
}
