//! Rules within a scope, and what follows from a state.

use std::fmt;

use crate::invariants::Broken;
use crate::rules::Rules;
use crate::scope::Scope;
use crate::world::{Cart, Id, World};

/// Rules within a scope.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    pub rules: Rules,
    pub scope: Scope,
}

/// What happened, in words, and to which submission.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub who: Option<Id>,
    pub what: &'static str,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(id) = self.who else {
            return f.write_str(self.what);
        };
        let space = if self.what.starts_with('\'') { "" } else { " " };
        write!(f, "submission {}{space}{}", id + 1, self.what)
    }
}

/// A state that can follow.
#[derive(Clone, Copy, Debug)]
pub struct Next {
    pub step: Step,
    pub world: World,
    pub broken: Broken,
}

/// The states that can follow.
#[derive(Default)]
pub struct Nexts(pub Vec<Next>);

impl Nexts {
    /// One more, in which `change` was done to `world` for the submission `who`.
    pub fn add(
        &mut self,
        world: &World,
        who: impl Into<Option<Id>>,
        what: &'static str,
        change: impl FnOnce(&mut World) -> Broken,
    ) {
        let mut world = *world;
        let broken = change(&mut world);
        let who = who.into();
        self.0.push(Next {
            step: Step { who, what },
            world,
            broken,
        });
    }
}

impl Model {
    /// Where everything begins.
    pub fn start(&self) -> World {
        World::new(self.scope.rendered, self.scope.faults)
    }

    /// Everything that can happen next.
    pub fn nexts(&self, world: &World, nexts: &mut Nexts) {
        nexts.0.clear();
        self.shoppers(world, nexts);
        self.background(world, nexts);
        for id in 0..self.ids() {
            if world.at(id).runs() {
                self.steps(world, id, nexts);
                self.faults_of(world, id, nexts);
            }
        }
        self.faults(world, nexts);
    }

    /// One more than the last submission's.
    pub fn ids(&self) -> Id {
        Id::try_from(self.scope.submissions).expect("few submissions")
    }

    pub fn cart_of(&self, world: &World, id: Id) -> Cart {
        self.scope.cart(world.at(id).page)
    }

    /// The first order of the cart.
    pub fn order_of(&self, world: &World, cart: Cart) -> Option<Id> {
        world
            .submitted()
            .find(|id| world.at(*id).ordered && self.cart_of(world, *id) == cart)
    }
}
