//! `crash overload`: shoppers come several times as fast as the shop can serve them, whether it answers or not. What is too
//! much must be refused at once, what is let in must be served as well as before, and when the storm is over, the shop must
//! be as it was.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use futures::future::join_all;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::parallel::allow_many_files;
use crate::books::Dialect;
use crate::processors::Processors;
use crate::report::Report;
use crate::server::{Server, Setup};
use crate::shopper::{Answer, PRODUCT, Shopper, Visit};
use crate::stage::Services;

/// How much of it.
pub struct Options {
    /// How long shoppers come too fast.
    pub time: Duration,
    /// How long each number of shoppers at once is tried, to find out how fast the shop can be.
    pub trial: Duration,
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

/// As goes for those who are let in.
const GOOD: Duration = Duration::from_millis(500);

/// As goes for those who are refused.
const AT_ONCE: Duration = Duration::from_millis(50);

/// How long the shop may take until it is as it was.
const RECOVERY: Duration = Duration::from_secs(10);

/// What became of the shoppers.
#[derive(Default)]
struct Seen {
    ordered: AtomicUsize,
    refused: AtomicUsize,
    /// Of the refused, those for whom the shop had done something already.
    refused_late: AtomicUsize,
    undecided: AtomicUsize,
    unsent: AtomicUsize,
    without_retry_after: AtomicUsize,
    failed: AtomicUsize,
    admitted_us: Mutex<Vec<u64>>,
    refused_us: Mutex<Vec<u64>>,
}

impl Seen {
    fn count(counter: &AtomicUsize) -> usize {
        counter.load(Ordering::Relaxed)
    }

    fn refuse(&self, took: Duration, late: bool) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        self.refused_late.fetch_add(usize::from(late), Ordering::Relaxed);
        Self::note(&self.refused_us, took);
    }

    fn note(times: &Mutex<Vec<u64>>, took: Duration) {
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        times.lock().unwrap_or_else(PoisonError::into_inner).push(took_us);
    }

    /// The time that so many of a hundred took at most.
    fn percentile(times: &Mutex<Vec<u64>>, hundredths: usize) -> Duration {
        let mut times = times.lock().unwrap_or_else(PoisonError::into_inner);
        times.sort_unstable();
        let at = (times.len() * hundredths / 100).min(times.len().saturating_sub(1));
        Duration::from_micros(times.get(at).copied().unwrap_or_default())
    }

    /// Comes, and buys if the shop lets them.
    async fn shop(&self, shopper: &Shopper, base: &str) {
        let page = match shopper.visit(base, PRODUCT).await {
            Ok(Visit::Page(page)) => page,
            Ok(Visit::Refused {
                took,
                retry_after,
                late,
            }) => {
                self.refuse(took, late);
                if !retry_after {
                    self.without_retry_after.fetch_add(1, Ordering::Relaxed);
                }
                return;
            }
            Err(_) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                return;
            }
        };
        let begun = Instant::now();
        match shopper.submit(base, &page).await {
            Answer::Order { .. } => {
                self.ordered.fetch_add(1, Ordering::Relaxed);
                Self::note(&self.admitted_us, begun.elapsed());
            }
            Answer::Unknown(code) if code == "unavailable" => self.refuse(begun.elapsed(), true),
            _ => {
                self.undecided.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

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
    if let Some(processors) = &options.processors {
        processors.play_the_shoppers()?;
        report.says(format!("processors: {processors}"));
    }
    let first = Shopper::new(&stage.history)?;
    let (peak, crowd) = peak(&first, &server.base, options.trial, &mut report).await;
    anyhow::ensure!(peak > 0.0, "nobody could buy anything");
    report.says(format!("peak: {peak:.0} orders/s, with {crowd} shoppers at once"));
    let rate = peak * f64::from(options.times);
    let seen = storm(&first, &server.base, rate, options.time).await?;
    tell(&mut report, &seen, &options, (peak, rate));
    let recovery = recovery(&first, &server.base).await?;
    report.says(format!("recovery: {:.1} s", recovery.as_secs_f64()));
    report.must(
        recovery < RECOVERY,
        format!("the shop was not as it was for {recovery:?}"),
    );
    stage.keep_log(&server);
    report.violations_of("overload", stage.violations().await?);
    Ok(report)
}

/// The most orders in a second of any crowd that waits for its answers, and that crowd.
async fn peak(first: &Shopper, base: &str, trial: Duration, report: &mut Report) -> (f64, usize) {
    let (mut best, mut paces) = ((0.0, 0), Vec::new());
    for crowd in CROWDS {
        let (seen, begun) = (Seen::default(), Instant::now());
        join_all((0..crowd).map(|_| async {
            while begun.elapsed() < trial {
                seen.shop(&first.another(), base).await;
            }
        }))
        .await;
        let pace = per_second(Seen::count(&seen.ordered), begun.elapsed());
        paces.push(format!("{pace:.0} by {crowd}"));
        if pace > best.0 {
            best = (pace, crowd);
        }
    }
    report.says(format!("orders/s by so many shoppers at once: {}", paces.join(", ")));
    best
}

fn per_second(many: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(many).unwrap_or(u32::MAX)) / time.as_secs_f64()
}

/// Shoppers come at this rate, whatever becomes of those before them.
async fn storm(first: &Shopper, base: &str, rate: f64, time: Duration) -> anyhow::Result<Arc<Seen>> {
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
        let (seen, shopper, base) = (Arc::clone(&seen), first.another(), base.to_owned());
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

fn tell(report: &mut Report, seen: &Seen, options: &Options, (peak, rate): (f64, f64)) {
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
    let silent = Seen::count(&seen.without_retry_after);
    report.must(silent == 0, format!("{silent} refusals do not say when to come again"));
    if options.judge {
        report.must(
            goodput >= 0.9 * peak,
            format!("{goodput:.0} orders/s are less than 90 % of {peak:.0}"),
        );
        report.must(
            most < AT_ONCE,
            format!("of the refused, 1 % waited for {most:?} and longer"),
        );
        report.must(
            admitted < GOOD,
            format!("of the admitted, 1 % waited for {admitted:?} and longer"),
        );
    }
}

/// How long it takes until three shoppers in a row are served as well as ever.
async fn recovery(first: &Shopper, base: &str) -> anyhow::Result<Duration> {
    let (begun, mut well) = (Instant::now(), 0);
    while well < 3 {
        anyhow::ensure!(begun.elapsed() < Duration::from_mins(1), "the shop does not recover");
        let asked = Instant::now();
        let shopper = first.another();
        let ordered = match shopper.visit(base, PRODUCT).await {
            Ok(Visit::Page(page)) => shopper.submit(base, &page).await.order().is_some(),
            Ok(Visit::Refused { .. }) | Err(_) => false,
        };
        if ordered && asked.elapsed() < GOOD {
            well += 1;
        } else {
            well = 0;
            sleep(Duration::from_millis(50)).await;
        }
    }
    Ok(begun.elapsed())
}
