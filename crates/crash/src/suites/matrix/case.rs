//! One combination: a purchase, a fault, a fair retry.

use std::fmt;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::scene::Scene;
use crate::books::Dialect;
use crate::process::Signal;
use crate::shopper::Answer;
use crate::stage::{Services, Stage};

/// What happens to the attempt at the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its process is killed.
    Kill,
    /// Its process is stopped for longer than the lease, and goes on afterwards.
    Stop,
    /// It panics.
    Panic,
    /// Its client hangs up.
    ClientGone,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 4] = [Self::Kill, Self::Stop, Self::Panic, Self::ClientGone];

    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Stop => "stop",
            Self::Panic => "panic",
            Self::ClientGone => "client gone",
        }
    }

    /// Its name when it is counted.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Kill => "kills",
            Self::Stop => "stops past the lease",
            Self::Panic => "panics",
            Self::ClientGone => "clients gone",
        }
    }
}

/// What happens to Redis at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedisFault {
    /// Nothing.
    None,
    /// It forgets everything.
    Emptied,
    /// It is killed.
    Down,
}

/// A combination.
#[derive(Clone, Debug)]
pub struct Case {
    /// The step.
    pub point: String,
    /// What happens there to the attempt.
    pub fault: Fault,
    /// On which database.
    pub dialect: Dialect,
    /// What happens there to Redis.
    pub redis: RedisFault,
    /// What the servers are told to do then.
    pub on_redis_outage: &'static str,
}

/// What became of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Whether an attempt came to the step.
    pub reached: bool,
    /// How long the retry took.
    pub decided_after: Duration,
    /// What does not hold.
    pub violations: Vec<String>,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (point, fault, dialect, redis) = (&self.point, self.fault.name(), self.dialect, self.redis);
        write!(
            f,
            "{point}, {fault}, {dialect:?}, Redis {redis:?}, {}",
            self.on_redis_outage
        )
    }
}

impl Case {
    /// Runs it on stores of its own.
    pub async fn run(&self, services: &Services) -> anyhow::Result<Outcome> {
        let mut scene = Scene::open(self, services).await?;
        let submission = scene.submit();
        let reached = tokio::select! {
            reached = scene.first.reached(&self.point, Duration::from_secs(20)) => reached,
            () = over(&submission) => false,
        };
        if !reached {
            return Ok(Outcome::default());
        }
        let mut outcome = Outcome {
            reached,
            ..Outcome::default()
        };
        self.fault_redis(&mut scene.stage).await?;
        let (retrying, first) = self.fault_attempt(&mut scene, submission, &mut outcome).await?;
        self.retry(&mut scene, retrying, first, &mut outcome).await?;
        scene.finish(self, &mut outcome).await?;
        Ok(outcome)
    }

    /// Steps that only a refused submission passes.
    pub(super) fn is_refused(&self) -> bool {
        self.point.ends_with("-release")
    }

    fn in_transaction(&self) -> bool {
        let inside = [
            "transaction-begun",
            "cart-closed",
            "stock-taken",
            "order-inserted",
            "before-commit",
        ];
        inside.contains(&self.point.as_str())
    }

    /// The token store is asked after this step, and without it the submission is refused.
    fn is_turned_away(&self) -> bool {
        let unclaimed = ["verified", "before-claim"].contains(&self.point.as_str());
        unclaimed && self.redis == RedisFault::Down && self.on_redis_outage == "refuse"
    }

    /// The retry goes to another server: the first one stands still, or can not be started without Redis.
    pub(super) fn needs_other(&self) -> bool {
        self.fault == Fault::Stop || (self.fault == Fault::Kill && self.redis == RedisFault::Down)
    }

    async fn fault_redis(&self, stage: &mut Stage) -> anyhow::Result<()> {
        match self.redis {
            RedisFault::None => Ok(()),
            RedisFault::Emptied => stage.redis.empty().await,
            RedisFault::Down => stage.redis.kill().await,
        }
    }

    /// Strikes the attempt. Gives where to try again, and the first submission if it was not answered yet.
    async fn fault_attempt(
        &self,
        scene: &mut Scene,
        submission: JoinHandle<Answer>,
        outcome: &mut Outcome,
    ) -> anyhow::Result<(String, Option<JoinHandle<Answer>>)> {
        match self.fault {
            Fault::Kill => {
                scene.first.kill().await?;
                submission.await?;
                if scene.other.is_none() {
                    scene.restart().await?;
                }
                Ok((scene.retrying(), None))
            }
            Fault::Stop => {
                scene.first.signal(Signal::STOP)?;
                sleep(scene.setup.lease() + Duration::from_millis(100)).await;
                Ok((scene.retrying(), Some(submission)))
            }
            Fault::Panic => {
                scene.first.say("panic").await?;
                let answer = submission.await?;
                if let Answer::No(code) = &answer {
                    outcome.violations.push(format!("a panic was answered {code}"));
                }
                Ok((scene.first.base.clone(), None))
            }
            Fault::ClientGone => {
                submission.abort();
                let _cancelled = submission.await;
                // A moment for the server to see it. Nothing rests on it: too short only makes the test weaker.
                sleep(Duration::from_millis(30)).await;
                scene.first.say("go").await?;
                if !self.is_refused() && !self.is_turned_away() && !scene.has_order(scene.setup.lease()).await? {
                    outcome
                        .violations
                        .push("CR-15: the attempt ended with its client".to_owned());
                }
                Ok((scene.first.base.clone(), None))
            }
        }
    }

    /// Sends the same page again until it is decided.
    async fn retry(
        &self,
        scene: &mut Scene,
        base: String,
        first: Option<JoinHandle<Answer>>,
        outcome: &mut Outcome,
    ) -> anyhow::Result<()> {
        let limit = scene.setup.lease() + Duration::from_secs(2);
        // A stopped owner of SQLite's one write lock holds up everybody; a shop that refuses waits for Redis.
        let held = self.dialect == Dialect::Sqlite && self.fault == Fault::Stop && self.in_transaction();
        let refusing = self.redis == RedisFault::Down && self.on_redis_outage == "refuse";
        let patience = if held || refusing { Duration::ZERO } else { limit };
        let (mut answer, mut took) = scene.retry(&base, patience).await;
        if let Some(first) = first {
            scene.first.signal(Signal::CONT)?;
            scene.first.say("go").await?;
            scene.told(first.await?, outcome);
        }
        if self.redis == RedisFault::Down {
            scene.stage.redis.restart().await?;
        }
        if !answer.is_decided() && patience.is_zero() {
            (answer, took) = scene.retry(&base, limit).await;
        }
        outcome.decided_after = took;
        if !answer.is_decided() || took > limit {
            outcome.violations.push(format!("I4: {answer:?} after {took:?}"));
        }
        scene.told(answer, outcome);
        let again = scene.shopper.submit(&base, &scene.page).await;
        scene.told(again, outcome);
        Ok(())
    }
}

/// Once the submission has its answer.
async fn over(submission: &JoinHandle<Answer>) {
    while !submission.is_finished() {
        sleep(Duration::from_millis(5)).await;
    }
}
