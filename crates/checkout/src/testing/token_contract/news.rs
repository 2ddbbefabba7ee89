//! News: the end of a claim wakes those that wait for it.

use std::time::Duration;

use super::{Store, claim_of, claimed, new_token, order, release, settle};
use crate::news::Ended;
use crate::ports::{Claim, Held};

/// Far longer than news takes, so that a store without any is told of.
const SURELY: Duration = Duration::from_secs(20);

async fn heard(ended: Ended) {
    tokio::time::timeout(SURELY, ended)
        .await
        .expect("the end of a claim is news");
}

/// Whether there was no news yet.
async fn is_silent(ended: &mut Ended) -> bool {
    tokio::select! {
        biased;
        () = ended => false,
        () = std::future::ready(()) => true,
    }
}

/// Until news that is told now arrived, and with it everything that was told before.
async fn everything_told_is_heard(store: &Store) {
    let other = claim_of(new_token());
    claimed(store, &other).await;
    let ended = store.ended(other.token.shopper);
    assert_eq!(release(store, &other).await, Held::Yes);
    heard(ended).await;
}

/// Settled or released, whoever waits for the shopper's claims hears it: also when the waiting began before the end and
/// was first polled after it.
pub async fn the_end_of_a_claim_is_news_for_its_shopper(store: Store) {
    let claim = claim_of(new_token());
    claimed(&store, &claim).await;
    let (one, two) = (store.ended(claim.token.shopper), store.ended(claim.token.shopper));
    assert_eq!(release(&store, &claim).await, Held::Yes);
    heard(one).await;
    heard(two).await;
    claimed(&store, &claim).await;
    let ended = store.ended(claim.token.shopper);
    assert_eq!(settle(&store, &claim, order()).await, Held::Yes);
    heard(ended).await;
}

/// Nothing ended when somebody else tried to end it.
pub async fn a_refused_end_is_no_news(store: Store) {
    let winner = claim_of(new_token());
    claimed(&store, &winner).await;
    let loser = Claim {
        attempt: claim_of(winner.token).attempt,
        ..winner.clone()
    };
    let mut ended = store.ended(winner.token.shopper);
    assert_eq!(settle(&store, &loser, order()).await, Held::No);
    assert_eq!(release(&store, &loser).await, Held::No);
    everything_told_is_heard(&store).await;
    assert!(is_silent(&mut ended).await, "nothing ended");
    assert_eq!(settle(&store, &winner, order()).await, Held::Yes);
    heard(ended).await;
}

/// News wakes those that it concerns.
pub async fn another_shopper_hears_nothing(store: Store) {
    let (claim, other) = (claim_of(new_token()), claim_of(new_token()));
    claimed(&store, &claim).await;
    let mut ended = store.ended(other.token.shopper);
    assert_eq!(settle(&store, &claim, order()).await, Held::Yes);
    everything_told_is_heard(&store).await;
    assert!(is_silent(&mut ended).await, "another shopper's claim ended");
}
