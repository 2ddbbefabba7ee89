//! `crash oracle`: whether the time of an answer tells someone else's order from one that never was.
//!
//! Both are asked for in turns, in an order that chance decides, and Welch's t-test compares the two; dudect does it
//! the same way, and takes 4.5 for the difference that is no chance (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant
//! time?", 2016).

use std::time::Instant;

use anyhow::ensure;

use crate::books::Dialect;
use crate::dice::Dice;
use crate::report::Report;
use crate::server::Server;
use crate::shopper::{Answer, PRODUCT, Shopper};
use crate::stage::Services;

/// Beyond this, two means are not the same.
pub(super) const MOST_T: f64 = 4.5;

/// Answers that nothing is learnt from yet.
pub(super) const WARM_UP: usize = 50;

/// Of all answers, the slowest are left out: the machine was busy with something else.
const KEPT_OF_100: usize = 90;

/// Runs it, with so many samples of each.
pub async fn run(services: &Services, samples: usize) -> anyhow::Result<Report> {
    let stage = services.stage(Dialect::Sqlite).await?;
    let server = Server::start(&stage.setup("database")).await?;
    let owner = Shopper::new(&stage.history)?;
    let page = owner.page(&server.base, PRODUCT).await?;
    let Answer::Order { url, .. } = owner.submit(&server.base, &page).await else {
        anyhow::bail!("there is no order to ask for");
    };
    let stranger = owner.another();
    stranger.page(&server.base, PRODUCT).await?;
    let mut dice = Dice::new(1);
    let mut times = [Vec::with_capacity(samples), Vec::with_capacity(samples)];
    for number in 0..samples * 2 + WARM_UP {
        let kind = usize::from(dice.below(2) == 1);
        let asked = if kind == 0 { url.clone() } else { none(&url, &mut dice) };
        let begun = Instant::now();
        let status = stranger.status(&server.base, &asked).await?;
        let took = begun.elapsed().as_secs_f64() * 1e6;
        ensure!(status == 404, "{asked} answered {status}");
        if number >= WARM_UP {
            times[kind].push(took);
        }
    }
    let [foreign, missing] = times.map(without_outliers).map(|times| Sample::of(&times));
    let t = foreign.t(&missing);
    let mut report = Report::default();
    report.says(format!(
        "someone else's: {:.1} µs, none: {:.1} µs, t = {t:.2} ({samples} answers of each, about)",
        foreign.mean, missing.mean
    ));
    report.must(
        t.abs() < MOST_T,
        format!("t = {t:.2}: the time tells whether there is an order"),
    );
    Ok(report)
}

/// An order that never was: the same moment, another chance.
fn none(url: &str, dice: &mut Dice) -> String {
    let (kept, _) = url.split_at(url.len() - 12);
    format!("{kept}{:012x}", dice.roll() & 0xffff_ffff_ffff)
}

fn without_outliers(mut times: Vec<f64>) -> Vec<f64> {
    times.sort_by(f64::total_cmp);
    times.truncate(times.len() * KEPT_OF_100 / 100);
    times
}

pub(super) struct Sample {
    many: f64,
    mean: f64,
    variance: f64,
}

impl Sample {
    pub(super) fn of(times: &[f64]) -> Self {
        let many = f64::from(u32::try_from(times.len()).unwrap_or(u32::MAX));
        let mean = times.iter().sum::<f64>() / many;
        let squares = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>();
        Self {
            many,
            mean,
            variance: squares / (many - 1.0),
        }
    }

    /// Welch's t.
    pub(super) fn t(&self, other: &Self) -> f64 {
        (self.mean - other.mean) / (self.variance / self.many + other.variance / other.many).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_seen_and_none_is_not() {
        let mut dice = Dice::new(1);
        let mut times = |slower: u64| -> Vec<f64> {
            let mut time = || f64::from(u32::try_from(1_000 + slower + dice.below(100)).expect("small"));
            (0..2_000).map(|_| time()).collect()
        };
        let (one, two, slower) = (times(0), times(0), times(10));
        let t = |one: &[f64], two: &[f64]| Sample::of(one).t(&Sample::of(two)).abs();
        assert!(t(&one, &two) < MOST_T);
        assert!(t(&one, &slower) > MOST_T);
    }
}
