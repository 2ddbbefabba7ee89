//! Whose attempt a task is: the core knows neither servers nor submissions' numbers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use checkout::fail_point::FailPoint;
use tokio::task;

use crate::history::{Fact, Request};
use crate::lock;
use crate::server::Host;
use crate::world::World;

/// The attempts that run, by their tasks; and submissions whose attempt has not begun, in the order of their arrival.
#[derive(Default)]
pub(crate) struct Attempts {
    running: Mutex<HashMap<task::Id, (Arc<Host>, Request)>>,
    arrived: Mutex<VecDeque<(Arc<Host>, Request)>>,
}

impl World {
    /// A server was sent a submission; its attempt begins when its task first runs.
    pub(crate) fn arrive(&self, host: &Arc<Host>, request: Request) {
        {
            let mut history = self.history();
            let submission = history.submission(request);
            submission.taken = Some(host.number);
            if host.is_dead() {
                submission.facts.push(Fact::Excused);
            }
        }
        lock(&self.attempts.arrived).push_back((Arc::clone(host), request));
    }

    /// Whose attempt the running task is.
    pub(crate) fn attempt_here(&self) -> Option<(Arc<Host>, Request)> {
        lock(&self.attempts.running).get(&task::try_id()?).cloned()
    }

    /// The fail points of the core, which run in the task of an attempt.
    pub(crate) async fn point(self: Arc<Self>, point: FailPoint) {
        if point == FailPoint::Verified {
            // Attempts begin in the order in which they were spawned.
            let begun = lock(&self.attempts.arrived).pop_front();
            if let Some((id, begun)) = task::try_id().zip(begun) {
                lock(&self.attempts.running).insert(id, begun);
            }
        }
        let Some((host, request)) = self.attempt_here() else {
            return;
        };
        if point == FailPoint::BeforeInsert {
            let now = self.clock.elapsed();
            self.history().submission(request).first_insert.get_or_insert(now);
        }
        host.point(point, Some(request)).await;
        if point == FailPoint::BeforeAnswer {
            self.found(request, Fact::Ended);
        }
    }
}
