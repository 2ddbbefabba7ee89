//! Runs one world from its first page to the checks at its end.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::{Arc, Once};
use std::time::Duration;

use checkout::fail_point::{self, FailPoint};
use tokio::runtime::Builder;
use tokio::time::sleep;

use crate::checker::{Kind, Violation};
use crate::client::{self, Left};
use crate::coverage::Coverage;
use crate::history::ANSWERS;
use crate::lock;
use crate::plan::Plan;
use crate::random::Random;
use crate::scenario::Scenario;
use crate::shop::{furnish, happen, slug};
use crate::world::{Setup, World};

/// What came of a world.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// How many orders stand.
    pub orders: usize,
    /// How many answers there were of each kind.
    pub told: [u64; ANSWERS.len()],
    /// How many submissions it took to decide what was undecided when faults stopped.
    pub fair_retries: u64,
    /// How many steps were passed while faults could happen.
    pub passed: usize,
    /// How often a submission was told that nothing was ordered while an earlier one, unanswered, ordered later.
    pub overtaken: Vec<&'static str>,
    /// What must never happen, and did.
    pub violations: Vec<Violation>,
    /// Which faults happened where.
    pub coverage: Coverage,
    /// What happened, line by line, if it was asked for.
    pub trace: Vec<String>,
}

thread_local! {
    /// The world of the fail points that are passed on this thread.
    static HERE: RefCell<Option<Arc<World>>> = const { RefCell::new(None) };
}

/// Sets, once for the process, that fail points go to the world of their thread.
fn install_fail_points() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| fail_point::install(pass));
}

fn pass(point: FailPoint) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    match HERE.with_borrow(Clone::clone) {
        Some(world) => Box::pin(world.point(point)),
        None => Box::pin(std::future::ready(())),
    }
}

pub(crate) fn run(scenario: &Scenario, plan: Plan, random: Random, traced: bool) -> Outcome {
    install_fail_points();
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime without I/O needs nothing");
    let outcome = runtime.block_on(async {
        let world = World::new(Setup {
            settings: scenario.settings,
            writers: scenario.writers,
            servers: scenario.servers,
            plan,
            random,
            traced,
        });
        HERE.set(Some(Arc::clone(&world)));
        world.note(|| format!("{scenario:#?}"));
        live(&world, scenario).await;
        outcome(&world)
    });
    // What is left of the world holds itself by its servers.
    if let Some(world) = HERE.take() {
        lock(&world.servers).clear();
    }
    outcome
}

async fn live(world: &Arc<World>, scenario: &Scenario) {
    furnish(world, scenario);
    for (at, upset) in scenario.upsets.clone() {
        let world = Arc::clone(world);
        tokio::spawn(async move {
            sleep(at).await;
            happen(&world, upset).await;
        });
    }
    let carts = world.carts();
    let tabs = scenario.tabs.iter().cloned().map(|tab| {
        let cart = carts[tab.cart];
        tokio::spawn(client::run(Arc::clone(world), tab, cart))
    });
    let mut left = Vec::new();
    for tab in tabs.collect::<Vec<_>>() {
        left.extend(tab.await.unwrap_or_default());
    }
    world.calm_down().await;
    decide_all(world, left).await;
    // Whatever still runs comes to its end.
    sleep(Duration::from_mins(1)).await;
    judge(world, scenario);
}

/// Nothing fails any more: everything undecided is decided, and everything ordered stays ordered.
async fn decide_all(world: &Arc<World>, left: Vec<Left>) {
    let tasks: Vec<_> = left
        .into_iter()
        .map(|left| {
            let world = Arc::clone(world);
            tokio::spawn(async move {
                match left {
                    Left::Undecided(page) => client::retry_fairly(&world, &page).await,
                    Left::Ordered(page) => client::send_again(&world, &page).await,
                }
            })
        })
        .collect();
    for task in tasks {
        if let Err(broken) = task.await {
            world
                .history()
                .violated(Kind::Broken, format!("a client broke: {broken}"));
        }
    }
}

/// The checks at the end, over everything that happened.
fn judge(world: &Arc<World>, scenario: &Scenario) {
    world.history().judge_whole();
    let (orders, events) = (world.database.shop.orders(), world.database.shop.events());
    let stored = orders.iter().map(|order| order.id);
    let mut history = world.history();
    if !stored.clone().eq(history.commits.iter().map(|commit| commit.order.id)) {
        history.violated(Kind::Lost, "the database does not hold what was committed".into());
    }
    if !stored.eq(events.iter().map(|event| event.order)) {
        history.violated(Kind::Event, format!("{} orders, {} events", orders.len(), events.len()));
    }
    for (product, stock) in scenario.stock.iter().enumerate() {
        let slug = slug(product);
        let lines = orders
            .iter()
            .flat_map(|order| &order.lines)
            .filter(|line| line.slug == slug);
        let sold: i64 = lines.map(|line| i64::from(line.quantity.get())).sum();
        let expected = i64::from(*stock) + world.delivered_in_all(product) - sold;
        let left = i64::from(world.stock(&slug));
        if left != expected {
            history.violated(
                Kind::Stock,
                format!("{left} of product {product} are left, not {expected}"),
            );
        }
    }
}

fn outcome(world: &Arc<World>) -> Outcome {
    let history = world.history();
    let overtaken = history.overtaken();
    for (request, by) in &overtaken {
        world.note(|| format!("request {} was refused, and request {} ordered later", request.0, by.0));
    }
    let names = overtaken.iter().filter_map(|(request, _)| {
        let (_, answer) = history.submissions[request.0].answered.as_ref()?;
        Some(answer.name())
    });
    Outcome {
        orders: history.commits.len(),
        told: history.told,
        fair_retries: history.fair_retries,
        passed: world.passed(),
        overtaken: names.collect(),
        violations: history.violations.clone(),
        coverage: world.coverage(),
        trace: world.trace(),
    }
}
