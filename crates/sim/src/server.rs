//! A server: the real `Checkout` over simulated stores, which can die, stop and go on.

use std::fmt;
use std::sync::{Arc, Mutex};

use checkout::Checkout;
use checkout::breaker::Breaker;
use checkout::fail_point::FailPoint;
use checkout::group_commit::GroupCommit;
use checkout::service::Ports;
use checkout::token::{Key, KeyRing};
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::fault::{Fault, Place};
use crate::history::{Fact, Request};
use crate::lock;
use crate::stores::carts::CartPort;
use crate::stores::orders::OrderPort;
use crate::stores::tokens::TokenPort;
use crate::world::World;

/// A server that runs, or ran.
pub(crate) struct Server {
    pub host: Arc<Host>,
    pub checkout: Checkout,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Running,
    Stopped,
    Dead,
}

/// The machine under one process of a server: whether it runs.
pub(crate) struct Host {
    pub world: Arc<World>,
    address: usize,
    /// No other server has it, not even the next one at the same address.
    pub number: usize,
    life: Mutex<Life>,
    /// Tells, in the order in which they came, those that wait for another life.
    changed: Notify,
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "server {}", self.address)
    }
}

impl Server {
    /// Starts a server at an address, composed as the shop's server is.
    pub(crate) fn start(world: &Arc<World>, address: usize) {
        let host = Arc::new(Host {
            world: Arc::clone(world),
            address,
            number: world.next_number(),
            life: Mutex::new(Life::Running),
            changed: Notify::new(),
        });
        let shop = world.database.shop.shop();
        let tokens = Arc::new(TokenPort(Arc::clone(&host)));
        let orders = Arc::new(OrderPort(Arc::clone(&host)));
        let ports = Ports {
            products: shop.products,
            carts: Arc::new(CartPort(Arc::clone(&host))),
            orders: Arc::new(GroupCommit::new(orders, world.writers)),
            tokens: Arc::new(Breaker::new(tokens)),
            clock: world.clock.clone(),
            ids: world.ids.clone(),
            keys: KeyRing::new(Key { id: 1, secret: [7; 32] }, vec![]),
        };
        let checkout = Checkout::new(ports, world.settings);
        lock(&world.servers)[address] = Some(Arc::new(Self { host, checkout }));
    }
}

impl Host {
    /// Waits while the server stands still. `false`: it is dead, and whatever was to happen in it does not.
    pub(crate) async fn pass(&self) -> bool {
        self.until(|life| life != Life::Stopped).await == Life::Running
    }

    async fn until(&self, is_it: impl Fn(Life) -> bool) -> Life {
        loop {
            let changed = self.changed.notified();
            let life = self.life();
            if is_it(life) {
                return life;
            }
            changed.await;
        }
    }

    fn life(&self) -> Life {
        *lock(&self.life)
    }

    /// Begins another life, unless it is dead.
    fn change(&self, to: Life) -> bool {
        let changes = {
            let mut life = lock(&self.life);
            let changes = *life != Life::Dead && *life != to;
            if changes {
                *life = to;
            }
            changes
        };
        self.changed.notify_waiters();
        changes
    }

    /// Waits while the server stands still, and for ever when it is dead.
    pub(crate) async fn live(&self) {
        if !self.pass().await {
            std::future::pending::<()>().await;
        }
    }

    /// Returns when the server is dead.
    pub(crate) async fn death(&self) {
        self.until(|life| life == Life::Dead).await;
    }

    /// Whether it died.
    pub(crate) fn is_dead(&self) -> bool {
        self.life() == Life::Dead
    }

    /// A fail point on this server.
    pub(crate) async fn point(self: &Arc<Self>, point: FailPoint, request: Option<Request>) {
        let fault = self.world.decide(Place::Point(point), self, request);
        if fault == Some(Fault::Panic) {
            self.panic(request);
        }
        self.world.travel().await;
        self.live().await;
    }

    /// Panics as planned, without a word on the terminal.
    pub(crate) fn panic(&self, request: Option<Request>) -> ! {
        if let Some(request) = request {
            self.world.found(request, Fact::Excused);
        }
        std::panic::resume_unwind(Box::new("told to panic"))
    }

    /// Dies at once, with all its tasks; another is started after a while.
    pub(crate) fn crash(self: &Arc<Self>) {
        if !self.change(Life::Dead) {
            return;
        }
        let world = Arc::clone(&self.world);
        world.note(|| format!("{self} dies"));
        world.history().excuse(self.number);
        lock(&world.servers)[self.address] = None;
        let (down, address) = (world.random().millis(1..=2_000), self.address);
        world.clone().later(async move {
            sleep(down).await;
            world.note(|| format!("server {address} is started again"));
            Server::start(&world, address);
        });
    }

    /// Stops, with all its tasks, and goes on after a while: a second, or more than a lease.
    pub(crate) fn pause(self: &Arc<Self>) {
        if !self.change(Life::Stopped) {
            return;
        }
        let while_ = {
            let mut random = self.world.random();
            let (least, most) = random.pick(&[(50, 1_000), (1_000, 9_000), (9_000, 15_000)]);
            random.millis(least..=most)
        };
        self.world
            .note(|| format!("{self} stands still for {} ms", while_.as_millis()));
        let host = Arc::clone(self);
        self.world.later(async move {
            sleep(while_).await;
            if host.change(Life::Running) {
                host.world.note(|| format!("{host} goes on"));
            }
        });
    }
}
