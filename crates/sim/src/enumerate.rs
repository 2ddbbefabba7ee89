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
/// Written as `WORLD:FAULT:STEP`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    /// Which world.
    pub world: usize,
    /// What goes wrong: one of the faults, or the first client at a poll.
    pub fault: Option<Fault>,
    /// At which step or poll.
    pub at: usize,
}

/// The small worlds, by name.
fn worlds() -> Vec<(&'static str, Scenario)> {
    let plain = Scenario {
        servers: 2,
        ..Scenario::plain()
    };
    let with = |tabs: Vec<Tab>| Scenario { tabs, ..plain.clone() };
    let asking = Tab {
        asks_status: true,
        ..Tab::plain(0)
    };
    let twice = Tab {
        copies: 2,
        ..asking.clone()
    };
    let confirming = Tab {
        confirms: true,
        ..Tab::plain(1)
    };
    let expired = Tab {
        thinks: Duration::from_mins(30),
        ..Tab::plain(0)
    };
    let mut refusing = with(vec![asking.clone()]);
    refusing.settings.on_redis_outage = OnRedisOutage::Refuse;
    vec![
        ("one submission", with(vec![asking.clone()])),
        ("a double click", with(vec![twice.clone()])),
        ("two tabs", with(vec![Tab::plain(0), Tab::plain(0)])),
        (
            "sold out",
            Scenario {
                stock: vec![0],
                ..with(vec![twice])
            },
        ),
        (
            "the same product again",
            Scenario {
                carts: vec![vec![(0, 1)], vec![(0, 1)]],
                ..with(vec![Tab::plain(0), confirming])
            },
        ),
        (
            "a changed cart",
            Scenario {
                upsets: vec![(Duration::from_millis(40), Upset::Edit(0))],
                ..with(vec![Tab {
                    thinks: Duration::from_millis(35),
                    ..Tab::plain(0)
                }])
            },
        ),
        (
            "no token store",
            Scenario {
                upsets: vec![(Duration::ZERO, Upset::TokensGone)],
                ..with(vec![Tab {
                    copies: 2,
                    ..Tab::plain(0)
                }])
            },
        ),
        (
            "no token store, refusing",
            Scenario {
                upsets: vec![(Duration::ZERO, Upset::TokensGone)],
                ..refusing
            },
        ),
        (
            "a forgetful token store",
            Scenario {
                upsets: vec![
                    (Duration::ZERO, Upset::Hold(0, Duration::from_millis(150))),
                    (Duration::from_millis(60), Upset::TokensEmptied),
                ],
                ..with(vec![
                    Tab {
                        thinks: Duration::from_millis(5),
                        ..Tab::plain(0)
                    },
                    Tab {
                        thinks: Duration::from_millis(70),
                        ..asking.clone()
                    },
                ])
            },
        ),
        ("an expired token", with(vec![expired])),
    ]
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = self.fault.map_or("Poll".into(), |fault| format!("{fault:?}"));
        write!(f, "{}:{fault}:{}", self.world, self.at)
    }
}

impl FromStr for Case {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<_> = text.split(':').collect();
        let [world, fault, at] = parts[..] else {
            return Err("a case is WORLD:FAULT:STEP");
        };
        let world = world.parse().ok().filter(|world| *world < worlds().len());
        let known = FAULTS.into_iter().find(|known| format!("{known:?}") == fault);
        if known.is_none() && fault != "Poll" {
            return Err("there is no such fault");
        }
        Ok(Self {
            world: world.ok_or("there is no such small world")?,
            fault: known,
            at: at.parse().map_err(|_| "the step is a number")?,
        })
    }
}

/// Runs a case.
#[must_use]
pub fn run_case(case: &Case, traced: bool) -> Outcome {
    let mut worlds = worlds();
    let mut scenario = worlds.swap_remove(case.world).1;
    let plan = if let Some(fault) = case.fault {
        Plan::Once { at: case.at, fault }
    } else {
        scenario.tabs[0].leaves = Leaves::AtPoll(u32::try_from(case.at).unwrap_or(u32::MAX));
        Plan::Calm
    };
    run(&scenario, plan, Random::new(case.at as u64), traced)
}

/// Runs every case: each fault at each step, until a world comes to its end before that step; each poll likewise.
pub fn enumerate(mut each: impl FnMut(&Case, &Outcome)) {
    for world in 0..worlds().len() {
        for fault in FAULTS {
            for at in 0.. {
                let case = Case {
                    world,
                    fault: Some(fault),
                    at,
                };
                let outcome = run_case(&case, false);
                each(&case, &outcome);
                if outcome.passed <= at {
                    break;
                }
            }
        }
        // Whoever waits for an attempt is polled when it begins, when the attempt ends, and when time is over.
        for at in 0..=4 {
            let case = Case { world, fault: None, at };
            each(&case, &run_case(&case, false));
        }
    }
}
