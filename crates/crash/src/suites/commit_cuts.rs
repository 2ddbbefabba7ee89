//! `crash commit-cuts`: the connection to PostgreSQL is cut at random around COMMIT, and nobody is told anything wrong.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::StreamExt as _;

use crate::books::Dialect;
use crate::dice::Dice;
use crate::proxy::postgres::{OnCommit, PostgresProxy};
use crate::report::Report;
use crate::server::{Server, Setup};
use crate::shopper::{Answer, PRODUCT, Page, Shopper};
use crate::stage::{Services, Stage};

/// How many submissions are under way at once.
const AT_ONCE: usize = 8;

/// How many pages are opened before cutting goes on.
const PAGES: usize = 40;

/// Cuts until `cuts` are done, with the chances of `seed`.
pub async fn run(services: &Services, cuts: usize, seed: u64) -> anyhow::Result<Report> {
    let mut stage = services.stage(Dialect::Postgres).await?;
    let proxy = PostgresProxy::open(services.port()?).await?;
    let setup = Setup {
        database_url: format!("{}/{}", proxy.root(), stage.database()),
        ..stage.setup("database")
    };
    let server = Server::start(&setup).await?;
    let begun = Instant::now();
    let mut report = Report::default();
    let mut answers = BTreeMap::new();
    let limit = setup.lease() + Duration::from_secs(2);
    let mut submitted = 0;
    while done(&proxy) < cuts {
        let pages = open_pages(&stage, &server).await?;
        submitted += pages.len();
        proxy.plan(strikes(seed.wrapping_add(submitted as u64)));
        let base = &server.base;
        let retries = pages
            .iter()
            .map(async |(shopper, page)| shopper.retry(base, page, limit).await);
        let decided: Vec<_> = futures::stream::iter(retries).buffer_unordered(AT_ONCE).collect().await;
        proxy.plan(|| OnCommit::Pass);
        for (answer, took) in decided {
            report.must(answer.order().is_some(), format!("I4: {answer:?} after {took:?}"));
        }
        verify(&pages, base, &mut report).await;
    }
    for event in stage.history.events() {
        if let Some((status, code)) = event.status {
            *answers.entry(format!("{status} {code}")).or_insert(0) += 1;
        }
    }
    stage.keep_log(&server);
    report.violations_of("commit-cuts", stage.violations().await?);
    tell(&proxy, &mut report);
    let orders = stage.books().await?.orders.len();
    report.must(orders == submitted, format!("{orders} orders of {submitted} intents"));
    report.says(format!("{submitted} intents, {orders} orders; answers {answers:?}"));
    report.says(format!("seed {seed}, {:.0} s", begun.elapsed().as_secs_f64()));
    Ok(report)
}

fn done(proxy: &PostgresProxy) -> usize {
    let counts = proxy.counts();
    counts.executed + counts.never_arrived + counts.told
}

/// Confirmation pages, made while nothing is cut.
async fn open_pages(stage: &Stage, server: &Server) -> anyhow::Result<Vec<(Shopper, Page)>> {
    let first = Shopper::new(&stage.history)?;
    let mut pages = Vec::new();
    for _ in 0..PAGES {
        let shopper = first.another();
        let page = shopper.page(&server.base, PRODUCT).await?;
        pages.push((shopper, page));
    }
    Ok(pages)
}

/// Every other COMMIT is struck, somewhere around it.
fn strikes(seed: u64) -> impl FnMut() -> OnCommit + Send {
    let mut dice = Dice::new(seed);
    move || match dice.below(10) {
        0 => OnCommit::CutBefore,
        1 => OnCommit::CutInside,
        2 | 3 => OnCommit::CutAfter(Duration::from_micros(dice.below(3_000))),
        4 => OnCommit::CutTold,
        _ => OnCommit::Pass,
    }
}

/// Nobody was told anything wrong: sent once more, every page has the same order as before.
async fn verify(pages: &[(Shopper, Page)], base: &str, report: &mut Report) {
    for (shopper, page) in pages {
        let again = shopper.submit(base, page).await;
        report.must(
            matches!(again, Answer::Order { replayed: true, .. }),
            format!("intent {} was answered {again:?} afterwards", page.intent),
        );
    }
}

fn tell(proxy: &PostgresProxy, report: &mut Report) {
    let counts = proxy.counts();
    let inside = counts.executed + counts.never_arrived;
    report.must(
        counts.executed > 0,
        "no cut fell between an executed COMMIT and its answer",
    );
    report.must(counts.never_arrived > 0, "no cut kept a COMMIT from arriving");
    report.says(format!(
        "{} cuts; inside the window {inside}: executed {}, never arrived {}; after the answer {}",
        inside + counts.told,
        counts.executed,
        counts.never_arrived,
        counts.told
    ));
}
