//! More orders at once than a server takes.

use std::sync::atomic::Ordering;

use checkout::place_order::{PlaceOrder, PlaceOrderError, Placement};
use checkout::settings::Settings;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::world::World;

fn submit(world: &World, page: &PlaceOrder) -> JoinHandle<Result<Placement, PlaceOrderError>> {
    let (checkout, page) = (world.checkout.clone(), page.clone());
    tokio::spawn(async move { checkout.place_order(page).await })
}

#[tokio::test(start_paused = true)]
async fn ov_01_what_is_too_much_is_refused_at_once_and_before_it_claims_anything() {
    let world = World::with(Settings {
        attempts_at_once: 1,
        ..Settings::default()
    });
    let (runs, too_much) = (world.page().await, world.page().await);
    world.orders.close_gate();
    let running = submit(&world, &runs);
    while world.orders.inserts.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let copy = submit(&world, &runs);
    assert_eq!(world.checkout.attempts_running(), 1);
    let (asked, begun) = (world.tokens.asked.load(Ordering::SeqCst), Instant::now());
    for _ in 0..100 {
        let refused = world.checkout.place_order(too_much.clone()).await;
        assert!(matches!(refused, Err(PlaceOrderError::Overloaded)), "{refused:?}");
    }
    assert_eq!(begun.elapsed().as_millis(), 0, "nobody waits to be refused");
    assert_eq!(world.tokens.asked.load(Ordering::SeqCst), asked, "nothing is claimed");
    world.orders.open_gate();
    let order = running.await.expect("no panic").expect("an order").into_order();
    let replayed = copy
        .await
        .expect("no panic")
        .expect("a copy waits for its order, however full it is");
    assert_eq!(replayed.into_order(), order);
    // There is room again, and the same token is still good.
    world.placed(&too_much).await;
    assert_eq!(world.shop.count_orders(), 2);
    assert_eq!(world.checkout.attempts_running(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_written_of_the_service_is_how_it_is_set() {
    let world = World::new();
    let written = format!("{:?}", world.checkout);
    assert!(
        written.starts_with("Checkout { settings: Settings {") && written.ends_with(", .. }"),
        "{written}"
    );
}

/// Whoever hangs up leaves their attempt behind, and it still takes its room.
#[tokio::test(start_paused = true)]
async fn ov_01_an_attempt_that_nobody_waits_for_counts_until_its_end() {
    let world = World::with(Settings {
        attempts_at_once: 1,
        ..Settings::default()
    });
    let (left, next) = (world.page().await, world.page().await);
    world.orders.close_gate();
    let waiter = submit(&world, &left);
    while world.orders.inserts.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    waiter.abort();
    assert!(waiter.await.expect_err("it was aborted").is_cancelled());
    let refused = world.checkout.place_order(next.clone()).await;
    assert!(matches!(refused, Err(PlaceOrderError::Overloaded)), "{refused:?}");
    world.orders.open_gate();
    world.replayed(&left).await;
    world.placed(&next).await;
}
