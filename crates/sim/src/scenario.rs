//! What the shopper and the shop do in a world, drawn from its seed.

use std::time::Duration;

use checkout::group_commit::Writers;
use checkout::settings::{OnRedisOutage, SHORTEST_REPEAT_WINDOW, Settings};

use crate::random::Random;

/// Everything that is decided before a world begins.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub settings: Settings,
    pub writers: Writers,
    pub servers: usize,
    /// What the shop has of each product.
    pub stock: Vec<u32>,
    /// Of each cart: its products, and how many pieces.
    pub carts: Vec<Vec<(usize, u32)>>,
    pub tabs: Vec<Tab>,
    pub upsets: Vec<(Duration, Upset)>,
}

/// One confirmation page, and what the shopper does with it.
#[derive(Clone, Debug)]
pub(crate) struct Tab {
    pub cart: usize,
    /// When it is opened, and how long after that it is submitted.
    pub opens: Duration,
    pub thinks: Duration,
    /// How often it is submitted, and how long after each other.
    pub copies: u32,
    pub apart: Duration,
    pub leaves: Leaves,
    /// How often an undecided answer is sent again before faults stop.
    pub retries: u32,
    pub confirms: bool,
    pub renders_again: bool,
    pub asks_status: bool,
}

/// When the first submission of a tab goes away without its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaves {
    Never,
    /// When what it waits for was polled so often.
    AtPoll(u32),
    After(Duration),
}

/// What else happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upset {
    /// The shopper changes the first line of a cart.
    Edit(usize),
    /// The shop gets, sells elsewhere, or prices a product.
    Stock(usize, u32),
    Price(usize, i64),
    /// The shop's bookkeeping holds the row of a product.
    Hold(usize, Duration),
    TokensEmptied,
    TokensRestored,
    TokensGone,
    DatabaseGone,
    Crash(usize),
    Pause(usize),
}

impl Tab {
    /// The plainest tab there is.
    pub(crate) const fn plain(cart: usize) -> Self {
        Self {
            cart,
            opens: Duration::ZERO,
            thinks: Duration::ZERO,
            copies: 1,
            apart: Duration::ZERO,
            leaves: Leaves::Never,
            retries: 0,
            confirms: false,
            renders_again: false,
            asks_status: false,
        }
    }
}

impl Scenario {
    /// One of everything, and nothing goes wrong.
    pub(crate) fn plain() -> Self {
        Self {
            settings: Settings::default(),
            writers: Writers {
                lanes: 1,
                batch: 64,
                queue: 1_024,
                patience: Duration::from_secs(1),
            },
            servers: 1,
            stock: vec![9],
            carts: vec![vec![(0, 1)]],
            tabs: vec![Tab::plain(0)],
            upsets: vec![],
        }
    }

    /// A scenario of chance.
    pub(crate) fn draw(random: &mut Random) -> Self {
        let mut scenario = Self::plain();
        scenario.settings.on_redis_outage =
            random.pick(&[OnRedisOutage::Database, OnRedisOutage::Database, OnRedisOutage::Refuse]);
        if random.one_in(3) {
            scenario.settings.timeouts.repeat_window = SHORTEST_REPEAT_WINDOW;
        }
        scenario.writers.lanes = random.index(2) + 1;
        scenario.writers.batch = random.pick(&[1, 2, 64]);
        scenario.writers.queue = random.pick(&[1, 1_024, 1_024]);
        scenario.servers = random.index(3) + 1;
        scenario.stock = (0..=random.index(2)).map(|_| stock(random)).collect();
        let products = scenario.stock.len();
        scenario.carts = (0..=random.index(2)).map(|_| cart(random, products)).collect();
        let carts = scenario.carts.len();
        let mut left = random.within(1..=4);
        scenario.tabs.clear();
        while left > 0 {
            let tab = tab(random, carts);
            left = left.saturating_sub(u64::from(tab.copies));
            scenario.tabs.push(tab);
        }
        for _ in 0..random.within(0..=4).saturating_sub(1) {
            let at = random.pick(&[20, 300, 5_000, 15_000]);
            let at = random.millis(0..=at);
            scenario.upsets.push((at, upset(random, &scenario)));
        }
        scenario
    }
}

fn stock(random: &mut Random) -> u32 {
    random.pick(&[0, 1, 2, 9, 9, 9, 9])
}

fn cart(random: &mut Random, products: usize) -> Vec<(usize, u32)> {
    let first = random.index(products);
    let mut lines = vec![(first, random.pick(&[1, 1, 2]))];
    if products > 1 && random.one_in(3) {
        lines.push((1 - first, 1));
    }
    lines
}

fn tab(random: &mut Random, carts: usize) -> Tab {
    // Around the end of the token's life, now and then.
    let thinks = match random.within(0..=11) {
        0 => random.millis(1_790_000..=1_812_000),
        1..=2 => random.millis(100..=12_000),
        _ => random.millis(0..=20),
    };
    let opens = random.pick(&[0, 10, 200, 8_000]);
    let apart = random.pick(&[0, 5, 100, 3_000]);
    Tab {
        cart: random.index(carts),
        opens: random.millis(0..=opens),
        thinks,
        copies: random.pick(&[1, 1, 1, 2, 3]),
        apart: random.millis(0..=apart),
        leaves: match random.within(0..=7) {
            0 => Leaves::AtPoll(random.pick(&[0, 1, 2])),
            1 => Leaves::After(random.millis(0..=30)),
            2 => Leaves::After(random.millis(0..=9_000)),
            _ => Leaves::Never,
        },
        retries: random.pick(&[0, 1, 2, 3]),
        confirms: random.one_in(2),
        renders_again: random.one_in(2),
        asks_status: random.one_in(3),
    }
}

fn upset(random: &mut Random, scenario: &Scenario) -> Upset {
    let product = random.index(scenario.stock.len());
    let server = random.index(scenario.servers);
    match random.within(0..=11) {
        0..=1 => Upset::Edit(random.index(scenario.carts.len())),
        2..=3 => Upset::Stock(product, random.pick(&[0, 1, 9])),
        4 => Upset::Price(product, random.pick(&[1_250, 1_300])),
        5 => Upset::TokensEmptied,
        6 => Upset::TokensRestored,
        7 => Upset::TokensGone,
        8 => Upset::DatabaseGone,
        9 => Upset::Crash(server),
        10 => Upset::Hold(product, random.millis(50..=4_000)),
        _ => Upset::Pause(server),
    }
}
