//! Copies of one submission that arrive at one server together.

use std::sync::atomic::Ordering;
use std::time::Duration;

use checkout::attempt_status::AttemptStatus;
use checkout::place_order::{PlaceOrder, PlaceOrderError, Placement};
use tokio::task::JoinHandle;

use super::faults::Fault;
use super::world::World;

fn submit(world: &World, page: &PlaceOrder) -> JoinHandle<Result<Placement, PlaceOrderError>> {
    let (checkout, page) = (world.checkout.clone(), page.clone());
    tokio::spawn(async move { checkout.place_order(page).await })
}

/// Time is paused, and passes only when nothing else can happen.
async fn all_wait() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

async fn inserts(world: &World, many: usize) {
    while world.orders.inserts.load(Ordering::SeqCst) < many {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn of_twenty_parallel_submissions_all_get_the_one_order() {
    let world = World::new();
    let page = world.page().await;
    world.orders.close_gate();
    let copies: Vec<_> = (0..20).map(|_| submit(&world, &page)).collect();
    all_wait().await;
    world.orders.open_gate();
    let mut orders = Vec::new();
    for copy in copies {
        orders.push(copy.await.expect("no panic").expect("there is an order").into_order());
    }
    assert!(orders.iter().all(|order| order == &orders[0]));
    assert_eq!(world.shop.count_orders(), 1);
    let [inserts, reads] = [&world.orders.inserts, &world.orders.reads].map(|count| count.load(Ordering::SeqCst));
    assert_eq!((inserts, reads), (1, 0), "the copies never reach the database");
    assert_eq!(
        world.tokens.asked.load(Ordering::SeqCst),
        3,
        "one issue, one claim, one settle: the copies never reach the token store"
    );
}

/// Why the first of them failed need not hold for the others: one of them places the order.
#[tokio::test(start_paused = true)]
async fn copies_of_a_submission_that_failed_try_themselves() {
    for fault in [Fault::NotDone, Fault::Panic] {
        let world = World::new();
        let page = world.page().await;
        world.orders.close_gate();
        world.orders.fail(&[fault]);
        let [first, second] = [(); 2].map(|()| submit(&world, &page));
        inserts(&world, 1).await;
        world.orders.open_gate();
        let answers = [first.await, second.await].map(|answer| answer.expect("no panic reaches the caller"));
        let placed = answers
            .iter()
            .filter(|answer| matches!(answer, Ok(Placement::Placed(_))));
        // After a panic the claim stays until its lease is over, which is longer than anybody waits.
        let expected = usize::from(fault == Fault::NotDone);
        assert_eq!(placed.count(), expected, "{fault:?}: {answers:?}");
        assert_eq!(world.shop.count_orders(), expected);
    }
}

/// Also the one that tries after the first: whoever comes later waits for it.
#[tokio::test(start_paused = true)]
async fn a_copy_that_comes_while_another_tries_again_waits_for_that_one() {
    let world = World::new();
    let page = world.page().await;
    world.orders.fail(&[Fault::NotDone, Fault::Held]);
    world.orders.close_gate();
    let (first, second) = (submit(&world, &page), submit(&world, &page));
    inserts(&world, 1).await;
    world.orders.open_gate();
    inserts(&world, 2).await;
    first.await.expect("no panic").expect_err("told to fail");
    let asked = world.tokens.asked.load(Ordering::SeqCst);
    let third = submit(&world, &page);
    all_wait().await;
    world.orders.let_go();
    let order = second.await.expect("no panic").expect("it is placed").into_order();
    let third = third.await.expect("no panic").expect("there is an order");
    assert_eq!(third, Placement::Replayed(order));
    assert_eq!(world.tokens.asked.load(Ordering::SeqCst), asked + 1, "the settle alone");
    assert_eq!(world.orders.reads.load(Ordering::SeqCst), 0);
}

/// The token store is down, and so can not say that the token is claimed.
#[tokio::test(start_paused = true)]
async fn an_attempt_that_runs_here_is_known_without_the_token_store() {
    let world = World::new();
    let page = world.page().await;
    world.take_tokens_down();
    world.orders.close_gate();
    let running = submit(&world, &page);
    inserts(&world, 1).await;
    let status = async || {
        let digest = page.token.digest();
        let status = world.checkout.attempt_status(world.fixture.shopper, digest).await;
        status.expect("the database answers")
    };
    assert_eq!(status().await, AttemptStatus::Running);
    world.orders.open_gate();
    let order = running.await.expect("no panic").expect("it is placed").into_order();
    assert_eq!(status().await, AttemptStatus::Placed(order));
}
