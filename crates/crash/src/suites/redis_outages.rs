//! `crash redis-outages`: shoppers buy from two servers while Redis is killed, frozen, emptied, restored, full and read-only.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::{join_all, try_join_all};
use tokio::time::sleep;

use crate::books::Dialect;
use crate::dice::Dice;
use crate::redis::{Redis, Reply};
use crate::report::{Report, table};
use crate::server::{Server, Setup};
use crate::shopper::{Answer, PRODUCT, Shopper};
use crate::stage::Services;

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long each part takes: healthy, struck, healed.
    pub part: Duration,
    /// How many shoppers buy at once.
    pub shoppers: u64,
    /// Chooses copies and servers.
    pub seed: u64,
}

/// What happens to Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outage {
    Killed,
    Frozen,
    Emptied,
    Restored,
    Full,
    ReadOnly,
}

const OUTAGES: [Outage; 6] = [
    Outage::Killed,
    Outage::Frozen,
    Outage::Emptied,
    Outage::Restored,
    Outage::Full,
    Outage::ReadOnly,
];

impl Outage {
    async fn strike(self, redis: &mut Redis) -> anyhow::Result<()> {
        match self {
            Self::Killed => redis.kill().await,
            Self::Frozen => redis.freeze(),
            Self::Emptied => redis.empty().await,
            Self::Restored => {
                // What was saved when the run began is all that it knows afterwards.
                redis.kill().await?;
                redis.restart().await
            }
            Self::Full => set(redis, &["CONFIG", "SET", "maxmemory", "1"]).await,
            Self::ReadOnly => set(redis, &["REPLICAOF", "127.0.0.1", "1"]).await,
        }
    }

    async fn heal(self, redis: &mut Redis) -> anyhow::Result<()> {
        match self {
            Self::Killed => redis.restart().await,
            Self::Frozen => redis.thaw(),
            Self::Emptied | Self::Restored => Ok(()),
            Self::Full => set(redis, &["CONFIG", "SET", "maxmemory", "0"]).await,
            Self::ReadOnly => set(redis, &["REPLICAOF", "NO", "ONE"]).await,
        }
    }
}

async fn set(redis: &Redis, words: &[&str]) -> anyhow::Result<()> {
    match redis.command(words).await? {
        Reply::Error(error) => anyhow::bail!("{words:?}: {error}"),
        _ => Ok(()),
    }
}

/// Runs it in `database` mode, with the times that are shipped.
pub async fn run(services: &Services, options: Options) -> anyhow::Result<Report> {
    let mut stage = services.stage(Dialect::Postgres).await?;
    let setup = Setup {
        time_scale: 1,
        ..stage.setup("database")
    };
    let servers = try_join_all((0..2).map(|_| Server::start(&setup))).await?;
    let market = Arc::new(Market {
        bases: servers.iter().map(|server| server.base.clone()).collect(),
        open: AtomicBool::new(true),
        sales: Mutex::default(),
        intents: AtomicU64::new(0),
        begun: Instant::now(),
    });
    let first = Shopper::new(&stage.history)?;
    let crowd: Vec<_> = (0..options.shoppers)
        .map(|number| tokio::spawn(Arc::clone(&market).buy(first.another(), Dice::new(options.seed + number))))
        .collect();
    let mut parts = Vec::new();
    sleep(options.part).await;
    set(&stage.redis, &["SAVE"]).await?;
    for outage in OUTAGES {
        let from = market.begun.elapsed();
        outage.strike(&mut stage.redis).await?;
        sleep(options.part).await;
        let until = market.begun.elapsed();
        outage.heal(&mut stage.redis).await?;
        parts.push((format!("{outage:?}"), from, until));
        let from = market.begun.elapsed();
        sleep(options.part).await;
        parts.push(("  afterwards".to_owned(), from, market.begun.elapsed()));
    }
    market.open.store(false, Ordering::Release);
    let mut report = Report::default();
    for buyer in join_all(crowd).await {
        buyer?.into_iter().for_each(|violation| report.violates(violation));
    }
    for server in &servers {
        stage.keep_log(server);
    }
    report.violations_of("redis-outages", stage.violations().await?);
    let (orders, intents) = (
        stage.books().await?.orders.len() as u64,
        market.intents.load(Ordering::Acquire),
    );
    report.must(orders == intents, format!("{orders} orders of {intents} intents"));
    market.tell(&parts, &mut report);
    report.says(format!("{intents} intents, {orders} orders; seed {}", options.seed));
    Ok(report)
}

/// One answer.
struct Sale {
    at: Duration,
    took: Duration,
    answer: Answer,
}

struct Market {
    bases: Vec<String>,
    open: AtomicBool,
    sales: Mutex<Vec<Sale>>,
    intents: AtomicU64,
    begun: Instant,
}

impl Market {
    /// Buys one thing after the other, each with two or three copies of the submission; what is undecided is retried.
    async fn buy(self: Arc<Self>, first: Shopper, mut dice: Dice) -> Vec<String> {
        let mut violations = Vec::new();
        while self.open.load(Ordering::Acquire) {
            let shopper = first.another();
            let page = match shopper.page(self.base(&mut dice), PRODUCT).await {
                Ok(page) => page,
                Err(error) => {
                    violations.push(format!("no confirmation page: {error:#}"));
                    continue;
                }
            };
            self.intents.fetch_add(1, Ordering::AcqRel);
            let bases: Vec<_> = (0..2 + dice.below(2)).map(|_| self.base(&mut dice)).collect();
            let copies = bases.iter().map(|base| self.timed(shopper.submit(base, &page)));
            if join_all(copies).await.iter().any(Answer::is_decided) {
                continue;
            }
            let (answer, took) = shopper.retry(bases[0], &page, Duration::from_secs(12)).await;
            if answer.order().is_none() {
                violations.push(format!("I4: {answer:?} after {took:?}"));
            }
        }
        violations
    }

    fn base(&self, dice: &mut Dice) -> &str {
        &self.bases[usize::try_from(dice.below(self.bases.len() as u64)).unwrap_or_default()]
    }

    async fn timed(&self, submission: impl Future<Output = Answer>) -> Answer {
        let at = self.begun.elapsed();
        let answer = submission.await;
        let sale = Sale {
            at,
            took: self.begun.elapsed().saturating_sub(at),
            answer: answer.clone(),
        };
        self.sales.lock().unwrap_or_else(PoisonError::into_inner).push(sale);
        answer
    }

    /// One row for each part, by when submissions were sent.
    fn tell(&self, parts: &[(String, Duration, Duration)], report: &mut Report) {
        let head = [
            "part",
            "placed",
            "replayed",
            "409",
            "503",
            "other",
            "median ms",
            "99 % ms",
            "worst ms",
        ];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        let first = (
            "healthy".to_owned(),
            Duration::ZERO,
            parts.first().map_or(Duration::MAX, |part| part.1),
        );
        let sales = self.sales.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, from, until) in std::iter::once(&first).chain(parts) {
            let sales: Vec<_> = sales.iter().filter(|sale| (*from..*until).contains(&sale.at)).collect();
            rows.push(row(name, &sales));
        }
        for line in table(&rows) {
            report.says(line);
        }
        let odd = sales.iter().filter(|sale| column(&sale.answer) == 4).count();
        report.must(odd == 0, format!("{odd} answers that nothing explains"));
    }
}

fn column(answer: &Answer) -> usize {
    match answer {
        Answer::Order { replayed: false, .. } => 0,
        Answer::Order { .. } => 1,
        Answer::Unknown(code) if code == "in_progress" => 2,
        Answer::Unknown(code) if code == "unavailable" || code == "outcome_unknown" => 3,
        Answer::Unknown(_) | Answer::No(_) => 4,
    }
}

fn row(name: &str, sales: &[&Sale]) -> Vec<String> {
    let mut counts = [0; 5];
    for sale in sales {
        counts[column(&sale.answer)] += 1;
    }
    let mut took: Vec<_> = sales.iter().map(|sale| sale.took.as_millis()).collect();
    took.sort_unstable();
    let at = |share: usize| {
        took.get((took.len() * share / 100).min(took.len().saturating_sub(1)))
            .copied()
            .unwrap_or(0)
    };
    let numbers = counts
        .iter()
        .map(ToString::to_string)
        .chain([50, 99, 100].map(|share| at(share).to_string()));
    std::iter::once(name.to_owned()).chain(numbers).collect()
}
