//! The stores, the servers and the shopper of one combination.

use std::time::Duration;

use anyhow::Context as _;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::case::{Case, Outcome};
use crate::books;
use crate::server::{Server, Setup};
use crate::shopper::{Answer, PRODUCT, Page, Shopper};
use crate::stage::{Services, Stage};

pub(super) struct Scene {
    pub(super) stage: Stage,
    pub(super) setup: Setup,
    pub(super) first: Server,
    pub(super) other: Option<Server>,
    pub(super) shopper: Shopper,
    pub(super) page: Page,
    receipt: Option<String>,
}

impl Scene {
    pub(super) async fn open(case: &Case, services: &Services) -> anyhow::Result<Self> {
        let mut stage = services.stage(case.dialect).await?;
        let setup = stage.setup(case.on_redis_outage);
        let armed = Setup {
            fail_point: Some(case.point.clone()),
            ..setup.clone()
        };
        let first = Server::start(&armed).await?;
        let other = if case.needs_other() {
            Some(Server::start(&setup).await?)
        } else {
            None
        };
        let shopper = Shopper::new(&stage.history)?;
        let page = shopper.page(&first.base, PRODUCT).await?;
        stage.is_secret(&page.token);
        stage.is_secret(shopper.session());
        if case.is_refused() {
            let change = if case.point.starts_with("before") {
                "stock = 0"
            } else {
                "price_minor = 1 + price_minor"
            };
            books::run(
                &stage.url,
                &format!("UPDATE products SET {change} WHERE slug = '{PRODUCT}'"),
            )
            .await?;
            stage.begin_now().await?;
        }
        Ok(Self {
            stage,
            setup,
            first,
            other,
            shopper,
            page,
            receipt: None,
        })
    }

    pub(super) fn submit(&self) -> JoinHandle<Answer> {
        let (shopper, base, page) = (self.shopper.clone(), self.first.base.clone(), self.page.clone());
        tokio::spawn(async move { shopper.submit(&base, &page).await })
    }

    pub(super) async fn restart(&mut self) -> anyhow::Result<()> {
        let next = Server::start(&self.setup).await?;
        self.stage.keep_log(&self.first);
        self.first = next;
        Ok(())
    }

    pub(super) fn retrying(&self) -> String {
        self.other.as_ref().unwrap_or(&self.first).base.clone()
    }

    pub(super) async fn retry(&self, base: &str, patience: Duration) -> (Answer, Duration) {
        self.shopper.retry(base, &self.page, patience).await
    }

    pub(super) async fn has_order(&self, patience: Duration) -> anyhow::Result<bool> {
        let begun = Instant::now();
        while begun.elapsed() < patience + Duration::from_secs(2) {
            if !self.stage.books().await?.orders.is_empty() {
                return Ok(true);
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(false)
    }

    /// The checker compares the ids; here only what a later visit needs.
    pub(super) fn told(&mut self, answer: Answer, outcome: &mut Outcome) {
        match answer {
            Answer::Order { url, .. } => self.receipt = Some(url),
            Answer::No(code) if ["token_refused", "token_mismatch", "malformed"].contains(&code.as_str()) => {
                outcome.violations.push(format!("a good token was answered {code}"));
            }
            Answer::No(_) | Answer::Unknown(_) => {}
        }
    }

    /// Starts everything anew, looks at the order as its owner does, and asks the checker.
    pub(super) async fn finish(mut self, case: &Case, outcome: &mut Outcome) -> anyhow::Result<()> {
        self.first.kill().await?;
        self.restart().await?;
        let base = self.first.base.clone();
        let (last, _) = self.retry(&base, self.setup.lease() + Duration::from_secs(2)).await;
        if last.order().is_some() == case.is_refused() {
            outcome
                .violations
                .push(format!("I2: answered {last:?} after a restart"));
        }
        if !case.is_refused() {
            let receipt = self.receipt.as_deref().context("no answer named the order")?;
            self.shopper.reads(&self.first.base, receipt).await?;
        }
        self.stage.keep_log(&self.first);
        if let Some(other) = &self.other {
            self.stage.keep_log(other);
        }
        outcome.violations.extend(self.stage.violations().await?);
        Ok(())
    }
}
