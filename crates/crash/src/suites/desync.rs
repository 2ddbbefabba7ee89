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
use crate::port::free_port;
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

/// Where one gets a cart.
const CART: &str = "/buy-now";

/// Where one orders.
const ORDER: &str = "/api/submit_order";

/// How long a server may take to end what is under way. Longer than every limit of the server.
const DRAINED: Duration = Duration::from_secs(30);

/// How long nginx may take to log what it answered, and others wait for an answer.
const SETTLING: Duration = Duration::from_secs(5);

/// How often each kind of request was read or obeyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Requests for a cart.
    pub carts: i64,
    /// Requests for an order.
    pub orders: i64,
}

/// A shop behind something that reads requests, and those who use it.
pub struct Aim<'a> {
    stage: &'a Stage,
    base: String,
    nginx: Option<&'a Nginx>,
    others: Vec<(Client, &'static str, String)>,
    tried: Vec<Tried>,
}

/// An attack whose hidden requests no other attack has: each is of a shopper of its own, with an address of its own.
struct Tried {
    name: String,
    query: String,
    cart: String,
    violations: Vec<String>,
}

/// What came of one attack.
#[derive(Debug)]
pub struct Outcome {
    /// What it is called.
    pub name: String,
    /// The hidden requests that nginx read.
    pub read: Count,
    /// The hidden requests that the shop did.
    pub obeyed: Count,
    /// What must not be.
    pub violations: Vec<String>,
}

impl Outcome {
    /// How many hidden requests were read by nginx, and obeyed by the shop: nothing is hidden about them.
    pub fn seen_by_all(&self) -> i64 {
        self.obeyed.carts.min(self.read.carts) + self.obeyed.orders.min(self.read.orders)
    }

    /// What the shop did that nginx did not read.
    fn smuggled(&self) -> Vec<String> {
        let both = [
            ("carts", self.read.carts, self.obeyed.carts),
            ("orders", self.read.orders, self.obeyed.orders),
        ];
        both.into_iter()
            .filter(|(_, read, obeyed)| obeyed > read)
            .map(|(what, read, obeyed)| format!("{obeyed} {what} were made, and nginx read {read} requests for one"))
            .collect()
    }
}

/// Runs every attack.
pub async fn run(services: &Services) -> anyhow::Result<Report> {
    let stage = services.stage(Dialect::Postgres).await?;
    let ports = [free_port()?, free_port()?];
    let mut servers = [start(&stage, ports[0]).await?, start(&stage, ports[1]).await?];
    let nginx = Nginx::start(ports).await?;
    let mut aim = Aim::at(&stage, &nginx.base, Some(&nginx)).await?;
    aim.attack("the control", &in_a_row).await?;
    for attack in attacks() {
        aim.attack(&attack.name, &attack.bytes).await?;
    }
    let mut report = Report::default();
    for server in &mut servers {
        report.must(server.stop(DRAINED).await?, "a server did not end well");
        report.must(!server.log().contains("panicked"), "a server panicked");
    }
    let outcomes = aim.outcomes().await?;
    let (control, attacks) = outcomes.split_first().context("the control was tried")?;
    report.must(
        control.seen_by_all() == 2,
        format!("what is hidden is no purchase, or nginx does not read it where it may: {control:?}"),
    );
    report.says(format!(
        "{} requests with a purchase hidden in each; nginx itself read a second request in {}; {} who asked for something else \
         after each",
        attacks.len(),
        attacks.iter().filter(|outcome| outcome.seen_by_all() > 0).count(),
        OTHERS.len()
    ));
    for outcome in outcomes {
        report.violations_of(&outcome.name, outcome.violations);
    }
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

impl<'a> Aim<'a> {
    /// The shop at `base`. Without nginx, none of what is hidden may be obeyed.
    pub async fn at(stage: &'a Stage, base: &str, nginx: Option<&'a Nginx>) -> anyhow::Result<Self> {
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
            stage,
            base: base.to_owned(),
            nginx,
            others,
            tried: Vec::new(),
        })
    }

    /// Sends what `bytes` makes of the shop's host and of a hidden purchase, and sees whether others are served.
    ///
    /// What the shop does about it may still be under way: see [`Aim::outcomes`].
    pub async fn attack(&mut self, name: &str, bytes: &dyn Fn(&str, &[u8]) -> Vec<u8>) -> anyhow::Result<()> {
        let attacker = Shopper::new(&self.stage.history)?;
        let page = attacker.page(&self.base, PRODUCT).await?;
        let host = self.base.trim_start_matches("http://").to_owned();
        let query = format!("?attack={}", self.tried.len());
        let hidden = hidden(&host, &query, &attacker, &page)?;
        let mut connection = TcpStream::connect(&host).await?;
        // It may be refused before all of it was sent.
        let _ = connection.write_all(&bytes(&host, &hidden)).await;
        let mut answer = [0; 1024];
        // Whatever it says: what counts is what it does.
        let _ = timeout(QUIET, connection.read(&mut answer)).await;
        self.tried.push(Tried {
            name: name.to_owned(),
            query,
            cart: page.intent,
            violations: self.others_are_served().await,
        });
        Ok(())
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

    /// What came of each attack, once every server of the shop has ended: until then something may be under way.
    ///
    /// nginx logs after it answered, so its log is read until it has all that was obeyed, but for seconds only.
    pub async fn outcomes(&self) -> anyhow::Result<Vec<Outcome>> {
        let mut outcomes = Vec::new();
        let begun = Instant::now();
        for tried in &self.tried {
            let mut outcome = Outcome {
                name: tried.name.clone(),
                read: Count::default(),
                obeyed: self.obeyed(tried).await?,
                violations: tried.violations.clone(),
            };
            loop {
                outcome.read = self.read(tried)?;
                if outcome.smuggled().is_empty() || self.nginx.is_none() || begun.elapsed() > SETTLING {
                    break;
                }
                sleep(Duration::from_millis(20)).await;
            }
            outcome.violations.extend(outcome.smuggled());
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    fn read(&self, tried: &Tried) -> anyhow::Result<Count> {
        let Some(nginx) = self.nginx else {
            return Ok(Count::default());
        };
        Ok(Count {
            carts: nginx.has_read(&format!("POST {CART}{} ", tried.query))?,
            orders: nginx.has_read(&format!("POST {ORDER}{} ", tried.query))?,
        })
    }

    /// All that its shopper has, but the cart of the page.
    async fn obeyed(&self, tried: &Tried) -> anyhow::Result<Count> {
        let whose = format!("shopper = (SELECT shopper FROM carts WHERE id = '{}')", tried.cart);
        let count = async |table: &str| {
            let query = format!("SELECT count(*) FROM {table} WHERE {whose}");
            books::number(&self.stage.url, &query).await
        };
        Ok(Count {
            carts: count("carts").await? - 1,
            orders: count("orders").await?,
        })
    }
}

/// A request for a cart and one for an order, one behind the other.
fn hidden(host: &str, query: &str, attacker: &Shopper, page: &Page) -> anyhow::Result<Vec<u8>> {
    let post = |path: &str, form: &str| {
        format!(
            "POST {path}{query} HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            attacker.session(),
            form.len()
        )
    };
    let both = post(CART, &format!("slug={PRODUCT}&quantity=1")) + &post(ORDER, &attacker.form(page)?);
    Ok(both.into_bytes())
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
