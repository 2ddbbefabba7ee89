//! A stage with one purchase on it.

use std::time::Duration;

use crash::books::Dialect;
use crash::report::Report;
use crash::server::{Server, Setup};
use crash::shopper::{Answer, PRODUCT, Page, Shopper};
use crash::stage::{Services, Stage};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// Longer than anything that ends takes, also on a busy machine.
pub const LONG: Duration = Duration::from_secs(30);

pub async fn stage(dialect: Dialect) -> (Services, Stage) {
    let services = Services::given().await.expect("a PostgreSQL");
    let stage = services.stage(dialect).await.expect("stores");
    (services, stage)
}

pub async fn start(setup: &Setup) -> Server {
    Server::start(setup).await.expect("a server")
}

/// A shopper in front of a filled confirmation page.
pub async fn at_checkout(stage: &Stage, base: &str) -> (Shopper, Page) {
    let shopper = Shopper::new(&stage.history).expect("a shopper");
    let page = shopper.page(base, PRODUCT).await.expect("a confirmation page");
    (shopper, page)
}

/// The page, sent once from a task of its own.
pub fn submitting(shopper: &Shopper, base: &str, page: &Page) -> JoinHandle<Answer> {
    let (shopper, base, page) = (shopper.clone(), base.to_owned(), page.clone());
    tokio::spawn(async move { shopper.submit(&base, &page).await })
}

/// Waits until it is so.
pub async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < LONG, "not in {LONG:?}: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// The retry's order, decided in the time that the protocol promises.
pub async fn decided(shopper: &Shopper, base: &str, page: &Page, setup: &Setup) -> Answer {
    let limit = setup.lease() + Duration::from_secs(2);
    let (answer, took) = shopper.retry(base, page, limit).await;
    assert!(answer.order().is_some(), "{answer:?} after {took:?}");
    assert!(took <= limit, "{took:?}");
    answer
}

/// Everything fits together, and there are so many orders.
pub async fn holds(stage: &mut Stage, servers: &[&Server], orders: usize) {
    for server in servers {
        stage.keep_log(server);
    }
    let violations = stage.violations().await.expect("the stores answer");
    assert!(violations.is_empty(), "{violations:#?}");
    assert_eq!(stage.books().await.expect("the database answers").orders.len(), orders);
}

pub fn clean(report: &Report) {
    assert!(report.is_clean(), "{}", report.text());
}
