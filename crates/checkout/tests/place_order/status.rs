//! What became of a token, for whoever lost sight of the answer.

use std::time::Duration;

use checkout::attempt_status::AttemptStatus;
use checkout::cart::ShopperId;
use checkout::place_order::PlaceOrder;
use checkout::ports::{AttemptId, Claim, ClaimReply, RepeatPolicy, TokenRef, TokenStore as _};
use checkout::testing::Fixture;

use super::world::World;

async fn status(world: &World, shopper: ShopperId, page: &PlaceOrder) -> AttemptStatus {
    let status = world.checkout.attempt_status(shopper, page.token.digest()).await;
    status.expect("the database answers")
}

/// An attempt that another server runs: this one knows of it by the token store alone.
async fn claim_elsewhere(world: &World, page: &PlaceOrder) -> Duration {
    let timeouts = world.checkout.settings().timeouts;
    let claim = Claim {
        token: TokenRef {
            shopper: page.shopper,
            digest: page.token.digest(),
        },
        fingerprint: page.fingerprint,
        attempt: AttemptId(Fixture::new_uuid()),
        lease: timeouts.claim_lease,
        product_urls: vec![],
        repeat_window: timeouts.repeat_window,
        repeat: RepeatPolicy::Ask,
        keep: timeouts.result_kept,
    };
    let reply = world.tokens.claim(&claim).await.expect("it answers");
    assert_eq!(reply, ClaimReply::Claimed);
    claim.lease
}

#[tokio::test(start_paused = true)]
async fn an_attempt_of_another_server_runs_until_its_lease_ends() {
    let world = World::new();
    let (shopper, page) = (world.fixture.shopper, world.page().await);
    assert_eq!(status(&world, shopper, &page).await, AttemptStatus::NotOrdered);
    let lease = claim_elsewhere(&world, &page).await;
    world.clock.advance(lease.saturating_sub(Duration::from_millis(1)));
    assert_eq!(status(&world, shopper, &page).await, AttemptStatus::Running);
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(status(&world, shopper, &page).await, AttemptStatus::NotOrdered);
}

#[tokio::test(start_paused = true)]
async fn without_the_token_store_the_database_tells_what_it_knows() {
    let world = World::new();
    let (shopper, used, unused) = (world.fixture.shopper, world.page().await, world.page().await);
    let order = world.placed(&used).await;
    world.take_tokens_down();
    assert_eq!(status(&world, shopper, &used).await, AttemptStatus::Placed(order));
    assert_eq!(status(&world, shopper, &unused).await, AttemptStatus::NotOrdered);
}

#[tokio::test(start_paused = true)]
async fn nobody_learns_what_became_of_someone_elses_token() {
    let world = World::new();
    let (stranger, page) = (Fixture::new_shopper(), world.page().await);
    claim_elsewhere(&world, &page).await;
    assert_eq!(status(&world, stranger, &page).await, AttemptStatus::NotOrdered);
    let other = world.page().await;
    world.placed(&other).await;
    assert_eq!(status(&world, stranger, &other).await, AttemptStatus::NotOrdered);
}
