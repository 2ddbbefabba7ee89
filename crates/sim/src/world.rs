//! A world: some servers, one database, one token store, one shopper and one seed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use checkout::cart::ShopperId;
use checkout::group_commit::Writers;
use checkout::ports::Clock as _;
use checkout::settings::Settings;
use tokio::sync::Notify;
use tokio::task;
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;

use crate::attempts::Attempts;
use crate::checker::Kind;
use crate::clock::{WorldClock, WorldIds};
use crate::coverage::Coverage;
use crate::fault::{Call, Fault, Place, Store};
use crate::history::{Answer, Fact, History, Request, Submission};
use crate::lock;
use crate::plan::Plan;
use crate::random::Random;
use crate::server::{Host, Server};
use crate::shop::Shelf;
use crate::stores::database::Database;
use crate::stores::tokens::Tokens;

/// Everything that the tasks of a world share. They all run on one thread.
pub(crate) struct World {
    pub settings: Settings,
    pub writers: Writers,
    pub shopper: ShopperId,
    pub clock: Arc<WorldClock>,
    pub ids: Arc<WorldIds>,
    pub database: Database,
    pub tokens: Tokens,
    /// The running server of each address; none while it is being started again.
    pub servers: Mutex<Vec<Option<Arc<Server>>>>,
    pub shelf: Mutex<Shelf>,
    /// For clients: tells each submission's that it should go away.
    leaving: Mutex<HashMap<usize, Arc<Notify>>>,
    random: Mutex<Random>,
    plan: Mutex<Plan>,
    passed: AtomicUsize,
    started: AtomicUsize,
    calm: AtomicBool,
    /// What still has to happen because of a fault: late commits, restarts, pauses, outages.
    unfinished: AtomicUsize,
    history: Mutex<History>,
    coverage: Mutex<Coverage>,
    pub attempts: Attempts,
    trace: Option<Mutex<Vec<String>>>,
}

/// Something that a fault began and that is not over.
pub(crate) struct Unfinished(Arc<World>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.0.unfinished.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How a world is set up.
pub(crate) struct Setup {
    pub settings: Settings,
    pub writers: Writers,
    pub servers: usize,
    pub plan: Plan,
    pub random: Random,
    pub traced: bool,
}

impl World {
    pub(crate) fn new(mut setup: Setup) -> Arc<Self> {
        let clock = Arc::new(WorldClock::new());
        let world = Arc::new(Self {
            settings: setup.settings,
            writers: setup.writers,
            shopper: ShopperId::from_uuid(Uuid::from_bytes(setup.random.bytes())),
            ids: Arc::new(WorldIds::new(setup.random.fork())),
            database: Database::default(),
            tokens: Tokens::new(Arc::clone(&clock)),
            clock,
            servers: Mutex::new(vec![None; setup.servers]),
            shelf: Mutex::default(),
            leaving: Mutex::default(),
            random: Mutex::new(setup.random),
            plan: Mutex::new(setup.plan),
            passed: AtomicUsize::new(0),
            started: AtomicUsize::new(0),
            calm: AtomicBool::new(false),
            unfinished: AtomicUsize::new(0),
            history: Mutex::default(),
            coverage: Mutex::default(),
            attempts: Attempts::default(),
            trace: setup.traced.then(Mutex::default),
        });
        for address in 0..setup.servers {
            Server::start(&world, address);
        }
        world
    }

    pub(crate) fn random(&self) -> MutexGuard<'_, Random> {
        lock(&self.random)
    }

    pub(crate) fn history(&self) -> MutexGuard<'_, History> {
        lock(&self.history)
    }

    pub(crate) fn coverage(&self) -> Coverage {
        lock(&self.coverage).clone()
    }

    /// Whether faults have stopped.
    pub(crate) fn is_calm(&self) -> bool {
        self.calm.load(Ordering::Relaxed)
    }

    /// A number that no other server has.
    pub(crate) fn next_number(&self) -> usize {
        self.started.fetch_add(1, Ordering::Relaxed)
    }

    /// How many steps were passed.
    pub(crate) fn passed(&self) -> usize {
        self.passed.load(Ordering::Relaxed)
    }

    /// Writes a line of the trace, for whoever reads it.
    pub(crate) fn note(&self, line: impl FnOnce() -> String) {
        if let Some(trace) = &self.trace {
            let at = self.clock.elapsed().as_millis();
            lock(trace).push(format!("{at:>8} ms  {}", line()));
        }
    }

    pub(crate) fn trace(&self) -> Vec<String> {
        self.trace.as_ref().map(|trace| lock(trace).clone()).unwrap_or_default()
    }

    /// From now on nothing goes wrong any more.
    pub(crate) async fn calm_down(&self) {
        self.calm.store(true, Ordering::Relaxed);
        self.note(|| "faults stop".into());
        let patience = Instant::now() + Duration::from_mins(2);
        while self.unfinished.load(Ordering::Relaxed) > 0 {
            if Instant::now() > patience {
                let text = "what faults had begun is not over".into();
                return self.history().violated(Kind::Broken, text);
            }
            sleep(Duration::from_millis(10)).await;
        }
        self.note(|| "all that faults had begun is over".into());
    }

    /// Does `work` as the consequence of a fault; the world is not calm before it is over.
    pub(crate) fn later(self: &Arc<Self>, work: impl Future<Output = ()> + Send + 'static) {
        let unfinished = self.unfinished();
        tokio::spawn(async move {
            work.await;
            drop(unfinished);
        });
    }

    /// Until what is given back is dropped, the world is not calm.
    pub(crate) fn unfinished(self: &Arc<Self>) -> Unfinished {
        self.unfinished.fetch_add(1, Ordering::Relaxed);
        Unfinished(Arc::clone(self))
    }

    /// A little time, or none: what else runs may come first.
    pub(crate) async fn travel(&self) {
        let (yields, pause) = {
            let mut random = self.random();
            match random.within(0..=15) {
                0..=8 => (0, None),
                9..=12 => (1, None),
                13..=14 => (random.within(2..=5), None),
                _ => (0, Some(random.millis(1..=30))),
            }
        };
        for _ in 0..yields {
            task::yield_now().await;
        }
        if let Some(pause) = pause {
            sleep(pause).await;
        }
    }

    /// Passes a step. What happens to the whole world happens here; what is left is for the step itself.
    pub(crate) fn decide(self: &Arc<Self>, place: Place, host: &Arc<Host>, request: Option<Request>) -> Option<Fault> {
        if self.calm.load(Ordering::Relaxed) || host.is_dead() {
            return None;
        }
        let passed = self.passed.fetch_add(1, Ordering::Relaxed);
        lock(&self.coverage).pass(place);
        let client = lock(&self.plan).client(request).filter(|client| self.waits(*client));
        let planned = lock(&self.plan).fault(passed, place, client.is_some(), &mut self.random());
        self.note(|| {
            let of = request.map_or(String::new(), |request| format!(" of request {}", request.0));
            let fault = planned.map_or(String::new(), |fault| format!(" → {fault:?}"));
            format!("#{passed} {host}: {}{of}{fault}", place.name())
        });
        let fault = planned?;
        lock(&self.coverage).hit(place, fault);
        self.befall(fault, host, client)
    }

    /// Whether the client of a submission still waits for its answer.
    fn waits(&self, request: Request) -> bool {
        let history = self.history();
        let submission = history.submissions.get(request.0);
        submission.is_some_and(|submission| submission.answered.is_none())
    }

    /// Lets a fault of the world happen; gives back those of the step.
    fn befall(self: &Arc<Self>, fault: Fault, host: &Arc<Host>, client: Option<Request>) -> Option<Fault> {
        match fault {
            Fault::Crash => host.crash(),
            Fault::Pause => host.pause(),
            Fault::ClientGone => drop(client.map(|client| self.leaving(client).notify_one())),
            Fault::TokensEmptied => self.tokens.empty(),
            Fault::TokensRestored => {
                let ago = self.random().millis(0..=3_000);
                self.tokens.restore(ago);
            }
            Fault::TokensGone => self.lose(Store::Tokens),
            Fault::DatabaseGone => self.lose(Store::Database),
            of_step => return Some(of_step),
        }
        None
    }

    /// Takes a store out of reach for a while.
    pub(crate) fn lose(self: &Arc<Self>, store: Store) {
        let back = Instant::now() + self.random().millis(50..=4_000);
        self.note(|| format!("{store:?} out of reach"));
        let reach = move |world: &Self| match store {
            Store::Database => Arc::clone(&world.database.reach),
            Store::Tokens => Arc::clone(&world.tokens.reach),
        };
        reach(self).fetch_add(1, Ordering::Relaxed);
        let world = Arc::clone(self);
        self.later(async move {
            sleep_until(back).await;
            reach(&world).fetch_sub(1, Ordering::Relaxed);
        });
    }

    /// Whether a store can be reached.
    pub(crate) fn reaches(&self, call: Call) -> bool {
        let lost = match call.store() {
            Store::Database => &self.database.reach,
            Store::Tokens => &self.tokens.reach,
        };
        lost.load(Ordering::Relaxed) == 0
    }

    /// Writes down that a submission is sent.
    pub(crate) fn invoke(&self, submission: impl FnOnce(usize) -> Submission) -> Request {
        let mut history = self.history();
        let moment = history.moment();
        history.submissions.push(submission(moment));
        Request(history.submissions.len() - 1)
    }

    /// Writes down, and judges, what a submission was told.
    pub(crate) fn answer(&self, request: Request, answer: &Answer) {
        self.note(|| format!("request {} is told: {}", request.0, answer.name()));
        let mut history = self.history();
        let moment = history.moment();
        history.told[answer.index()] += 1;
        history.submission(request).answered = Some((moment, answer.clone()));
        history.judge(request, self.clock.now(), answer);
        history.judge_unknown(request, self.clock.elapsed(), self.settings.timeouts.attempt, answer);
    }

    /// Writes down what became of an attempt.
    pub(crate) fn found(&self, request: Request, fact: Fact) {
        self.history().submission(request).facts.push(fact);
    }

    /// What tells the client of `request` to go away.
    pub(crate) fn leaving(&self, request: Request) -> Arc<Notify> {
        Arc::clone(lock(&self.leaving).entry(request.0).or_default())
    }
}
