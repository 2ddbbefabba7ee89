//! `crash overload`: shoppers come several times as fast as the shop can serve them, whether it answers or not. What is too
//! much must be refused at once, what is let in must be served as well as before, and when the storm is over, the shop must
//! be as it was.

mod seen;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context as _;
use futures::future::join_all;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use seen::Seen;

use super::parallel::allow_many_files;
use crate::books::Dialect;
use crate::processors::Processors;
use crate::report::Report;
use crate::server::{Server, Setup};
use crate::shopper::{PRODUCT, Shopper, Visit};
use crate::stage::Services;

/// How much of it.
pub struct Options {
    /// How long shoppers come too fast.
    pub time: Duration,
    /// How long each number of shoppers at once is tried, to find out with how many the shop is fastest.
    pub trial: Duration,
    /// How long it is measured with those before the storm, and again after it. Whatever else the machine does makes it faster
    /// or slower by tenths within minutes: the mean of both is what it could do meanwhile. PostgreSQL cleans up once a minute
    /// (`autovacuum_naptime`), as it does during the storm, so that less than a minute does not say much.
    pub reference: Duration,
    /// How many times as fast as that they come.
    pub times: u32,
    /// Where the orders are.
    pub dialect: Dialect,
    /// Whether what was measured must also be good: the figures of a debug build or of a busy machine are not.
    pub judge: bool,
    /// The machine's processors, if the shoppers are to have some of their own. Whatever serves them runs on the others.
    pub processors: Option<Processors>,
}

/// How many shoppers at once are tried, to find out how fast the shop can be.
const CROWDS: [usize; 5] = [4, 8, 16, 32, 64];

/// Shoppers that the generator has on their way at most. Whoever would be one more is not sent, and counted.
const MOST_AT_ONCE: usize = 2_000;

/// As goes for those who are let in, compared with when there is no storm.
const GOOD: u32 = 2;

/// As goes for somebody who has the shop to themselves.
const ALONE: Duration = Duration::from_millis(500);

/// As goes for those who are refused.
const AT_ONCE: Duration = Duration::from_millis(50);

/// How long the shop may take until it is as it was.
const RECOVERY: Duration = Duration::from_secs(10);

/// Runs it on one server, with the times and limits that are shipped.
pub async fn run(services: &Services, options: Options) -> anyhow::Result<Report> {
    allow_many_files();
    let mut stage = services.stage(options.dialect).await?;
    let setup = Setup {
        time_scale: 1,
        ..stage.setup("database")
    };
    let server = Server::start(&setup).await?;
    let mut report = Report::default();
    let processors = options.processors.as_ref();
    let _awake = processors.map(Processors::play_the_shoppers).transpose()?;
    if let Some(processors) = processors {
        report.says(format!("processors: {processors}"));
    }
    let first = Shopper::new(&stage.history)?;
    let shop = Shop {
        first: &first,
        base: &server.base,
    };
    let crowd = shop.best_crowd(options.trial, &mut report).await;
    let before = shop.pace(crowd, options.reference).await;
    anyhow::ensure!(before.orders_per_s > 0.0, "nobody could buy anything");
    let rate = before.orders_per_s * f64::from(options.times);
    let seen = shop.storm(rate, options.time).await?;
    let recovery = shop.recovery().await?;
    let after = shop.pace(crowd, options.reference).await;
    let calm = Pace::mean(&before, &after);
    report.says(format!(
        "peak: {:.0} orders/s, with {crowd} shoppers at once: {:.0} before the storm, {:.0} after it; 99 % within {} ms",
        calm.orders_per_s,
        before.orders_per_s,
        after.orders_per_s,
        calm.most.as_millis()
    ));
    tell(&mut report, &seen, &options, &calm, rate);
    report.says(format!("recovery: {:.1} s", recovery.as_secs_f64()));
    report.must(
        recovery < RECOVERY,
        format!("the shop was not as it was for {recovery:?}"),
    );
    stage.keep_log(&server);
    report.violations_of("overload", stage.violations().await?);
    Ok(report)
}

/// How the shop serves those who wait for it.
struct Pace {
    orders_per_s: f64,
    /// How long 99 of a hundred orders took at most.
    most: Duration,
}

impl Pace {
    fn mean(one: &Self, other: &Self) -> Self {
        Self {
            orders_per_s: f64::midpoint(one.orders_per_s, other.orders_per_s),
            most: (one.most + other.most) / 2,
        }
    }
}

/// The shop, and somebody who has been there.
struct Shop<'a> {
    first: &'a Shopper,
    base: &'a str,
}

impl Shop<'_> {
    /// Of those that are tried, the number of shoppers at once that order the most in a second.
    async fn best_crowd(&self, trial: Duration, report: &mut Report) -> usize {
        let (mut best, mut paces) = ((0.0, 0), Vec::new());
        for crowd in CROWDS {
            let pace = self.pace(crowd, trial).await;
            let pace = pace.orders_per_s;
            paces.push(format!("{pace:.0} by {crowd}"));
            if pace > best.0 {
                best = (pace, crowd);
            }
        }
        report.says(format!("orders/s by shoppers at once: {}", paces.join(", ")));
        best.1
    }

    /// What so many shoppers get, each of whom waits for their answers and comes again.
    async fn pace(&self, crowd: usize, time: Duration) -> Pace {
        let (seen, begun) = (Seen::default(), Instant::now());
        join_all((0..crowd).map(|_| async {
            while begun.elapsed() < time {
                seen.shop(&self.first.another(), self.base).await;
            }
        }))
        .await;
        Pace {
            orders_per_s: per_second(Seen::count(&seen.ordered), begun.elapsed()),
            most: Seen::percentile(&seen.admitted_us, 99),
        }
    }

    /// Shoppers come at this rate, whatever becomes of those before them.
    async fn storm(&self, rate: f64, time: Duration) -> anyhow::Result<Arc<Seen>> {
        let (seen, begun) = (Arc::new(Seen::default()), Instant::now());
        let mut shoppers = JoinSet::new();
        let mut pace = interval(Duration::from_secs_f64(1.0 / rate));
        // Whoever is late comes all the same.
        pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
        while begun.elapsed() < time {
            pace.tick().await;
            while shoppers.try_join_next().is_some() {}
            if shoppers.len() >= MOST_AT_ONCE {
                seen.unsent.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            let (seen, shopper, base) = (Arc::clone(&seen), self.first.another(), self.base.to_owned());
            shoppers.spawn(async move { seen.shop(&shopper, &base).await });
        }
        let orders_in_time = Seen::count(&seen.ordered);
        while let Some(over) = shoppers.join_next().await {
            over.context("a shopper")?;
        }
        // Those who were served later were not served during the storm.
        seen.ordered.store(orders_in_time, Ordering::Relaxed);
        Ok(seen)
    }

    /// How long it takes until three shoppers in a row are served as well as ever.
    async fn recovery(&self) -> anyhow::Result<Duration> {
        let (begun, mut well) = (Instant::now(), 0);
        while well < 3 {
            anyhow::ensure!(begun.elapsed() < Duration::from_mins(1), "the shop does not recover");
            let asked = Instant::now();
            let shopper = self.first.another();
            let ordered = match shopper.visit(self.base, PRODUCT).await {
                Ok(Visit::Page(page)) => shopper.submit(self.base, &page).await.order().is_some(),
                Ok(Visit::Refused { .. }) | Err(_) => false,
            };
            if ordered && asked.elapsed() < ALONE {
                well += 1;
            } else {
                well = 0;
                sleep(Duration::from_millis(50)).await;
            }
        }
        Ok(begun.elapsed())
    }
}

fn per_second(many: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(many).unwrap_or(u32::MAX)) / time.as_secs_f64()
}

fn tell(report: &mut Report, seen: &Seen, options: &Options, calm: &Pace, rate: f64) {
    let peak = calm.orders_per_s;
    let goodput = per_second(Seen::count(&seen.ordered), options.time);
    let [ordered, refused, late, undecided, unsent, failed] = [
        &seen.ordered,
        &seen.refused,
        &seen.refused_late,
        &seen.undecided,
        &seen.unsent,
        &seen.failed,
    ]
    .map(Seen::count);
    let slowest = Seen::percentile(&seen.refused_us, 100);
    let most = Seen::percentile(&seen.refused_us, 99);
    let admitted = Seen::percentile(&seen.admitted_us, 99);
    report.says(format!(
        "overload: {rate:.0} shoppers/s for {:.0} s: {ordered} orders, {refused} refused, {late} of them only after they had a cart, {undecided} undecided, {failed} \
         without an answer, {unsent} not sent",
        options.time.as_secs_f64()
    ));
    report.says(format!(
        "goodput: {goodput:.0} orders/s, {:.0} % of the peak",
        100.0 * goodput / peak
    ));
    report.says(format!(
        "refused: 99 % within {} ms, slowest {} ms; admitted: 99 % within {} ms",
        most.as_millis(),
        slowest.as_millis(),
        admitted.as_millis()
    ));
    report.must(refused > 0, "nobody was refused: it was no overload");
    let came = per_second(ordered + refused + undecided + failed, options.time);
    let silent = Seen::count(&seen.without_retry_after);
    report.must(silent == 0, format!("{silent} refusals do not say when to come again"));
    if options.judge {
        report.must(came >= 0.95 * rate, format!("only {came:.0} shoppers/s came"));
        report.must(
            goodput >= 0.9 * peak,
            format!("{goodput:.0} orders/s are less than 90 % of {peak:.0}"),
        );
        report.must(
            most < AT_ONCE,
            format!("of the refused, 1 % waited for {most:?} and longer"),
        );
        report.must(
            admitted < calm.most * GOOD,
            format!(
                "of the admitted, 1 % waited for {admitted:?} and longer, which was {:?}",
                calm.most
            ),
        );
    }
}
