//! The contract of [`TokenStore`], a sentence a function.

mod guards;
mod news;

pub use guards::*;
pub use news::*;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::order::OrderId;
use crate::ports::{
    AttemptId, Claim, ClaimReply, EarlierOrder, Held, Release, RepeatPolicy, Settle, TokenRef, TokenState, TokenStore,
};
use crate::quote::Fingerprint;
use crate::time::Timestamp;
use crate::token::TokenDigest;

use super::Fixture;

type Store = Arc<dyn TokenStore>;

fn new_token() -> TokenRef {
    TokenRef {
        shopper: Fixture::new_shopper(),
        digest: TokenDigest(Fixture::new_uuid()),
    }
}

fn sibling(token: TokenRef) -> TokenRef {
    TokenRef {
        digest: TokenDigest(Fixture::new_uuid()),
        ..token
    }
}

fn claim_of(token: TokenRef) -> Claim {
    Claim {
        token,
        fingerprint: Fingerprint([7; 32]),
        attempt: AttemptId(Fixture::new_uuid()),
        lease: Fixture::LONG,
        product_urls: vec!["/products/mug".into()],
        repeat_window: Fixture::LONG,
        repeat: RepeatPolicy::Ask,
        keep: Fixture::LONG,
    }
}

fn order() -> EarlierOrder {
    EarlierOrder {
        id: OrderId(Fixture::new_uuid()),
        placed_at: Timestamp::from_unix_ms(1_700_000_000_000),
    }
}

async fn ask(store: &Store, claim: &Claim) -> ClaimReply {
    store.claim(claim).await.expect("the store answers")
}

async fn claimed(store: &Store, claim: &Claim) {
    assert_eq!(ask(store, claim).await, ClaimReply::Claimed);
}

async fn settle(store: &Store, claim: &Claim, order: EarlierOrder) -> Held {
    let product_urls = claim.product_urls.clone();
    let settle = Settle {
        token: claim.token,
        attempt: claim.attempt,
        order,
        product_urls,
        repeat_window: claim.repeat_window,
        keep: Fixture::LONG,
    };
    store.settle(&settle).await.expect("the store answers")
}

async fn release(store: &Store, claim: &Claim) -> Held {
    let product_urls = claim.product_urls.clone();
    let release = Release {
        token: claim.token,
        attempt: claim.attempt,
        product_urls,
    };
    store.release(&release).await.expect("the store answers")
}

async fn state(store: &Store, token: TokenRef) -> TokenState {
    store.state(token).await.expect("the store answers")
}

/// Asks until the answer is `Claimed`; the time that the store keeps decides when.
async fn claimed_in_time(store: &Store, claim: &Claim) {
    let begun = Instant::now();
    while ask(store, claim).await != ClaimReply::Claimed {
        assert!(begun.elapsed() < Duration::from_secs(10), "never claimed");
        tokio::task::yield_now().await;
    }
}

/// One attempt holds the token; another is told for how long.
pub async fn an_issued_token_is_claimed_by_one_attempt(store: Store) {
    let first = claim_of(new_token());
    assert_eq!(state(&store, first.token).await, TokenState::Missing);
    store
        .issue(first.token, first.fingerprint, Fixture::LONG)
        .await
        .expect("issued");
    assert_eq!(state(&store, first.token).await, TokenState::Issued);
    claimed(&store, &first).await;
    let second = claim_of(first.token);
    let ClaimReply::Busy(left) = ask(&store, &second).await else {
        panic!("not busy")
    };
    assert!(left <= Fixture::LONG && left > Duration::ZERO, "{left:?}");
    let TokenState::Claimed(left) = state(&store, first.token).await else {
        panic!("not claimed")
    };
    assert!(left <= Fixture::LONG && left > Duration::ZERO, "{left:?}");
}

/// An attempt whose first claim got no answer sends it again.
pub async fn the_same_attempt_claims_again(store: Store) {
    let claim = claim_of(new_token());
    claimed(&store, &claim).await;
    claimed(&store, &claim).await;
}

/// The store forgot; the MAC proved the token.
pub async fn a_token_nobody_knows_is_claimed(store: Store) {
    let claim = claim_of(new_token());
    claimed(&store, &claim).await;
    assert!(matches!(ask(&store, &claim_of(claim.token)).await, ClaimReply::Busy(_)));
}

/// A token is good for the quote it was issued for.
pub async fn another_quote_is_a_mismatch_and_changes_nothing(store: Store) {
    let claim = claim_of(new_token());
    store
        .issue(claim.token, claim.fingerprint, Fixture::LONG)
        .await
        .expect("issued");
    let edited = Claim {
        fingerprint: Fingerprint([8; 32]),
        ..claim_of(claim.token)
    };
    assert_eq!(ask(&store, &edited).await, ClaimReply::Mismatch);
    assert_eq!(state(&store, claim.token).await, TokenState::Issued);
    claimed(&store, &claim).await;
    settle(&store, &claim, order()).await;
    assert_eq!(
        ask(&store, &edited).await,
        ClaimReply::Mismatch,
        "the mismatch comes first"
    );
}

/// However many attempts race, one holds the token.
pub async fn of_fifty_attempts_one_claims(store: Store) {
    let token = new_token();
    let racers: Vec<_> = (0..50)
        .map(|_| {
            let (store, claim) = (Arc::clone(&store), claim_of(token));
            tokio::spawn(async move { ask(&store, &claim).await })
        })
        .collect();
    let mut holders = 0;
    for racer in racers {
        match racer.await.expect("no panic") {
            ClaimReply::Claimed => holders += 1,
            ClaimReply::Busy(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
    assert_eq!(holders, 1);
}

/// After the order, every claim gets it; nothing is deleted.
pub async fn a_settled_token_names_its_order(store: Store) {
    let (claim, order) = (claim_of(new_token()), order());
    claimed(&store, &claim).await;
    assert_eq!(settle(&store, &claim, order).await, Held::Yes);
    assert_eq!(state(&store, claim.token).await, TokenState::Placed(order.id));
    assert_eq!(ask(&store, &claim).await, ClaimReply::Placed(order.id));
    assert_eq!(ask(&store, &claim_of(claim.token)).await, ClaimReply::Placed(order.id));
    assert_eq!(release(&store, &claim).await, Held::No, "placed is final");
    assert_eq!(state(&store, claim.token).await, TokenState::Placed(order.id));
}

/// A loser never ends the winner's claim.
pub async fn only_the_owner_settles_or_releases(store: Store) {
    let winner = claim_of(new_token());
    claimed(&store, &winner).await;
    let loser = claim_of(winner.token);
    assert_eq!(settle(&store, &loser, order()).await, Held::No);
    assert_eq!(release(&store, &loser).await, Held::No);
    assert!(matches!(state(&store, winner.token).await, TokenState::Claimed(_)));
    assert_eq!(
        release(&store, &claim_of(new_token())).await,
        Held::No,
        "a token nobody knows"
    );
}

/// After a refusal the same token is good again, at once.
pub async fn a_released_token_is_claimed_again(store: Store) {
    let claim = claim_of(new_token());
    claimed(&store, &claim).await;
    assert_eq!(release(&store, &claim).await, Held::Yes);
    assert_eq!(state(&store, claim.token).await, TokenState::Issued);
    assert_eq!(release(&store, &claim).await, Held::No);
    claimed(&store, &claim_of(sibling(claim.token))).await;
}

/// An owner that is not heard of loses the token, and can not end the new owner's claim.
pub async fn an_expired_lease_is_taken_over(store: Store) {
    let frozen = Claim {
        lease: Duration::from_millis(20),
        ..claim_of(new_token())
    };
    claimed(&store, &frozen).await;
    let next = claim_of(frozen.token);
    claimed_in_time(&store, &next).await;
    assert_eq!(settle(&store, &frozen, order()).await, Held::No);
    assert_eq!(release(&store, &frozen).await, Held::No);
    assert!(matches!(ask(&store, &frozen).await, ClaimReply::Busy(_)));
    assert_eq!(settle(&store, &next, order()).await, Held::Yes);
}

/// A page that renders twice does not free what runs.
pub async fn issuing_again_changes_nothing(store: Store) {
    let claim = claim_of(new_token());
    claimed(&store, &claim).await;
    store
        .issue(claim.token, Fingerprint([9; 32]), Fixture::LONG)
        .await
        .expect("issued");
    assert!(matches!(ask(&store, &claim_of(claim.token)).await, ClaimReply::Busy(_)));
}

/// Health checks ask this.
pub async fn it_answers_a_ping(store: Store) {
    store.ping().await.expect("the store answers");
}
