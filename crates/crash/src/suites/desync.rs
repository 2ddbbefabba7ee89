//! `crash desync`: requests that two servers could read differently are sent through nginx, each with a purchase hidden in it.
//!
//! What the shop does must be what nginx read: whatever else it does was smuggled past nginx. And others, who use the same
//! connections between nginx and the shop, must go on to get the answers to what they asked (the classes of attacks are those of
//! Kettle: "HTTP Desync Attacks: Request Smuggling Reborn", 2019, and "HTTP/1.1 must die", 2025; the chunks those of
//! Kallus, Torre: "Funky chunks", 2025).

mod attacks;

use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures::future::join_all;
use reqwest::Client;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::books::{self, Dialect};
use crate::nginx::Nginx;
use crate::process::free_port;
use crate::report::Report;
use crate::server::{Server, Setup};
use crate::shopper::{PRODUCT, Page, Shopper};
use crate::stage::{Services, Stage};

pub use attacks::{Attack, attacks, in_a_row};

/// What the others ask for. Each has a connection of its own, which is open before the first attack.
const OTHERS: [&str; 6] = [
    "ceramic-teapot",
    "linen-notebook",
    "beeswax-candle",
    "brass-pen",
    "wall-clock",
    "wool-blanket",
];

/// How long an attacker waits for an answer. One whose request is not at its end gets none.
const QUIET: Duration = Duration::from_millis(500);

/// How long nginx may take to log what it answered.
const SETTLING: Duration = Duration::from_secs(5);

/// How often a kind of request was read or obeyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    carts: i64,
    orders: i64,
}

/// A shop behind something that reads requests, and those who use it.
pub struct Aim<'a> {
    stage: &'a Stage,
    base: String,
    nginx: Option<&'a Nginx>,
    others: Vec<(Client, &'static str, String)>,
    attacker: Shopper,
    page: Page,
    page_is_used: bool,
}

/// Runs every attack.
pub async fn run(services: &Services) -> anyhow::Result<Report> {
    let stage = services.stage(Dialect::Postgres).await?;
    let ports = [free_port()?, free_port()?];
    let servers = [start(&stage, ports[0]).await?, start(&stage, ports[1]).await?];
    let nginx = Nginx::start(ports).await?;
    let mut aim = Aim::at(&stage, &nginx.base, Some(&nginx)).await?;
    let mut report = Report::default();
    let control = aim.attack(&in_a_row).await?;
    report.must(
        control.seen_by_all == 2 && control.violations.is_empty(),
        format!("what is hidden is no purchase, or nginx does not read it where it may: {control:?}"),
    );
    let (mut tried, mut read) = (0, 0);
    for attack in attacks() {
        let outcome = aim.attack(&attack.bytes).await?;
        tried += 1;
        read += usize::from(outcome.seen_by_all > 0);
        report.violations_of(&attack.name, outcome.violations);
    }
    for server in servers {
        report.must(!server.log().contains("panicked"), "a server panicked");
    }
    report.says(format!(
        "{tried} requests with a purchase hidden in each; nginx itself read a second request in {read}; {} who asked for something \
         else after each",
        OTHERS.len()
    ));
    Ok(report)
}

/// A server that nginx knows by its port.
async fn start(stage: &Stage, port: u16) -> anyhow::Result<Server> {
    let setup = Setup {
        environment: vec![("LEPTOS_SITE_ADDR", format!("127.0.0.1:{port}"))],
        ..stage.setup("database")
    };
    Server::start(&setup).await
}

/// What came of one attack.
#[derive(Debug)]
pub struct Outcome {
    /// How many hidden requests were read by nginx, and obeyed by the shop: nothing is hidden about them.
    pub seen_by_all: i64,
    /// What must not be.
    pub violations: Vec<String>,
}

impl<'a> Aim<'a> {
    /// The shop at `base`. Without nginx, none of what is hidden may be obeyed.
    pub async fn at(stage: &'a Stage, base: &str, nginx: Option<&'a Nginx>) -> anyhow::Result<Self> {
        let attacker = Shopper::new(&stage.history)?;
        let mut others = Vec::new();
        for slug in OTHERS {
            let client = Client::builder().timeout(SETTLING).build()?;
            let title = title(&client, base, slug).await?;
            ensure!(
                others.iter().all(|(_, _, known)| *known != title),
                "two products have one title"
            );
            others.push((client, slug, title));
        }
        Ok(Self {
            page: attacker.page(base, PRODUCT).await?,
            page_is_used: false,
            stage,
            base: base.to_owned(),
            nginx,
            others,
            attacker,
        })
    }

    /// Sends what `bytes` makes of the shop's host and of the hidden purchase, and looks what came of it.
    pub async fn attack(&mut self, bytes: &dyn Fn(&str, &[u8]) -> Vec<u8>) -> anyhow::Result<Outcome> {
        if self.page_is_used {
            self.page = self.attacker.page(&self.base, PRODUCT).await?;
        }
        let (read, obeyed) = (self.read()?, self.obeyed().await?);
        let host = self.base.trim_start_matches("http://").to_owned();
        let hidden = self.hidden(&host)?;
        let mut attacker = TcpStream::connect(&host).await?;
        // It may be refused before all of it was sent.
        let _ = attacker.write_all(&bytes(&host, &hidden)).await;
        let mut answer = [0; 1024];
        // Whatever it says: what counts is what it does.
        let _ = timeout(QUIET, attacker.read(&mut answer)).await;
        let mut violations = self.others_are_served().await;
        drop(attacker);
        let (read, obeyed) = self.settled(read, obeyed).await?;
        for (what, read, obeyed) in [
            ("carts", read.carts, obeyed.carts),
            ("orders", read.orders, obeyed.orders),
        ] {
            if obeyed > read {
                violations.push(format!(
                    "{obeyed} {what} were made, and nginx read {read} requests for one"
                ));
            }
        }
        self.page_is_used = obeyed.orders > 0;
        Ok(Outcome {
            seen_by_all: obeyed.carts.min(read.carts) + obeyed.orders.min(read.orders),
            violations,
        })
    }

    /// A request for a cart and one for an order, one behind the other.
    fn hidden(&self, host: &str) -> anyhow::Result<Vec<u8>> {
        let cart = format!("slug={PRODUCT}&quantity=1");
        let order = self.attacker.form(&self.page)?;
        let post = |path: &str, more: &str, form: &str| {
            format!(
                "POST {path} HTTP/1.1\r\nHost: {host}\r\n{more}Content-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: {}\r\n\r\n{form}",
                form.len()
            )
        };
        let cookie = format!("Cookie: {}\r\n", self.attacker.session());
        let both = post("/buy-now", "", &cart) + &post("/api/submit_order", &cookie, &order);
        Ok(both.into_bytes())
    }

    /// Each of the others asks twice, all at once.
    async fn others_are_served(&self) -> Vec<String> {
        let served = self.others.iter().map(|(client, slug, expected)| async move {
            for _ in 0..2 {
                match title(client, &self.base, slug).await {
                    Ok(title) if title == *expected => {}
                    Ok(title) => return Some(format!("whoever asked for {slug} got {title:?}")),
                    Err(error) => return Some(format!("whoever asked for {slug} got {error:#}")),
                }
            }
            None
        });
        join_all(served).await.into_iter().flatten().collect()
    }

    /// What was read and obeyed since then. nginx logs after it answered.
    async fn settled(&self, read: Count, obeyed: Count) -> anyhow::Result<(Count, Count)> {
        let begun = Instant::now();
        loop {
            let (read_now, obeyed_now) = (self.read()?, self.obeyed().await?);
            let since = |now: Count, then: Count| Count {
                carts: now.carts - then.carts,
                orders: now.orders - then.orders,
            };
            let (read, obeyed) = (since(read_now, read), since(obeyed_now, obeyed));
            let is_settled = obeyed.carts <= read.carts && obeyed.orders <= read.orders;
            if is_settled || begun.elapsed() > SETTLING {
                return Ok((read, obeyed));
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn read(&self) -> anyhow::Result<Count> {
        let Some(nginx) = self.nginx else {
            return Ok(Count::default());
        };
        Ok(Count {
            carts: nginx.has_read("POST /buy-now ")?,
            orders: nginx.has_read("POST /api/submit_order ")?,
        })
    }

    async fn obeyed(&self) -> anyhow::Result<Count> {
        let query = "SELECT (SELECT count(*) FROM carts) * 1000000 + (SELECT count(*) FROM orders)";
        let both = books::number(&self.stage.url, query).await?;
        Ok(Count {
            carts: both / 1_000_000,
            orders: both % 1_000_000,
        })
    }
}

/// The title of a product's page.
async fn title(client: &Client, base: &str, slug: &str) -> anyhow::Result<String> {
    let page = client
        .get(format!("{base}/products/{slug}"))
        .send()
        .await?
        .text()
        .await?;
    let title = page
        .split("<title>")
        .nth(1)
        .and_then(|rest| rest.split("</title>").next());
    title
        .map(str::to_owned)
        .with_context(|| format!("no title in {page:?}"))
}
