use super::*;

use checkout::order::OrderId;
use checkout::ports::{AttemptId, EarlierOrder, RepeatPolicy};
use checkout::testing::{Fixture, ManualClock};
use checkout::token::TokenDigest;

const MINUTE: Duration = Duration::from_mins(1);

fn store(most_tokens: usize) -> (Arc<ManualClock>, MemoryTokens) {
    let clock = Arc::new(ManualClock::default());
    let store = MemoryTokens::with_room_for(Arc::<ManualClock>::clone(&clock), most_tokens);
    (clock, store)
}

fn new_token() -> TokenRef {
    TokenRef {
        shopper: Fixture::new_shopper(),
        digest: TokenDigest(Fixture::new_uuid()),
    }
}

fn claim() -> Claim {
    Claim {
        token: new_token(),
        fingerprint: Fingerprint([7; 32]),
        attempt: AttemptId(Fixture::new_uuid()),
        lease: MINUTE,
        product_urls: vec!["/products/mug".into()],
        repeat_window: 2 * MINUTE,
        repeat: RepeatPolicy::Ask,
        keep: 3 * MINUTE,
    }
}

async fn issue(store: &MemoryTokens) -> TokenRef {
    let token = new_token();
    let issued = store.issue(token, Fingerprint([7; 32]), MINUTE).await;
    issued.expect("memory always answers");
    token
}

async fn state(store: &MemoryTokens, token: TokenRef) -> TokenState {
    store.state(token).await.expect("memory always answers")
}

/// Another attempt with the same token.
fn again(first: &Claim) -> Claim {
    Claim {
        attempt: claim().attempt,
        ..first.clone()
    }
}

/// Another page of the same shopper.
fn sibling(first: &Claim) -> Claim {
    let other = claim();
    let token = TokenRef {
        shopper: first.token.shopper,
        ..other.token
    };
    Claim { token, ..other }
}

fn settle_of(claim: &Claim, clock: &ManualClock) -> Settle {
    Settle {
        token: claim.token,
        attempt: claim.attempt,
        order: EarlierOrder {
            id: OrderId(Fixture::new_uuid()),
            placed_at: clock.now(),
        },
        product_urls: claim.product_urls.clone(),
        repeat_window: claim.repeat_window,
        keep: 60 * MINUTE,
    }
}

#[tokio::test]
async fn a_token_is_forgotten_when_it_is_no_longer_kept() {
    let (clock, store) = store(100);
    let token = issue(&store).await;
    clock.advance(Duration::from_millis(59_999));
    assert_eq!(state(&store, token).await, TokenState::Issued);
    clock.advance(Duration::from_millis(1));
    assert_eq!(state(&store, token).await, TokenState::Missing);
}

#[tokio::test]
async fn a_lease_ends_to_the_millisecond_and_the_guard_with_it() {
    let (clock, store) = store(100);
    let first = claim();
    let (retry, other) = (again(&first), sibling(&first));
    assert_eq!(store.claim(&first).await.expect("an answer"), ClaimReply::Claimed);
    clock.advance(Duration::from_millis(59_999));
    let busy = ClaimReply::Busy(Duration::from_millis(1));
    assert_eq!(store.claim(&retry).await.expect("an answer"), busy);
    assert_eq!(store.claim(&other).await.expect("an answer"), ClaimReply::Repeat(None));
    clock.advance(Duration::from_millis(1));
    assert_eq!(state(&store, first.token).await, TokenState::Claimed(Duration::ZERO));
    assert_eq!(store.claim(&other).await.expect("an answer"), ClaimReply::Claimed);
}

#[tokio::test]
async fn a_window_ends_to_the_millisecond() {
    let (clock, store) = store(100);
    let first = claim();
    let other = sibling(&first);
    store.claim(&first).await.expect("an answer");
    let settle = settle_of(&first, &clock);
    assert_eq!(store.settle(&settle).await.expect("an answer"), Held::Yes);
    clock.advance(Duration::from_millis(119_999));
    let repeat = ClaimReply::Repeat(Some(settle.order));
    assert_eq!(store.claim(&other).await.expect("an answer"), repeat);
    clock.advance(Duration::from_millis(1));
    assert_eq!(store.claim(&other).await.expect("an answer"), ClaimReply::Claimed);
}

#[tokio::test]
async fn what_has_expired_takes_no_room() {
    let (clock, store) = store(100_000);
    for _ in 0..1_000 {
        store.claim(&claim()).await.expect("an answer");
    }
    assert_eq!(store.book().len(), 2_000);
    clock.advance(3 * MINUTE);
    issue(&store).await;
    assert_eq!(store.book().len(), 1);
}

#[tokio::test]
async fn a_full_store_takes_no_new_page_but_every_claim() {
    let (_, store) = store(3);
    for _ in 0..3 {
        issue(&store).await;
    }
    let fourth = issue(&store).await;
    assert_eq!(state(&store, fourth).await, TokenState::Missing);
    let claimed = Claim {
        token: fourth,
        ..claim()
    };
    assert_eq!(store.claim(&claimed).await.expect("an answer"), ClaimReply::Claimed);
}

#[tokio::test]
async fn a_full_store_forgets_what_the_database_knows() {
    let (clock, store) = store(1);
    let placed = claim();
    store.claim(&placed).await.expect("an answer");
    let settle = settle_of(&placed, &clock);
    assert_eq!(store.settle(&settle).await.expect("an answer"), Held::Yes);
    clock.advance(MINUTE);
    let next = issue(&store).await;
    assert_eq!(state(&store, next).await, TokenState::Issued);
    assert_eq!(state(&store, placed.token).await, TokenState::Missing);
}
