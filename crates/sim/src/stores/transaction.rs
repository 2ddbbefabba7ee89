//! One transaction of `insert_once`: its steps, its locks, and all the ways in which it ends.

use std::sync::Arc;

use checkout::fail_point::FailPoint;
use checkout::ports::{Insertion, NewOrder, StoreError, StoreErrorKind};
use tokio::time::{Instant, sleep, timeout};

use super::database::Locks;
use super::exchange::{error, late};
use crate::fault::{Call, Fault, Place};
use crate::history::Request;
use crate::server::Host;
use crate::world::Unfinished;

type Answers = Vec<Result<Insertion, StoreError>>;

/// What a transaction passes before its commit.
const STEPS: [FailPoint; 5] = [
    FailPoint::TransactionBegun,
    FailPoint::CartClosed,
    FailPoint::StockTaken,
    FailPoint::OrderInserted,
    FailPoint::BeforeCommit,
];

/// A server's transaction that writes some orders.
pub(super) struct Transaction {
    host: Arc<Host>,
    orders: Vec<NewOrder>,
}

impl Transaction {
    pub(super) fn new(host: Arc<Host>, orders: Vec<NewOrder>) -> Self {
        Self { host, orders }
    }

    /// Whose order it writes first.
    pub(super) fn request(&self) -> Option<Request> {
        Request::of(&self.orders.first()?.contact.form().name)
    }

    /// Runs it. The fault is over when `unfinished` is dropped.
    pub(super) async fn run(self, fault: Option<Fault>, unfinished: Option<Unfinished>) -> Result<Answers, StoreError> {
        let answers = self.write(fault, unfinished).await?;
        self.host.point(FailPoint::AfterCommit, self.request()).await;
        self.host.world.travel().await;
        Ok(answers)
    }

    async fn write(&self, fault: Option<Fault>, unfinished: Option<Unfinished>) -> Result<Answers, StoreError> {
        let world = Arc::clone(&self.host.world);
        world.travel().await;
        if fault == Some(Fault::NotDone) || !world.reaches(Call::Insert) {
            return Err(failed(StoreErrorKind::NotDone));
        }
        if fault == Some(Fault::Delay) {
            let delay = world.random().millis(1..=1_500);
            sleep(delay).await;
        }
        let rows = world.database.rows(&self.orders);
        // PostgreSQL's `lock_timeout`, SQLite's `busy_timeout`.
        let patience = world.settings.timeouts.statement * 3 / 4;
        let Ok(locks) = timeout(patience, world.database.lock(rows)).await else {
            return Err(failed(StoreErrorKind::NotDone));
        };
        match self.steps(locks).await {
            Ok(locks) => self.commit(locks, fault, unfinished).await,
            Err(failed) => {
                drop(unfinished);
                self.host.live().await;
                Err(failed)
            }
        }
    }

    /// Everything before the commit. A server that stands still for too long in the middle is rolled back by the
    /// database, and a dead one at once.
    async fn steps(&self, locks: Locks) -> Result<Locks, StoreError> {
        let begun = Instant::now();
        let idle = self.host.world.settings.timeouts.attempt;
        for step in STEPS {
            let passed = timeout(idle, self.host.step(step, self.request())).await;
            if passed == Ok(true) && self.host.world.reaches(Call::Insert) {
                continue;
            }
            self.host
                .world
                .note(|| format!("{} is rolled back after {:?}", self.host, begun.elapsed()));
            // What was sent last may have been the commit.
            return Err(failed(match step {
                FailPoint::BeforeCommit => StoreErrorKind::Unknown,
                _ => StoreErrorKind::NotDone,
            }));
        }
        Ok(locks)
    }

    /// The commit, which is sent, and whose answer may get lost.
    async fn commit(
        &self,
        locks: Locks,
        fault: Option<Fault>,
        unfinished: Option<Unfinished>,
    ) -> Result<Answers, StoreError> {
        let world = &self.host.world;
        let some_time = world.random().millis(1..=1_000);
        match fault {
            Some(Fault::LostRequest) => {
                drop(locks);
                sleep(some_time).await;
                Err(failed(StoreErrorKind::Unknown))
            }
            Some(Fault::LostAnswer) => {
                self.done(locks);
                sleep(some_time).await;
                Err(failed(StoreErrorKind::Unknown))
            }
            Some(fault @ (Fault::Late | Fault::LostCommit | Fault::CrashSent | Fault::Hang)) => {
                self.on_its_way(locks, fault);
                if fault == Fault::CrashSent {
                    self.host.crash();
                }
                if matches!(fault, Fault::Hang | Fault::CrashSent) {
                    drop(unfinished);
                    std::future::pending::<()>().await;
                }
                sleep(some_time).await;
                Err(failed(StoreErrorKind::Unknown))
            }
            Some(Fault::Corrupt) => {
                self.done(locks);
                Err(failed(StoreErrorKind::Corrupt))
            }
            _ => Ok(self.done(locks)),
        }
    }

    fn done(&self, locks: Locks) -> Answers {
        let world = &self.host.world;
        let answers = world.database.commit(world, self.orders.clone());
        drop(locks);
        answers
    }

    /// The commit is executed later or never; until then it holds its rows.
    fn on_its_way(&self, locks: Locks, fault: Fault) {
        let world = Arc::clone(&self.host.world);
        let (late, orders) = (late(&world), self.orders.clone());
        self.host.world.later(async move {
            sleep(late).await;
            if fault == Fault::LostCommit || fault == Fault::Hang {
                world.note(|| "a commit is lost".into());
            } else {
                world.note(|| "a commit is executed late".into());
                world.database.commit(&world, orders);
            }
            drop(locks);
        });
    }
}

fn failed(kind: StoreErrorKind) -> StoreError {
    error(Call::Insert, kind)
}

impl Host {
    /// A step of a transaction on this server; `false` when the server died.
    async fn step(self: &Arc<Self>, step: FailPoint, request: Option<Request>) -> bool {
        match self.world.decide(Place::Point(step), self, request) {
            Some(Fault::Panic) => self.panic(None),
            _ => self.world.travel().await,
        }
        self.pass().await
    }
}
