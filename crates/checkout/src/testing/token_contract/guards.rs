//! The repeat guard.

use std::time::Duration;

use super::{Store, ask, claim_of, claimed, claimed_in_time, new_token, order, release, settle, sibling, state};
use crate::ports::{Claim, ClaimReply, Held, RepeatPolicy, TokenState};
use crate::testing::Fixture;

/// An attempt that died between claim and settle holds up the shopper's other pages for its lease, not for the window.
pub async fn a_dead_attempt_guards_no_longer_than_its_lease(store: Store) {
    let dead = Claim {
        lease: Duration::from_millis(20),
        ..claim_of(new_token())
    };
    claimed(&store, &dead).await;
    claimed_in_time(&store, &claim_of(sibling(dead.token))).await;
}

/// An attempt that outlived its guard names its order all the same, unless another holds the guard by then.
pub async fn a_late_settle_guards_what_nobody_guards(store: Store) {
    let (late, order) = (claim_of(new_token()), order());
    let late = Claim {
        repeat_window: Duration::from_millis(20),
        ..late
    };
    claimed(&store, &late).await;
    let other = claim_of(sibling(late.token));
    claimed_in_time(&store, &other).await;
    assert_eq!(release(&store, &other).await, Held::Yes);
    let settled = Claim {
        repeat_window: Fixture::LONG,
        ..late
    };
    assert_eq!(settle(&store, &settled, order).await, Held::Yes);
    let next = claim_of(sibling(settled.token));
    assert_eq!(ask(&store, &next).await, ClaimReply::Repeat(Some(order)));
}

/// While one intent runs, another for the same product is held up.
pub async fn a_running_attempt_guards_its_products(store: Store) {
    let first = claim_of(new_token());
    claimed(&store, &first).await;
    let second = claim_of(sibling(first.token));
    assert_eq!(ask(&store, &second).await, ClaimReply::Repeat(None));
    assert_eq!(release(&store, &first).await, Held::Yes);
    claimed(&store, &second).await;
}

/// After the order, the guard stays and says which order it was and when.
pub async fn an_order_guards_its_products_and_is_named(store: Store) {
    let (first, order) = (claim_of(new_token()), order());
    claimed(&store, &first).await;
    settle(&store, &first, order).await;
    let second = claim_of(sibling(first.token));
    assert_eq!(ask(&store, &second).await, ClaimReply::Repeat(Some(order)));
    assert_eq!(
        state(&store, second.token).await,
        TokenState::Missing,
        "a repeat changes nothing"
    );
}

/// "Buy it again" passes what was ordered, and never what still runs.
pub async fn a_confirmed_repeat_passes_an_order_but_not_a_running_attempt(store: Store) {
    let first = claim_of(new_token());
    claimed(&store, &first).await;
    let second = Claim {
        repeat: RepeatPolicy::Confirmed,
        ..claim_of(sibling(first.token))
    };
    assert_eq!(ask(&store, &second).await, ClaimReply::Repeat(None));
    settle(&store, &first, order()).await;
    claimed(&store, &second).await;
    let latest = order();
    settle(&store, &second, latest).await;
    let third = claim_of(sibling(first.token));
    assert_eq!(ask(&store, &third).await, ClaimReply::Repeat(Some(latest)));
}

/// After the window, the same product is simply bought again.
pub async fn the_guard_ends_with_its_window(store: Store) {
    let first = Claim {
        repeat_window: Duration::from_millis(200),
        ..claim_of(new_token())
    };
    claimed(&store, &first).await;
    settle(&store, &first, order()).await;
    claimed_in_time(&store, &claim_of(sibling(first.token))).await;
}

/// A cart with a guarded product takes none of its other guards.
pub async fn a_guard_of_one_product_takes_no_other(store: Store) {
    let first = claim_of(new_token());
    claimed(&store, &first).await;
    let both = vec!["/products/tea".to_owned(), "/products/mug".to_owned()];
    let second = Claim {
        product_urls: both,
        ..claim_of(sibling(first.token))
    };
    assert_eq!(ask(&store, &second).await, ClaimReply::Repeat(None));
    let tea = Claim {
        product_urls: vec!["/products/tea".to_owned()],
        ..claim_of(sibling(first.token))
    };
    claimed(&store, &tea).await;
}

/// An attempt that lost its guard to another, by its window, does not free the other's.
pub async fn a_release_leaves_the_guard_of_another(store: Store) {
    let first = Claim {
        repeat_window: Duration::from_millis(20),
        ..claim_of(new_token())
    };
    claimed(&store, &first).await;
    let second = claim_of(sibling(first.token));
    claimed_in_time(&store, &second).await;
    assert_eq!(release(&store, &first).await, Held::Yes);
    assert_eq!(
        ask(&store, &claim_of(sibling(first.token))).await,
        ClaimReply::Repeat(None)
    );
}

/// Two shoppers buy the same product at once.
pub async fn guards_are_per_shopper(store: Store) {
    claimed(&store, &claim_of(new_token())).await;
    claimed(&store, &claim_of(new_token())).await;
}
