//! `crash parallel`: many copies of one submission, all in flight together, over several servers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use futures::future::{join_all, try_join_all};

use crate::books::Dialect;
use crate::dice::Dice;
use crate::report::Report;
use crate::server::{Server, Setup};
use crate::shopper::{Answer, PRODUCT, Shopper};
use crate::stage::Services;

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many intents, one after the other.
    pub rounds: usize,
    /// How many copies of each.
    pub copies: usize,
    /// How many servers.
    pub servers: usize,
    /// Chooses which copy goes where.
    pub seed: u64,
}

/// Runs it, with the times that are shipped: losers wait as long as they really do.
pub async fn run(services: &Services, options: Options) -> anyhow::Result<Report> {
    allow_many_files();
    let mut stage = services.stage(Dialect::Postgres).await?;
    let setup = Setup {
        time_scale: 1,
        ..stage.setup("database")
    };
    let servers = try_join_all((0..options.servers).map(|_| Server::start(&setup))).await?;
    let bases: Vec<_> = servers.iter().map(|server| server.base.clone()).collect();
    let first = Shopper::new(&stage.history)?;
    let mut round = Round {
        dice: Dice::new(options.seed),
        report: Report::default(),
        codes: BTreeMap::new(),
        slowest_ms: Vec::new(),
    };
    let begun = Instant::now();
    for number in 0..options.rounds {
        round.run(number, &first.another(), &bases, options.copies).await?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    for server in &servers {
        stage.keep_log(server);
    }
    let Round {
        mut report,
        codes,
        mut slowest_ms,
        ..
    } = round;
    let orders = stage.books().await?.orders.len();
    report.must(
        orders == options.rounds,
        format!("{orders} orders of {} intents", options.rounds),
    );
    report.violations_of("parallel", stage.violations().await?);
    slowest_ms.sort_unstable();
    let (rounds, copies, servers) = (options.rounds, options.copies, options.servers);
    report.says(format!(
        "{rounds} rounds of {copies} copies over {servers} servers (seed {}): {orders} orders",
        options.seed
    ));
    report.says(format!("answers: {codes:?}"));
    let median = slowest_ms.get(slowest_ms.len() / 2).copied().unwrap_or_default();
    report.says(format!(
        "slowest copy of a round: median {median} ms, worst {} ms",
        slowest_ms.last().copied().unwrap_or_default()
    ));
    report.says(format!("{seconds:.0} s"));
    Ok(report)
}

/// Each copy is a connection, with an end here and one in a server.
pub(super) fn allow_many_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let most = getrlimit(Resource::Nofile).maximum;
    // If it is not allowed, connections fail and say so.
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: most,
            maximum: most,
        },
    );
}

struct Round {
    dice: Dice,
    report: Report,
    codes: BTreeMap<String, usize>,
    slowest_ms: Vec<u128>,
}

impl Round {
    async fn run(&mut self, number: usize, shopper: &Shopper, bases: &[String], copies: usize) -> anyhow::Result<()> {
        let mut base = || &bases[usize::try_from(self.dice.below(bases.len() as u64)).unwrap_or_default()];
        let page = shopper.page(base(), PRODUCT).await?;
        let submissions: Vec<_> = (0..copies).map(|_| shopper.submit(base(), &page)).collect();
        let begun = Instant::now();
        let answers = join_all(submissions).await;
        self.slowest_ms.push(begun.elapsed().as_millis());
        let ids: BTreeSet<_> = answers.iter().filter_map(Answer::order).collect();
        self.report.must(
            ids.len() == 1,
            format!("round {number}: {} orders were named", ids.len()),
        );
        for answer in &answers {
            let code = match answer {
                Answer::Order { replayed: false, .. } => "placed",
                Answer::Order { .. } => "replayed",
                Answer::No(code) | Answer::Unknown(code) => code,
            };
            *self.codes.entry(code.to_owned()).or_default() += 1;
            self.report.must(
                answer.order().is_some(),
                format!("round {number}: a copy was answered {answer:?}"),
            );
        }
        Ok(())
    }
}
