//! The contract of [`AccountStore`](crate::ports::AccountStore) about accounts and sessions, a sentence a function.

use std::time::Duration;

use crate::account::{EmailAddress, PasswordHash, SessionDigest};
use crate::cart::{CartId, ShopperId};
use crate::ports::{AccountAddition, Clock as _, NewAccount, NewSession};
use crate::time::Timestamp;

use super::{Fixture, ManualClock, Shop};

const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaA";

fn now() -> Timestamp {
    ManualClock::default().now()
}

fn new_email() -> EmailAddress {
    EmailAddress::parse(&format!("Ada.{}@Example.org", Fixture::new_uuid().simple())).expect("an address")
}

fn new_account(email: &EmailAddress) -> NewAccount {
    NewAccount {
        shopper: Fixture::new_shopper(),
        email: email.clone(),
        password: PasswordHash::from_phc(HASH.into()),
        created_at: now(),
    }
}

async fn add(shop: &Shop, account: NewAccount) -> AccountAddition {
    shop.accounts.add_account(account).await.expect("the store answers")
}

pub(super) async fn account(shop: &Shop) -> ShopperId {
    let account = new_account(&new_email());
    assert_eq!(add(shop, account.clone()).await, AccountAddition::Added);
    account.shopper
}

pub(super) fn session(account: ShopperId, guest: Option<ShopperId>) -> NewSession {
    let mut digest = [0; 32];
    digest[..16].copy_from_slice(Fixture::new_uuid().as_bytes());
    digest[16..].copy_from_slice(Fixture::new_uuid().as_bytes());
    NewSession {
        digest: SessionDigest(digest),
        account,
        guest,
        new_basket: CartId(Fixture::new_uuid()),
        now: now(),
        expires_at: now().after(Duration::from_hours(1)),
    }
}

pub(super) async fn begin(shop: &Shop, session: NewSession) {
    shop.accounts.begin_session(session).await.expect("the store answers");
}

async fn who(shop: &Shop, session: &NewSession, at: Timestamp) -> Option<ShopperId> {
    let found = shop.accounts.find_session(session.digest, at).await.expect("read");
    found.map(|identity| identity.shopper)
}

/// Upper and lower case are one address; what is shown is what was typed.
pub async fn an_account_is_found_in_every_spelling_of_its_address(shop: Shop) {
    let email = new_email();
    let account = new_account(&email);
    assert_eq!(shop.accounts.find_account(&email).await.expect("read"), None);
    assert_eq!(add(&shop, account.clone()).await, AccountAddition::Added);
    for typed in [email.as_str().to_owned(), email.as_str().to_uppercase()] {
        let other = EmailAddress::parse(&typed).expect("an address");
        let found = shop
            .accounts
            .find_account(&other)
            .await
            .expect("read")
            .expect("it is there");
        assert_eq!(
            (found.identity.shopper, found.identity.email.as_str()),
            (account.shopper, email.as_str())
        );
        assert_eq!(found.password.as_phc(), HASH);
    }
}

/// A second account of an address is told from the same account sent again.
pub async fn an_address_has_one_account(shop: Shop) {
    let email = new_email();
    let first = new_account(&email);
    assert_eq!(add(&shop, first.clone()).await, AccountAddition::Added);
    assert_eq!(add(&shop, first.clone()).await, AccountAddition::Added);
    let shouted = EmailAddress::parse(&email.as_str().to_uppercase()).expect("an address");
    assert_eq!(add(&shop, new_account(&shouted)).await, AccountAddition::EmailTaken);
    let found = shop
        .accounts
        .find_account(&email)
        .await
        .expect("read")
        .expect("it is there");
    assert_eq!(found.identity.shopper, first.shopper);
}

/// However many register an address at once, it gets one account.
pub async fn of_ten_registrations_at_once_one_wins(shop: Shop) {
    let email = new_email();
    let racers: Vec<_> = (0..10)
        .map(|_| {
            let (shop, account) = (shop.clone(), new_account(&email));
            tokio::spawn(async move { add(&shop, account).await })
        })
        .collect();
    let mut added = 0;
    for racer in racers {
        added += usize::from(racer.await.expect("no panic") == AccountAddition::Added);
    }
    assert_eq!(added, 1);
}

/// A session leads to its account, also beside others of it, until it is ended.
pub async fn a_session_leads_to_its_account_until_it_ends(shop: Shop) {
    let (ada, bob) = (account(&shop).await, account(&shop).await);
    let (phone, laptop, other) = (session(ada, None), session(ada, None), session(bob, None));
    assert_eq!(who(&shop, &phone, now()).await, None);
    for session in [&phone, &laptop, &other] {
        begin(&shop, session.clone()).await;
    }
    assert_eq!(who(&shop, &phone, now()).await, Some(ada));
    for _ in 0..2 {
        shop.accounts.end_session(phone.digest).await.expect("ended");
    }
    assert_eq!(who(&shop, &phone, now()).await, None);
    assert_eq!(who(&shop, &laptop, now()).await, Some(ada));
    assert_eq!(who(&shop, &other, now()).await, Some(bob));
}

/// A session ends by itself, at its time and not before.
pub async fn a_session_is_over_at_its_time(shop: Shop) {
    let ada = account(&shop).await;
    let session = session(ada, None);
    begin(&shop, session.clone()).await;
    let before = Timestamp::from_unix_ms(session.expires_at.unix_ms - 1);
    assert_eq!(who(&shop, &session, before).await, Some(ada));
    assert_eq!(who(&shop, &session, session.expires_at).await, None);
}

/// Sessions do not pile up: those that are over go with the next one, and no others.
pub async fn beginning_a_session_clears_away_those_that_are_over(shop: Shop) {
    let ada = account(&shop).await;
    let (over, running) = (session(ada, None), session(ada, None));
    let running = NewSession {
        expires_at: now().after(Duration::from_hours(3)),
        ..running
    };
    begin(&shop, over.clone()).await;
    begin(&shop, running.clone()).await;
    let later = NewSession {
        now: now().after(Duration::from_hours(2)),
        ..session(ada, None)
    };
    begin(&shop, later).await;
    assert_eq!(who(&shop, &over, now()).await, None);
    assert_eq!(who(&shop, &running, now()).await, Some(ada));
}
