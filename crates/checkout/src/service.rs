//! [`Checkout`]: the one handle that a server holds.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::attempts::RunningAttempts;
use crate::cart::{CartId, ShopperId};
use crate::ports::{CartStore, Clock, IdSource, OrderStore, ProductStore, TokenStore, time_ordered_uuid};
use crate::settings::Settings;
use crate::token::KeyRing;

/// Everything from outside, chosen at start-up.
pub struct Ports {
    /// Products and stock.
    pub products: Arc<dyn ProductStore>,
    /// Carts.
    pub carts: Arc<dyn CartStore>,
    /// Orders.
    pub orders: Arc<dyn OrderStore>,
    /// Tokens and repeat guards.
    pub tokens: Arc<dyn TokenStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn IdSource>,
    /// The keys that sign tokens.
    pub keys: KeyRing,
}

/// The shop's application service: a handle that is cheap to clone. Each use case is a method, in a file of its own.
#[derive(Clone)]
pub struct Checkout {
    pub(crate) ports: Arc<Ports>,
    pub(crate) settings: Settings,
    pub(crate) running: RunningAttempts,
    tasks: TaskTracker,
    room: Arc<Semaphore>,
}

impl fmt::Debug for Checkout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkout")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Checkout {
    /// A service over these ports.
    #[must_use]
    pub fn new(ports: Ports, settings: Settings) -> Self {
        Self {
            ports: Arc::new(ports),
            settings,
            running: RunningAttempts::default(),
            tasks: TaskTracker::new(),
            room: Arc::new(Semaphore::new(settings.attempts_at_once)),
        }
    }

    /// How it runs.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A fresh shopper for a visitor without a session.
    #[must_use]
    pub fn new_shopper(&self) -> ShopperId {
        ShopperId::from_uuid(Uuid::from_bytes(self.ports.ids.random_bytes()))
    }

    /// Waits for the attempts that run, at most for the grace of the settings. Requests must have been stopped before. Returns how many
    /// were still running when it gave up.
    pub async fn shut_down(&self) -> usize {
        self.tasks.close();
        // Elapsed or not, what is left is counted.
        let _ = tokio::time::timeout(self.settings.timeouts.shutdown_grace, self.tasks.wait()).await;
        self.tasks.len()
    }

    pub(crate) fn new_uuid(&self) -> Uuid {
        time_ordered_uuid(self.ports.clock.now(), self.ports.ids.random_bytes())
    }

    pub(crate) fn new_cart_id(&self) -> CartId {
        CartId(self.new_uuid())
    }

    /// Held by an attempt while it runs, whoever waits for it; none when as many run as may.
    pub(crate) fn room_for_an_attempt(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.room).try_acquire_owned().ok()
    }

    /// Runs `attempt` to its end, even when whoever waits for it goes away.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        attempt: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        self.tasks.spawn(attempt)
    }
}
