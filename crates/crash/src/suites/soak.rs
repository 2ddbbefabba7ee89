//! `crash soak`: shoppers buy at their leisure from two servers that live on, with a fault every so often. What must not grow is
//! read before each fault: descriptors, transactions that nobody ends, keys without an end, memory.

use std::time::Duration;

use futures::future::try_join_all;
use tokio::time::{Instant, sleep};

use super::storm::{Fault, Site, World};
use crate::books::{self, Dialect};
use crate::crowd::{Bases, Crowd};
use crate::dice::Dice;
use crate::report::Report;
use crate::stage::Services;

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// For how long.
    pub time: Duration,
    /// How long it is calm before each fault.
    pub calm: Duration,
    /// How many shoppers buy at once.
    pub shoppers: u64,
    /// Chooses faults, copies and servers.
    pub seed: u64,
}

/// Those that no process dies of: what is read of one would begin anew.
const FAULTS: [Fault; 8] = [
    Fault::ServerStopped,
    Fault::CutOffFromRedis,
    Fault::CutOffFromPostgres,
    Fault::CommitsStruck,
    Fault::ClaimsStruck,
    Fault::RedisKilled,
    Fault::RedisFrozen,
    Fault::PostgresRestarted,
];

/// How long a shopper looks around between two orders.
const LEISURE: Duration = Duration::from_millis(250);

/// How long the last shopper may take to know.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many more descriptors may be open than before: connections come and go.
const MORE_DESCRIPTORS: usize = 8;

/// Memory is judged from here on; before, it is still being warmed.
const JUDGED_FROM_S: f64 = 3_600.0;

/// How much more memory an hour may take.
const MOST_BYTES_AN_HOUR: f64 = 1_048_576.0;

/// What is read at a calm moment, of both servers together.
#[derive(Clone, Debug, Default)]
struct Reading {
    at_s: f64,
    resident_bytes: u64,
    descriptors: usize,
    /// Transactions that were left alone for longer than any statement may take.
    idle_in_transaction: i64,
    keys: usize,
    endless_keys: Vec<String>,
}

/// Runs it on a PostgreSQL that is its own.
pub async fn run(services: &mut Services, options: Options) -> anyhow::Result<Report> {
    let stage = services.stage(Dialect::Postgres).await?;
    let sites = try_join_all([0, 0].map(|clock| Site::open(services, &stage, clock))).await?;
    let bases = Bases::new(sites.iter().map(|site| site.server.base.clone()).collect());
    let crowd = Crowd::at_leisure(&stage.history, &bases, options.shoppers, options.seed, LEISURE)?;
    let mut world = World::of(services, stage, sites, bases, Dice::new(options.seed))?;
    let (begun, mut readings) = (Instant::now(), Vec::new());
    while begun.elapsed() < options.time {
        sleep(options.calm).await;
        readings.push(read(&world, begun.elapsed()).await?);
        // Each in turn: a run twice as long has each twice as often.
        world.strike(FAULTS[readings.len() % FAULTS.len()]).await?;
    }
    let mut report = Report::default();
    let known = crowd.orders();
    report.violations_of("soak", crowd.close(PATIENCE).await?);
    readings.push(read(&world, begun.elapsed()).await?);
    world.tell(&mut report).await?;
    report.must(known > 0, "nobody bought anything");
    judge(&readings, &mut report);
    report.says(format!("seed {}, {:.0} s", options.seed, begun.elapsed().as_secs_f64()));
    Ok(report)
}

async fn read(world: &World<'_>, at: Duration) -> anyhow::Result<Reading> {
    let mut reading = Reading {
        at_s: at.as_secs_f64(),
        idle_in_transaction: books::left_in_transaction(&world.stage.url).await?,
        ..Reading::default()
    };
    for site in &world.sites {
        reading.resident_bytes += site.server.resident_bytes()?;
        reading.descriptors += site.server.descriptors()?;
    }
    let keys = world.stage.redis.keys().await?;
    reading.keys = keys.len();
    let endless = keys.into_iter().filter(|(_, left_ms)| *left_ms < 0);
    reading.endless_keys = endless.map(|(name, _)| name).collect();
    Ok(reading)
}

/// Says how it went, and what grew.
fn judge(readings: &[Reading], report: &mut Report) {
    let [_, second, _, last] = quarters(readings);
    let most = |of: &[Reading]| of.iter().map(|reading| reading.descriptors).max().unwrap_or_default();
    let (before, after) = (most(second), most(last));
    report.must(
        after <= before + MORE_DESCRIPTORS,
        format!("{before} descriptors were open in the second quarter, {after} in the last"),
    );
    for reading in readings {
        let at = format!("after {:.0} s", reading.at_s);
        let idle = reading.idle_in_transaction;
        report.must(idle == 0, format!("{at} {idle} transactions were left open"));
        let endless = &reading.endless_keys;
        report.must(endless.is_empty(), format!("{at} these keys had no end: {endless:?}"));
    }
    let (grows, time_s) = (slope(readings) * 3_600.0, readings.last().map_or(0.0, |last| last.at_s));
    report.must(
        time_s < JUDGED_FROM_S || grows < MOST_BYTES_AN_HOUR,
        format!("memory grows by {grows:.0} bytes an hour"),
    );
    let keys: Vec<_> = [0, readings.len() / 2, readings.len() - 1]
        .map(|at| readings[at].keys)
        .into();
    let megabytes = |bytes: f64| bytes / MOST_BYTES_AN_HOUR;
    report.says(format!(
        "{} readings: descriptors {before} and {after} at most in the second and the last quarter; {keys:?} keys at the beginning, in the \
         middle and at the end, each with an end",
        readings.len()
    ));
    report.says(format!(
        "memory of both servers: {:.1} MiB at the end, {:+.1} MiB an hour in the second half{}",
        megabytes(readings.last().map_or(0.0, |last| float(last.resident_bytes))),
        megabytes(grows),
        if time_s < JUDGED_FROM_S {
            " (too short to judge)"
        } else {
            ""
        }
    ));
}

fn quarters(readings: &[Reading]) -> [&[Reading]; 4] {
    std::array::from_fn(|quarter| &readings[readings.len() * quarter / 4..readings.len() * (quarter + 1) / 4])
}

/// By how many bytes a second memory grows in the second half: the line through the readings with the least squares.
fn slope(readings: &[Reading]) -> f64 {
    let half = &readings[readings.len() / 2..];
    let many = float(half.len() as u64);
    let mean = |of: &dyn Fn(&Reading) -> f64| half.iter().map(of).sum::<f64>() / many;
    let (bytes, at) = (
        |reading: &Reading| float(reading.resident_bytes),
        |reading: &Reading| reading.at_s,
    );
    let (mean_bytes, mean_at) = (mean(&bytes), mean(&at));
    let over = half.iter().map(|one| (at(one) - mean_at) * (bytes(one) - mean_bytes));
    let under = half.iter().map(|one| (at(one) - mean_at).powi(2)).sum::<f64>();
    if under == 0.0 { 0.0 } else { over.sum::<f64>() / under }
}

/// Exact for whatever a machine has.
#[expect(clippy::cast_precision_loss, reason = "no machine has 2^53 bytes")]
fn float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two hours, a reading a minute, as all is well; then as `spoil` makes it.
    fn violations(spoil: impl Fn(usize, &mut Reading)) -> String {
        let well = |minute: u32| Reading {
            at_s: f64::from(minute) * 60.0,
            resident_bytes: 80 << 20,
            descriptors: 60 + usize::try_from(minute % 5).expect("small"),
            keys: 300,
            ..Reading::default()
        };
        let mut readings: Vec<_> = (0..120).map(well).collect();
        readings
            .iter_mut()
            .enumerate()
            .for_each(|(at, reading)| spoil(at, reading));
        let mut report = Report::default();
        judge(&readings, &mut report);
        if report.is_clean() {
            String::new()
        } else {
            report.text()
        }
    }

    #[test]
    fn ov_10_what_grows_or_is_left_behind_is_told() {
        assert_eq!(violations(|_, _| ()), "");
        for (what, found) in [
            ("descriptors", violations(|at, reading| reading.descriptors += at / 5)),
            (
                "bytes an hour",
                violations(|at, reading| reading.resident_bytes += 40_000 * at as u64),
            ),
            (
                "left open",
                violations(|at, reading| reading.idle_in_transaction = i64::from(at == 7)),
            ),
            (
                "no end",
                violations(|at, reading| {
                    if at == 9 {
                        reading.endless_keys.push("a".to_owned());
                    }
                }),
            ),
        ] {
            assert!(
                found.contains("\n1 violations") && found.contains(what),
                "{what}: {found}"
            );
        }
    }
}
