//! `crash storm`: shoppers buy from three servers, whose clocks differ, while servers are killed, stopped and cut off from
//! their stores, commits and claims are struck, Redis is killed, frozen and emptied, and PostgreSQL is restarted: one
//! fault after the other, by chance, for as long as it was told to.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context as _;
use futures::future::try_join_all;
use tokio::time::{Instant, sleep};

use crate::books::Dialect;
use crate::crowd::{Bases, Crowd};
use crate::dice::Dice;
use crate::history::Kind;
use crate::postgres::{Postgres, StopMode};
use crate::process::Signal;
use crate::proxy::Road;
use crate::proxy::postgres::{OnCommit, PostgresProxy};
use crate::proxy::redis::{OnClaim, RedisProxy};
use crate::report::Report;
use crate::server::{Server, Setup};
use crate::stage::{Services, Stage};

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// For how long.
    pub time: Duration,
    /// How many shoppers buy at once.
    pub shoppers: u64,
    /// Chooses faults, copies and servers.
    pub seed: u64,
}

/// How far the clocks of the servers are ahead, in seconds. Times are divided by three, so that this is as ten minutes.
const CLOCKS: [i64; 3] = [-100, 0, 100];

/// How long the last shopper may take to know, once everything is well again.
const PATIENCE: Duration = Duration::from_secs(30);

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    ServerKilled,
    ServerStopped,
    CutOffFromRedis,
    CutOffFromPostgres,
    CommitsStruck,
    ClaimsStruck,
    RedisKilled,
    RedisFrozen,
    RedisEmptied,
    PostgresRestarted,
    PostgresKilled,
}

const FAULTS: [Fault; 11] = [
    Fault::ServerKilled,
    Fault::ServerStopped,
    Fault::CutOffFromRedis,
    Fault::CutOffFromPostgres,
    Fault::CommitsStruck,
    Fault::ClaimsStruck,
    Fault::RedisKilled,
    Fault::RedisFrozen,
    Fault::RedisEmptied,
    Fault::PostgresRestarted,
    Fault::PostgresKilled,
];

/// A server and its roads to the stores.
pub(super) struct Site {
    setup: Setup,
    pub(super) server: Server,
    postgres: PostgresProxy,
    redis: RedisProxy,
}

impl Site {
    pub(super) async fn open(services: &Services, stage: &Stage, clock_ahead_s: i64) -> anyhow::Result<Self> {
        let postgres = PostgresProxy::open(services.port()?).await?;
        let redis = RedisProxy::open(stage.redis.port()).await?;
        let setup = Setup {
            database_url: format!("{}/{}", postgres.root(), stage.database()),
            redis_url: Some(redis.url()),
            clock_ahead_s,
            ..stage.setup("database")
        };
        Ok(Self {
            server: Server::start(&setup).await?,
            setup,
            postgres,
            redis,
        })
    }

    async fn restart(&mut self, stage: &mut Stage) -> anyhow::Result<()> {
        self.server.kill().await?;
        stage.keep_log(&self.server);
        self.server = Server::start(&self.setup).await?;
        Ok(())
    }
}

/// Everything that faults happen to.
pub(super) struct World<'a> {
    postgres: &'a mut Postgres,
    pub(super) stage: Stage,
    pub(super) sites: Vec<Site>,
    bases: Bases,
    dice: Dice,
}

/// Runs it on a PostgreSQL that is its own.
pub async fn run(services: &mut Services, options: Options) -> anyhow::Result<Report> {
    let stage = services.stage(Dialect::Postgres).await?;
    let sites = try_join_all(CLOCKS.map(|clock| Site::open(services, &stage, clock))).await?;
    let bases = Bases::new(sites.iter().map(|site| site.server.base.clone()).collect());
    let crowd = Crowd::open(&stage.history, &bases, options.shoppers, options.seed)?;
    let mut world = World::of(services, stage, sites, bases, Dice::new(options.seed))?;
    let (begun, mut faults) = (Instant::now(), BTreeMap::<Fault, usize>::new());
    while begun.elapsed() < options.time {
        let fault = world.next(&faults);
        world.strike(fault).await?;
        *faults.entry(fault).or_default() += 1;
        sleep(world.dice.between(50, 400)).await;
    }
    let mut report = Report::default();
    let known = crowd.orders();
    report.violations_of("storm", crowd.close(PATIENCE).await?);
    world.tell(&mut report).await?;
    report.must(known > 0, "nobody bought anything");
    report.says(format!("{faults:?}"));
    report.says(format!("seed {}, {:.0} s", options.seed, begun.elapsed().as_secs_f64()));
    Ok(report)
}

impl<'a> World<'a> {
    pub(super) fn of(
        services: &'a mut Services,
        stage: Stage,
        sites: Vec<Site>,
        bases: Bases,
        dice: Dice,
    ) -> anyhow::Result<Self> {
        let postgres = services.postgres.as_mut();
        Ok(Self {
            postgres: postgres.context("faults of PostgreSQL need one of their own")?,
            stage,
            sites,
            bases,
            dice,
        })
    }

    /// Each fault once before any comes again by chance.
    fn next(&mut self, faults: &BTreeMap<Fault, usize>) -> Fault {
        let unmet: Vec<_> = FAULTS.into_iter().filter(|fault| !faults.contains_key(fault)).collect();
        let from = if unmet.is_empty() { FAULTS.to_vec() } else { unmet };
        from[self.below(from.len())]
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.dice.below(end as u64)).unwrap_or_default()
    }

    /// Lets it happen, and mends it.
    pub(super) async fn strike(&mut self, fault: Fault) -> anyhow::Result<()> {
        let place = self.below(self.sites.len());
        let lasts = self.dice.between(100, 1500);
        match fault {
            Fault::ServerKilled => {
                self.sites[place].restart(&mut self.stage).await?;
                self.bases.set(place, &self.sites[place].server.base);
            }
            Fault::ServerStopped => {
                self.sites[place].server.signal(Signal::STOP)?;
                sleep(lasts * 3).await;
                self.sites[place].server.signal(Signal::CONT)?;
            }
            Fault::CutOffFromRedis => {
                self.sites[place].redis.set(Road::Blocked);
                sleep(lasts).await;
                self.sites[place].redis.set(Road::Open);
            }
            Fault::CutOffFromPostgres => {
                self.sites[place].postgres.set(Road::Blocked);
                sleep(lasts).await;
                self.sites[place].postgres.set(Road::Open);
            }
            Fault::CommitsStruck => self.strike_commits(place, lasts).await,
            Fault::ClaimsStruck => self.strike_claims(place, lasts).await,
            Fault::RedisKilled | Fault::RedisFrozen | Fault::RedisEmptied => self.strike_redis(fault, lasts).await?,
            Fault::PostgresRestarted => {
                self.postgres.stop(StopMode::Fast).await?;
                self.postgres.restart().await?;
            }
            Fault::PostgresKilled => {
                self.postgres.kill().await?;
                self.postgres.restart().await?;
            }
        }
        Ok(())
    }

    async fn strike_commits(&mut self, place: usize, lasts: Duration) {
        let mut dice = Dice::new(self.dice.roll());
        self.sites[place].postgres.plan(move || match dice.below(6) {
            0 => OnCommit::CutBefore,
            1 => OnCommit::CutInside,
            2 => OnCommit::CutAfter(Duration::from_millis(dice.below(10))),
            3 => OnCommit::Silence(Duration::from_secs(1)),
            _ => OnCommit::Pass,
        });
        sleep(lasts).await;
        self.sites[place].postgres.plan(|| OnCommit::Pass);
    }

    async fn strike_claims(&mut self, place: usize, lasts: Duration) {
        let mut dice = Dice::new(self.dice.roll());
        self.sites[place].redis.plan(move || match dice.below(5) {
            0 => OnClaim::CutReply,
            1 => OnClaim::Swallow(Duration::from_millis(500)),
            2 => OnClaim::Silence(Duration::from_millis(500)),
            3 => OnClaim::Delay(Duration::from_millis(dice.below(200))),
            _ => OnClaim::Pass,
        });
        sleep(lasts).await;
        self.sites[place].redis.plan(|| OnClaim::Pass);
    }

    async fn strike_redis(&mut self, fault: Fault, lasts: Duration) -> anyhow::Result<()> {
        match fault {
            Fault::RedisKilled => {
                self.stage.redis.kill().await?;
                sleep(lasts).await;
                self.stage.redis.restart().await
            }
            Fault::RedisFrozen => {
                self.stage.redis.freeze()?;
                sleep(lasts).await;
                self.stage.redis.thaw()
            }
            _ => self.stage.redis.empty().await,
        }
    }

    /// What the checker says, and the figures.
    pub(super) async fn tell(mut self, report: &mut Report) -> anyhow::Result<()> {
        for site in &self.sites {
            self.stage.keep_log(&site.server);
        }
        report.violations_of("storm", self.stage.violations().await?);
        let events = self.stage.history.events();
        let count = |kind| events.iter().filter(|event| event.kind == kind).count();
        let orders = self.stage.books().await?.orders.len();
        report.says(format!(
            "{orders} orders; {} submissions: {} got their order, {} a refusal, {} did not know at first",
            count(Kind::Invoke),
            count(Kind::Ok),
            count(Kind::Fail),
            count(Kind::Info)
        ));
        Ok(())
    }
}
