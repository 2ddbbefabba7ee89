//! A stage with one purchase on it.

use std::time::Duration;

use crash::books::Dialect;
use crash::report::Report;
use crash::server::{Server, Setup};
use crash::shopper::{Answer, PRODUCT, Page, Shopper};
use crash::stage::{Services, Stage};

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
