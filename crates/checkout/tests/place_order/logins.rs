//! Orders that are under way while their guest logs in or out.

use checkout::Accounts;
use checkout::account::{EmailAddress, Password};
use checkout::accounts::{AccountPorts, LoggedIn};
use checkout::cart::{CartId, ShopperId};
use checkout::log_in::LogIn;
use checkout::place_order::{PlaceOrder, PlaceOrderError, Placement};
use checkout::ports::CartEdit;
use checkout::register_account::{RegisterAccount, Registration};
use checkout::testing::{Fixture, PlainPasswords, RandomIds};
use std::sync::Arc;
use std::time::Duration;

use super::faults::Fault;
use super::tokens::{inserts, submit};
use super::world::World;

const PASSWORD: &str = "correct horse battery";

fn accounts(world: &World) -> Accounts {
    Accounts::new(AccountPorts {
        accounts: world.fixture.shop.accounts.clone(),
        passwords: Arc::new(PlainPasswords),
        clock: world.clock.clone(),
        ids: Arc::new(RandomIds),
    })
}

fn ada() -> EmailAddress {
    EmailAddress::parse("ada@example.org").expect("an address")
}

async fn register(accounts: &Accounts, guest: Option<ShopperId>) -> Registration {
    let command = RegisterAccount {
        email: ada(),
        password: Password::choose(PASSWORD, &ada()).expect("a password"),
        guest,
    };
    accounts.register_account(command).await.expect("it answers")
}

async fn log_in(accounts: &Accounts, email: &str, password: &str, guest: Option<ShopperId>) -> Option<LoggedIn> {
    let command = LogIn {
        email: EmailAddress::parse(email).expect("an address"),
        password: Password::enter(password).expect("a password"),
        guest,
    };
    accounts.log_in(command).await.expect("it answers")
}

async fn registered(accounts: &Accounts, guest: Option<ShopperId>) -> LoggedIn {
    match register(accounts, guest).await {
        Registration::Registered(logged_in) => logged_in,
        Registration::EmailTaken => panic!("nobody has it"),
    }
}

/// The page, sent again by the account that its guest became.
async fn as_account(accounts: &Accounts, account: ShopperId, page: &PlaceOrder) -> PlaceOrder {
    let shopper = accounts.shopper_of_cart(account, page.cart).await.expect("it answers");
    PlaceOrder {
        shopper,
        ..page.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn se_13_an_order_under_way_while_its_guest_logs_in_is_one_order_of_the_account() {
    let world = World::new();
    let accounts = accounts(&world);
    let page = world.page().await;
    world.orders.fail(&[Fault::Held]);
    let under_way = submit(&world, &page);
    inserts(&world, 1).await;
    let account = registered(&accounts, Some(world.fixture.shopper))
        .await
        .identity
        .shopper;
    assert_eq!(world.checkout.list_orders(account).await.expect("read"), []);
    world.orders.let_go();
    let order = under_way.await.expect("no panic").expect("it is placed").into_order();
    assert_eq!(order.shopper, world.fixture.shopper, "it finishes as its own shopper");
    assert_eq!(
        world.checkout.list_orders(account).await.expect("read"),
        std::slice::from_ref(&order)
    );
    // The page was open before the login, and is sent once more after it.
    let again = world
        .checkout
        .place_order(as_account(&accounts, account, &page).await)
        .await;
    assert_eq!(again.expect("there is an order"), Placement::Replayed(order));
    assert_eq!(world.shop.count_orders(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_page_from_before_the_login_orders_once_after_it() {
    let world = World::new();
    let accounts = accounts(&world);
    let page = world.page().await;
    let account = registered(&accounts, Some(world.fixture.shopper))
        .await
        .identity
        .shopper;
    let page = as_account(&accounts, account, &page).await;
    let order = world.placed(&page).await;
    assert_eq!(world.replayed(&page).await, order);
    let seen = world.checkout.find_order(account, order.id).await.expect("read");
    assert_eq!((seen, world.shop.count_orders()), (Some(order), 1));
}

#[tokio::test(start_paused = true)]
async fn a_basket_under_way_while_its_guest_logs_in_is_ordered_once_or_kept() {
    let world = World::new();
    let accounts = accounts(&world);
    let guest = world.fixture.shopper;
    let slug = world.fixture.product(9).await;
    let one = "1".parse().expect("a quantity");
    let Ok(CartEdit::Done(basket)) = world.checkout.add_to_basket(guest, &slug, one).await else {
        panic!("not added")
    };
    let page = world.submission(&world.open(basket).await);
    world.orders.fail(&[Fault::Held]);
    let under_way = submit(&world, &page);
    inserts(&world, 1).await;
    let account = registered(&accounts, Some(guest)).await.identity.shopper;
    world.orders.let_go();
    // The login came first: its lines are the account's, and the order is refused for good.
    let refused = under_way.await.expect("no panic");
    assert!(
        matches!(refused, Err(PlaceOrderError::CartChanged(None))),
        "{refused:?}"
    );
    let again = world
        .checkout
        .place_order(as_account(&accounts, account, &page).await)
        .await;
    assert!(matches!(again, Err(PlaceOrderError::CartChanged(None))), "{again:?}");
    let merged = world
        .checkout
        .find_basket(account)
        .await
        .expect("read")
        .expect("a basket");
    assert_eq!(merged.pieces(), 1);
    let confirmation = world
        .checkout
        .issue_token(account, merged.id)
        .await
        .expect("it can be ordered");
    let own = PlaceOrder {
        shopper: account,
        ..world.submission(&confirmation)
    };
    world.placed(&own).await;
    assert_eq!(world.shop.count_orders(), 1);
}

#[tokio::test(start_paused = true)]
async fn se_14_a_page_of_someone_elses_cart_is_refused() {
    let world = World::new();
    let accounts = accounts(&world);
    let page = world.page().await;
    let account = registered(&accounts, None).await.identity.shopper;
    let refused = world
        .checkout
        .place_order(as_account(&accounts, account, &page).await)
        .await;
    assert!(matches!(refused, Err(PlaceOrderError::TokenRefused)), "{refused:?}");
    let nobodys = CartId(Fixture::new_uuid());
    assert_eq!(
        accounts.shopper_of_cart(account, nobodys).await.expect("it answers"),
        account
    );
}

#[tokio::test(start_paused = true)]
async fn who_knows_the_password_is_logged_in_and_nobody_else() {
    let world = World::new();
    let accounts = accounts(&world);
    assert!(log_in(&accounts, "ada@example.org", PASSWORD, None).await.is_none());
    let first = registered(&accounts, None).await;
    assert!(matches!(register(&accounts, None).await, Registration::EmailTaken));
    for (email, password) in [("ada@example.org", "correct horse"), ("eve@example.org", PASSWORD)] {
        assert!(log_in(&accounts, email, password, None).await.is_none(), "{email}");
    }
    let second = log_in(&accounts, "ADA@Example.org", PASSWORD, None)
        .await
        .expect("it is hers");
    assert_eq!(second.identity, first.identity);
    assert_ne!(second.secret, first.secret, "every login has a secret of its own");
}

#[tokio::test(start_paused = true)]
async fn se_13_a_session_is_over_once_it_is_logged_out_or_too_old() {
    let world = World::new();
    let accounts = accounts(&world);
    let phone = registered(&accounts, None).await;
    let laptop = log_in(&accounts, "ada@example.org", PASSWORD, None)
        .await
        .expect("it is hers");
    let who = async |of: &LoggedIn| accounts.resume_session(&of.secret).await.expect("it answers");
    assert_eq!(who(&phone).await, Some(phone.identity.clone()));
    accounts.log_out(&phone.secret).await.expect("it answers");
    assert_eq!(
        (who(&phone).await, who(&laptop).await),
        (None, Some(phone.identity.clone()))
    );
    let (minute, thirty_days) = (Duration::from_mins(1), Duration::from_hours(720));
    world.clock.advance(thirty_days.saturating_sub(minute));
    assert!(who(&laptop).await.is_some());
    world.clock.advance(minute);
    assert_eq!(who(&laptop).await, None);
}

#[tokio::test(start_paused = true)]
async fn an_order_is_looked_up_by_its_number_and_its_address_however_they_are_typed() {
    let world = World::new();
    let accounts = accounts(&world);
    let order = world.placed(&world.page().await).await;
    let reader = Fixture::new_shopper();
    let number = order.id.number();
    let look_up = async |email| {
        accounts
            .look_up_order(reader, &number, email)
            .await
            .expect("it answers")
    };
    let seen = async || world.checkout.find_order(reader, order.id).await.expect("read");
    assert_eq!((look_up("eve@example.org").await, seen().await), (None, None));
    assert_eq!(look_up(" ADA@Example.org ").await, Some(order.id));
    assert_eq!(seen().await.as_ref(), Some(&order));
}

#[tokio::test]
async fn the_accounts_print_nothing_of_what_they_hold() {
    assert_eq!(format!("{:?}", accounts(&World::new())), "Accounts { .. }");
}

#[tokio::test(start_paused = true)]
async fn a_guest_who_became_an_account_is_known_as_one_and_no_other_guest_is() {
    let world = World::new();
    let accounts = accounts(&world);
    let (guest, other) = (world.fixture.shopper, Fixture::new_shopper());
    let linked = async |guest| accounts.is_linked(guest).await.expect("it answers");
    assert!(!linked(guest).await);
    registered(&accounts, Some(guest)).await;
    assert_eq!((linked(guest).await, linked(other).await), (true, false));
}
