//! Coming to a shop that may have too much to do.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::{Response, StatusCode};
use tokio::time::Instant;

use super::{Page, Shopper};

/// What became of somebody who came to buy.
pub enum Visit {
    /// They are shown what to confirm.
    Page(Page),
    /// The shop has too much to do.
    Refused {
        /// How long it took to be told.
        took: Duration,
        /// Whether they were told when to come again.
        retry_after: bool,
        /// Whether they had a cart by then: what the shop did for it is lost.
        late: bool,
    },
}

impl Shopper {
    /// *Buy now*, and the filled confirmation page, if the shop has time.
    pub async fn visit(&self, base: &str, slug: &str) -> anyhow::Result<Visit> {
        let form = [("slug", slug), ("quantity", "1")];
        let asked = Instant::now();
        let bought = self
            .sending(self.client.post(format!("{base}/buy-now")).form(&form))
            .await?;
        if let Some(refused) = refused(&bought, asked, false) {
            return Ok(refused);
        }
        ensure!(
            bought.status() == StatusCode::SEE_OTHER,
            "buy now answered {}",
            bought.status()
        );
        if let Some(cookie) = bought.headers().get("set-cookie") {
            let cookie = cookie.to_str()?.split(';').next().unwrap_or_default();
            self.session.get_or_init(|| cookie.to_owned());
        }
        let path = bought
            .headers()
            .get("location")
            .context("where to pay")?
            .to_str()?
            .to_owned();
        let asked = Instant::now();
        let page = self.sending(self.client.get(format!("{base}{path}"))).await?;
        if let Some(refused) = refused(&page, asked, true) {
            return Ok(refused);
        }
        ensure!(
            page.status() == StatusCode::OK,
            "the confirmation page answered {}",
            page.status()
        );
        Ok(Visit::Page(self.fill(&page.text().await?)?))
    }

    /// What an address answers.
    pub async fn status(&self, base: &str, path: &str) -> anyhow::Result<u16> {
        let answer = self.sending(self.client.get(format!("{base}{path}"))).await?;
        let status = answer.status().as_u16();
        answer.bytes().await?;
        Ok(status)
    }
}

fn refused(answer: &Response, asked: Instant, late: bool) -> Option<Visit> {
    (answer.status() == StatusCode::SERVICE_UNAVAILABLE).then(|| Visit::Refused {
        took: asked.elapsed(),
        retry_after: answer.headers().contains_key("retry-after"),
        late,
    })
}
