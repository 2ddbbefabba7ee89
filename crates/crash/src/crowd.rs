//! Shoppers who buy all the time, whatever happens, and want to know in the end.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::dice::Dice;
use crate::history::History;
use crate::shopper::{Answer, PRODUCT, Page, Shopper};

/// How long a shopper waits before the shop is tried again.
const PAUSE: Duration = Duration::from_millis(50);

/// Where the servers are now. They come back elsewhere.
#[derive(Clone, Default)]
pub struct Bases(Arc<Mutex<Vec<String>>>);

impl Bases {
    /// There are these servers.
    pub fn new(bases: Vec<String>) -> Self {
        Self(Arc::new(Mutex::new(bases)))
    }

    /// The server at this place is elsewhere now.
    pub fn set(&self, place: usize, base: &str) {
        base.clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)[place]);
    }

    fn any(&self, dice: &mut Dice) -> String {
        let bases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bases[usize::try_from(dice.below(bases.len() as u64)).unwrap_or_default()].clone()
    }
}

/// The shoppers.
pub struct Crowd {
    state: Arc<State>,
    shoppers: Vec<JoinHandle<Vec<String>>>,
}

struct State {
    bases: Bases,
    open: AtomicBool,
    orders: AtomicUsize,
    leisure: Duration,
}

impl Crowd {
    /// So many shoppers begin to buy.
    pub fn open(history: &History, bases: &Bases, shoppers: u64, seed: u64) -> anyhow::Result<Self> {
        Self::at_leisure(history, bases, shoppers, seed, Duration::ZERO)
    }

    /// The same, and each looks around for so long between two orders.
    pub fn at_leisure(
        history: &History,
        bases: &Bases,
        shoppers: u64,
        seed: u64,
        leisure: Duration,
    ) -> anyhow::Result<Self> {
        let state = Arc::new(State {
            bases: bases.clone(),
            open: AtomicBool::new(true),
            orders: AtomicUsize::new(0),
            leisure,
        });
        let first = Shopper::new(history)?;
        let shop =
            |number| tokio::spawn(Arc::clone(&state).shop(first.another(), Dice::new(seed.wrapping_add(number))));
        Ok(Self {
            shoppers: (0..shoppers).map(shop).collect(),
            state,
        })
    }

    /// How many orders shoppers know of.
    pub fn orders(&self) -> usize {
        self.state.orders.load(Ordering::Acquire)
    }

    /// Nobody begins anything new. Whoever does not know after `patience` is a violation.
    pub async fn close(self, patience: Duration) -> anyhow::Result<Vec<String>> {
        self.state.open.store(false, Ordering::Release);
        let begun = Instant::now();
        let mut violations = Vec::new();
        for shopper in join_all(self.shoppers).await {
            violations.extend(shopper?);
        }
        if begun.elapsed() > patience {
            violations.push(format!("I4: the last shopper knew after {:?}", begun.elapsed()));
        }
        Ok(violations)
    }
}

impl State {
    async fn shop(self: Arc<Self>, first: Shopper, mut dice: Dice) -> Vec<String> {
        let mut violations = Vec::new();
        while self.open.load(Ordering::Acquire) {
            let shopper = first.another();
            match shopper.page(&self.bases.any(&mut dice), PRODUCT).await {
                Ok(page) => {
                    violations.extend(self.order(&shopper, &page, &mut dice).await);
                    sleep(self.leisure).await;
                }
                // The shop is down; there is nothing to know of.
                Err(_) => sleep(PAUSE).await,
            }
        }
        violations
    }

    /// Submits two copies, then retries for as long as it takes, and a minute at most.
    async fn order(&self, shopper: &Shopper, page: &Page, dice: &mut Dice) -> Option<String> {
        let begun = Instant::now();
        let (one, two) = (self.bases.any(dice), self.bases.any(dice));
        let (mut answer, _) = tokio::join!(shopper.submit(&one, page), shopper.submit(&two, page));
        while !answer.is_decided() && begun.elapsed() < Duration::from_mins(1) {
            sleep(PAUSE).await;
            answer = shopper.submit(&self.bases.any(dice), page).await;
        }
        match answer {
            Answer::Order { .. } => {
                self.orders.fetch_add(1, Ordering::AcqRel);
                None
            }
            answer => Some(format!("I4: {answer:?} after {:?}", begun.elapsed())),
        }
    }
}
