//! Small worlds in which one fault happens at each step in turn, and in which a client goes away at each poll.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use checkout::settings::OnRedisOutage;

use crate::fault::Fault;
use crate::plan::Plan;
use crate::random::Random;
use crate::run::{Outcome, run};
use crate::scenario::{Leaves, Scenario, Tab, Upset};

/// What goes wrong in each small world.
const FAULTS: [Fault; 18] = [
    Fault::Crash,
    Fault::CrashSent,
    Fault::Pause,
    Fault::ClientGone,
    Fault::Panic,
    Fault::TokensEmptied,
    Fault::TokensRestored,
    Fault::TokensGone,
    Fault::DatabaseGone,
    Fault::NotDone,
    Fault::LostRequest,
    Fault::LostAnswer,
    Fault::Late,
    Fault::LostCommit,
    Fault::Delay,
    Fault::Hang,
    Fault::Corrupt,
    Fault::NewsLost,
];

/// One of the small worlds, with one thing that goes wrong.
///
/// Written as `WORLD:SCHEDULE:FAULT:STEP`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    /// Which world.
    pub world: usize,
    /// The seed of how long each thing takes: until its fault, a world is the same at every step that is tried.
    pub schedule: u64,
    /// What goes wrong: one of the faults, or the first client at a poll.
    pub fault: Option<Fault>,
    /// At which step or poll.
    pub at: usize,
}

/// The small worlds, in the order of their numbers.
fn worlds() -> Vec<Scenario> {
    [shoppers(), shops()].concat()
}

fn with(tabs: Vec<Tab>) -> Scenario {
    Scenario {
        servers: 2,
        tabs,
        ..Scenario::plain()
    }
}

/// A tab whose page is submitted so many milliseconds after it was opened.
fn thinking(thinks: u64) -> Tab {
    Tab {
        thinks: Duration::from_millis(thinks),
        asks_status: true,
        ..Tab::plain(0)
    }
}

fn twice() -> Tab {
    Tab {
        copies: 2,
        ..thinking(0)
    }
}

/// What one shopper can do: submit once, click twice, use two tabs, buy the same again, come too late.
fn shoppers() -> Vec<Scenario> {
    let confirming = Tab {
        confirms: true,
        ..Tab::plain(1)
    };
    let too_late = Tab {
        thinks: Duration::from_mins(30),
        ..Tab::plain(0)
    };
    vec![
        with(vec![thinking(0)]),
        with(vec![twice()]),
        with(vec![Tab::plain(0), Tab::plain(0)]),
        Scenario {
            carts: vec![vec![(0, 1)], vec![(0, 1)]],
            ..with(vec![Tab::plain(0), confirming])
        },
        with(vec![too_late]),
    ]
}

/// What a shop can be: sold out, changed meanwhile, without its token store, with one that forgets while a tab waits
/// for the database.
fn shops() -> Vec<Scenario> {
    let millis = Duration::from_millis;
    let no_tokens = vec![(Duration::ZERO, Upset::TokensGone)];
    let mut refusing = Scenario {
        upsets: no_tokens.clone(),
        ..with(vec![thinking(0)])
    };
    refusing.settings.on_redis_outage = OnRedisOutage::Refuse;
    vec![
        Scenario {
            stock: vec![0],
            ..with(vec![twice()])
        },
        Scenario {
            upsets: vec![(millis(40), Upset::Edit(0))],
            ..with(vec![thinking(35)])
        },
        Scenario {
            upsets: no_tokens,
            ..with(vec![twice()])
        },
        refusing,
        Scenario {
            upsets: vec![
                (Duration::ZERO, Upset::Hold(0, millis(150))),
                (millis(60), Upset::TokensEmptied),
            ],
            ..with(vec![thinking(5), thinking(70)])
        },
    ]
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = self.fault.map_or("Poll".into(), |fault| format!("{fault:?}"));
        write!(f, "{}:{}:{fault}:{}", self.world, self.schedule, self.at)
    }
}

impl FromStr for Case {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<_> = text.split(':').collect();
        let [world, schedule, fault, at] = parts[..] else {
            return Err("a case is WORLD:SCHEDULE:FAULT:STEP");
        };
        let world = world.parse().ok().filter(|world| *world < worlds().len());
        let known = FAULTS.into_iter().find(|known| format!("{known:?}") == fault);
        if known.is_none() && fault != "Poll" {
            return Err("there is no such fault");
        }
        Ok(Self {
            world: world.ok_or("there is no such small world")?,
            schedule: schedule.parse().map_err(|_| "the schedule is a number")?,
            fault: known,
            at: at.parse().map_err(|_| "the step is a number")?,
        })
    }
}

/// Runs a case.
#[must_use]
pub fn run_case(case: &Case, traced: bool) -> Outcome {
    let mut worlds = worlds();
    let mut scenario = worlds.swap_remove(case.world);
    let plan = if let Some(fault) = case.fault {
        Plan::Once { at: case.at, fault }
    } else {
        scenario.tabs[0].leaves = Leaves::AtPoll(u32::try_from(case.at).unwrap_or(u32::MAX));
        Plan::Calm
    };
    run(&scenario, plan, Random::new(case.schedule), traced)
}

/// Runs every case of so many schedules: each fault at each step, until a world comes to its end before that step; each
/// poll likewise.
pub fn enumerate(schedules: u64, mut each: impl FnMut(&Case, &Outcome)) {
    for world in 0..worlds().len() {
        for schedule in 0..schedules {
            for fault in FAULTS {
                enumerate_steps(world, schedule, fault, &mut each);
            }
            // Whoever waits for an attempt is polled when it begins, when the attempt ends, and when time is over.
            for at in 0..=4 {
                let case = Case {
                    world,
                    schedule,
                    fault: None,
                    at,
                };
                each(&case, &run_case(&case, false));
            }
        }
    }
}

fn enumerate_steps(world: usize, schedule: u64, fault: Fault, each: &mut impl FnMut(&Case, &Outcome)) {
    for at in 0.. {
        let case = Case {
            world,
            schedule,
            fault: Some(fault),
            at,
        };
        let outcome = run_case(&case, false);
        each(&case, &outcome);
        if outcome.passed <= at {
            return;
        }
    }
}
