//! Whether a fair retry decides: the page is submitted once more, alone, and nothing goes wrong any more.

use crate::answers::Answer;
use crate::invariants::Broken;
use crate::model::{Model, Nexts};
use crate::phase::{Late, Phase};
use crate::shoppers::is_quiet;
use crate::world::{CartStatus, Guard, PROBE, Page, Stock, World};

/// More steps than any submission needs that is alone.
const STEPS: usize = 16;

/// How a fair retry went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Probe {
    Right,
    Waits,
    Wrong,
}

impl Model {
    /// The world after a power cut: whatever ran is gone, leases are over. COMMITs under way arrived, or did not.
    pub fn cut(&self, world: &World, commits_arrive: bool) -> World {
        let mut world = *world;
        for id in 0..self.ids() {
            if world.at(id).orphan && commits_arrive {
                self.commit(&mut world, id);
            }
            let attempt = world.at_mut(id);
            attempt.orphan = false;
            attempt.late = Late::Nothing;
            attempt.denied = false;
            if attempt.phase != Phase::Absent {
                attempt.phase = Phase::Over;
            }
            self.lapse(&mut world, id);
        }
        world.faults = 0;
        world.copy = None;
        world.ghost.guarded = None;
        world.tidy();
        world
    }

    /// Whether each page's next submission, after a power cut, is answered as it must be.
    pub fn stuck(&self, cut: &World) -> Broken {
        if cut.ghost.database_lost {
            return Broken::NOTHING;
        }
        let wrong = |page: Page| self.probe(cut, page) != Probe::Right;
        if (0..cut.rendered).any(wrong) {
            Broken::STUCK
        } else {
            Broken::NOTHING
        }
    }

    /// Whether someone must wait although nothing went wrong and everybody is answered.
    pub fn waits_in_vain(&self, world: &World) -> Broken {
        if world.faults < self.scope.faults || !is_quiet(world) {
            return Broken::NOTHING;
        }
        if (0..world.rendered).any(|page| self.probe(world, page) == Probe::Waits) {
            Broken::WAIT
        } else {
            Broken::NOTHING
        }
    }

    fn probe(&self, world: &World, page: Page) -> Probe {
        let mut world = *world;
        let mut nexts = Nexts::default();
        let confirmed = matches!(world.redis.guard, Guard::Names(_));
        self.submit(&mut world, PROBE, page, confirmed);
        let before = world;
        for _ in 0..STEPS {
            nexts.0.clear();
            self.steps(&world, PROBE, &mut nexts);
            let Some(next) = nexts.0.first() else {
                break;
            };
            if matches!(next.world.at(PROBE).phase, Phase::Wait(_)) {
                return Probe::Waits;
            }
            world = next.world;
        }
        if world.at(PROBE).phase == Phase::Over && self.right(&before, &world) {
            Probe::Right
        } else {
            Probe::Wrong
        }
    }

    /// Whether the probe was told what is so.
    fn right(&self, before: &World, after: &World) -> bool {
        let cart = self.cart_of(after, PROBE);
        let page = usize::from(after.at(PROBE).page);
        let void = before.carts[usize::from(cart)] == CartStatus::Void;
        let refused = void || before.stock == Stock::Gone || before.outgrown[page];
        let expected = match self.order_of(before, cart) {
            Some(order) => Answer::Order(order),
            None if before.expired[page] => Answer::Expired,
            None if refused => Answer::Refused,
            None => Answer::Order(PROBE),
        };
        after.told == Some(expected)
    }
}
