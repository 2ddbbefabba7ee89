//! A shopper without scripts, who takes nothing for failed that is only unknown.

mod visit;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context as _, bail};
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::history::{History, Kind};

pub use visit::Visit;

/// What is sold in these runs.
pub const PRODUCT: &str = "enamel-mug";

/// Part of every address that shoppers type: no log may hold it.
pub const CANARY: &str = "canary-5417";

/// How long a shopper waits for an answer. Longer than every limit of the server.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a shopper waits between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// A shopper with a session.
#[derive(Clone)]
pub struct Shopper {
    client: Client,
    history: History,
    email: String,
    session: Arc<OnceLock<String>>,
}

/// A filled confirmation page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The cart.
    pub intent: String,
    /// The order token.
    pub token: String,
    fields: Vec<(String, String)>,
}

/// What a submission was answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// There is an order.
    Order {
        /// Which.
        id: String,
        /// Where its receipt is.
        url: String,
        /// Whether an earlier submission placed it.
        replayed: bool,
    },
    /// Nothing was ordered.
    No(String),
    /// Nobody knows; the same page may be sent again.
    Unknown(String),
}

impl Answer {
    /// The id of the order.
    pub fn order(&self) -> Option<&str> {
        match self {
            Self::Order { id, .. } => Some(id),
            Self::No(_) | Self::Unknown(_) => None,
        }
    }

    /// Whether the shopper knows where they are.
    pub fn is_decided(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }
}

impl Shopper {
    /// A new visitor, whose submissions are written into `history`.
    pub fn new(history: &History) -> anyhow::Result<Self> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        Ok(Self::with(client, history))
    }

    fn with(client: Client, history: &History) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        Self {
            client,
            history: history.clone(),
            email: format!("{CANARY}-{}@example.org", NUMBER.fetch_add(1, Ordering::Relaxed)),
            session: Arc::default(),
        }
    }

    /// Another visitor, who shares nothing with this one but the connections.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::with(self.client.clone(), &self.history)
    }

    /// The cookie, as it is sent.
    pub fn session(&self) -> &str {
        self.session.get().map_or("", String::as_str)
    }

    /// *Buy now*, and the filled confirmation page.
    pub async fn page(&self, base: &str, slug: &str) -> anyhow::Result<Page> {
        match self.visit(base, slug).await? {
            Visit::Page(page) => Ok(page),
            Visit::Refused { .. } => bail!("the shop has too much to do"),
        }
    }

    async fn sending(&self, request: RequestBuilder) -> reqwest::Result<Response> {
        let cookie = self.session();
        let request = if cookie.is_empty() {
            request
        } else {
            request.header("cookie", cookie)
        };
        request.send().await
    }

    fn fill(&self, html: &str) -> anyhow::Result<Page> {
        let hidden = |name: &str| hidden(html, name).with_context(|| format!("no {name} in {html}"));
        let (token, cart) = (hidden("token")?, hidden("cart")?);
        let mut fields = vec![("token".to_owned(), token.clone()), ("cart".to_owned(), cart.clone())];
        for name in ["quote", "repeat"] {
            fields.push((name.to_owned(), hidden(name)?));
        }
        for (name, value) in [
            ("name", "Ada Lovelace"),
            ("email", self.email.as_str()),
            ("street", "12 St James's Square"),
            ("postcode", "SW1Y 4JH"),
            ("city", "London"),
            ("country", "United Kingdom"),
        ] {
            fields.push((name.to_owned(), value.to_owned()));
        }
        for (name, _) in &mut fields {
            *name = format!("order[{name}]");
        }
        Ok(Page {
            intent: cart.replace('-', ""),
            token,
            fields,
        })
    }

    /// The page, as it is sent.
    pub fn form(&self, page: &Page) -> anyhow::Result<String> {
        let request = self.client.post("http://localhost/").form(&page.fields).build()?;
        let body = request.body().and_then(|body| body.as_bytes()).context("a form")?;
        Ok(String::from_utf8(body.to_vec())?)
    }

    /// Submits the page once.
    pub async fn submit(&self, base: &str, page: &Page) -> Answer {
        let invoked = self.history.invoke(&page.intent, &page.token);
        let mut pending = Pending {
            history: self.history.clone(),
            invoked: Some(invoked),
        };
        let sent = self
            .sending(self.client.post(format!("{base}/api/submit_order")).form(&page.fields))
            .await;
        let (status, answer) = match sent {
            Err(error) => (None, Answer::Unknown(format!("no answer: {error}"))),
            Ok(response) => {
                let status = response.status().as_u16();
                let answer = understand(status, response.json().await.unwrap_or_default());
                (Some((status, code(&answer))), answer)
            }
        };
        let kind = match &answer {
            Answer::Order { .. } => Kind::Ok,
            Answer::No(_) => Kind::Fail,
            Answer::Unknown(_) => Kind::Info,
        };
        pending.end(kind, status, answer.order().map(str::to_owned));
        answer
    }

    /// Submits the page again and again, until it is decided or `patience` is over. Also tells how long it took.
    pub async fn retry(&self, base: &str, page: &Page, patience: Duration) -> (Answer, Duration) {
        let begun = Instant::now();
        loop {
            let answer = self.submit(base, page).await;
            if answer.is_decided() || begun.elapsed() > patience {
                return (answer, begun.elapsed());
            }
            sleep(PAUSE).await;
        }
    }

    /// Reads the receipt of an order.
    pub async fn reads(&self, base: &str, url: &str) -> anyhow::Result<()> {
        let receipt = self.sending(self.client.get(format!("{base}{url}"))).await?;
        if receipt.status() != StatusCode::OK {
            bail!("the receipt {url} answered {}", receipt.status());
        }
        Ok(())
    }
}

/// A submission that is given up in the middle is unknown.
struct Pending {
    history: History,
    invoked: Option<crate::history::Event>,
}

impl Pending {
    fn end(&mut self, kind: Kind, status: Option<(u16, String)>, order: Option<String>) {
        if let Some(invoked) = self.invoked.take() {
            self.history.answered(invoked, kind, status, order);
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.end(Kind::Info, None, None);
    }
}

fn code(answer: &Answer) -> String {
    match answer {
        Answer::Order { replayed: true, .. } => "replayed".to_owned(),
        Answer::Order { .. } => "placed".to_owned(),
        Answer::No(code) | Answer::Unknown(code) => code.clone(),
    }
}

fn understand(status: u16, body: Value) -> Answer {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    match (status, text("code").as_str()) {
        (200, _) if !text("order_id").is_empty() => Answer::Order {
            id: text("order_id").replace('-', ""),
            url: text("url"),
            replayed: body["replayed"] == true,
        },
        (409, code @ "in_progress") | (503, code @ ("unavailable" | "outcome_unknown")) => {
            Answer::Unknown(code.to_owned())
        }
        // The proxy's, which found no server.
        (502 | 504, "") => Answer::Unknown(GATEWAY.to_owned()),
        (400..=499, code) if !code.is_empty() => Answer::No(code.to_owned()),
        // What no table of answers knows.
        (status, code) => Answer::Unknown(format!("{UNDOCUMENTED}: {status} {code}")),
    }
}

/// How an answer is called that a proxy gives by itself.
pub const GATEWAY: &str = "gateway";

/// How an answer is called that no server should give.
pub const UNDOCUMENTED: &str = "undocumented";

fn hidden(html: &str, name: &str) -> Option<String> {
    let input = html
        .split("<input ")
        .find(|input| input.contains(&format!("name=\"{name}\"")))?;
    let (_, value) = input.split_once("value=\"")?;
    value.split_once('"').map(|(value, _)| value.to_owned())
}
