//! One exchange between a server and a store: the request travels, is executed, and the answer travels back.

use std::sync::Arc;
use std::time::Duration;

use checkout::ports::{StoreError, StoreErrorKind};
use tokio::time::sleep;

use crate::fault::{Call, Fault, Place, Store};
use crate::history::Fact;
use crate::server::Host;
use crate::world::World;

pub(super) fn error(call: Call, kind: StoreErrorKind) -> StoreError {
    StoreError::new(call.name(), kind, "told to fail")
}

impl Host {
    /// Sends a request to a store, which executes `work`, and waits for the answer.
    pub(super) async fn call<T: Send>(
        self: &Arc<Self>,
        call: Call,
        work: impl FnOnce(&World) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let request = self.world.attempt_here().map(|(_, request)| request);
        let fault = self.world.decide(Place::Call(call), self, request);
        let unfinished = fault.map(|_| self.world.unfinished());
        if !self.pass().await {
            drop(unfinished);
            return std::future::pending().await;
        }
        let answer = self.exchange(call, fault, work).await;
        drop(unfinished);
        if let Some(request) = request.filter(|_| answer.is_err() && call.store() == Store::Database) {
            self.world.found(request, Fact::Unread);
        }
        self.live().await;
        answer
    }

    async fn exchange<T: Send>(
        self: &Arc<Self>,
        call: Call,
        fault: Option<Fault>,
        work: impl FnOnce(&World) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let world = &self.world;
        let limit = call.limit(&world.settings.timeouts);
        let some_time = || {
            world
                .random()
                .millis(1..=u64::try_from(limit.as_millis()).unwrap_or(u64::MAX) - 1)
        };
        match fault {
            Some(Fault::NotDone) => {
                world.travel().await;
                return Err(error(call, StoreErrorKind::NotDone));
            }
            Some(Fault::Corrupt) => return Err(error(call, StoreErrorKind::Corrupt)),
            Some(Fault::Delay) => {
                sleep(some_time()).await;
                return self.execute(call, work).await;
            }
            Some(Fault::Hang) => sleep(limit).await,
            Some(Fault::LostRequest) => sleep(some_time()).await,
            Some(Fault::LostAnswer) => {
                // Whatever the store said, nobody heard it.
                let _ = self.execute(call, work).await;
                sleep(some_time()).await;
            }
            Some(fault @ (Fault::Late | Fault::CrashSent)) => {
                self.execute_later(call, work);
                if fault == Fault::CrashSent {
                    self.crash();
                }
                sleep(some_time()).await;
            }
            _ => {
                world.travel().await;
                let answer = self.execute(call, work).await;
                world.travel().await;
                return answer;
            }
        }
        Err(error(call, StoreErrorKind::Unknown))
    }

    /// Executes, if the store can be reached.
    async fn execute<T>(
        &self,
        call: Call,
        work: impl FnOnce(&World) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.world.reaches(call) {
            return work(&self.world);
        }
        if self.world.random().one_in(2) {
            return Err(error(call, StoreErrorKind::NotDone));
        }
        sleep(call.limit(&self.world.settings.timeouts)).await;
        Err(error(call, StoreErrorKind::Unknown))
    }

    /// Executes after a time that may be longer than a lease.
    fn execute_later<T>(
        self: &Arc<Self>,
        call: Call,
        work: impl FnOnce(&World) -> Result<T, StoreError> + Send + 'static,
    ) {
        let late = late(&self.world);
        let world = Arc::clone(&self.world);
        self.world.later(async move {
            sleep(late).await;
            if world.reaches(call) {
                world.note(|| format!("{} is executed late", call.name()));
                // Nobody waits for it any more.
                let _ = work(&world);
            }
        });
    }
}

/// How late something may still be executed.
pub(super) fn late(world: &World) -> Duration {
    let mut random = world.random();
    let (least, most) = random.pick(&[(1, 300), (300, 5_000), (5_000, 15_000)]);
    random.millis(least..=most)
}
