//! The database: `insert_once` of `checkout-postgres`, as a transaction that locks, decides, and commits.

use crate::answers::deny;
use crate::invariants::Broken;
use crate::model::Model;
use crate::world::{Cart, CartStatus, Id, Stock, World};

/// What is found inside the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Another transaction holds the cart's row, or a key of the index: it waits.
    Blocked,
    /// All is written, and is to be committed.
    Written,
    /// The cart was closed before, or a unique constraint spoke: the order that stands, if there is one.
    Decided(Option<Id>),
    /// The cart can not become this order.
    Refused,
}

impl Model {
    /// Runs the transaction of `id` up to its commit.
    pub fn decide(&self, world: &mut World, id: Id) -> Decision {
        if self.waits_for(world, id).is_some() {
            return Decision::Blocked;
        }
        let rules = self.rules.database;
        let cart = usize::from(self.cart_of(world, id));
        if rules.closes_cart && rules.closes_open_cart_only && world.carts[cart] != CartStatus::Open {
            return Decision::Decided(self.winner(world, id));
        }
        if world.stock == Stock::Gone || world.outgrown[usize::from(world.at(id).page)] {
            return Decision::Refused;
        }
        if let Some(order) = self.conflict(world, id) {
            return Decision::Decided(Some(order));
        }
        if rules.closes_cart && !rules.closes_in_transaction {
            world.carts[cart] = CartStatus::Ordered;
        }
        Decision::Written
    }

    /// The attempt whose transaction must end before that of `id` can go on.
    pub fn waits_for(&self, world: &World, id: Id) -> Option<Id> {
        let rules = self.rules.database;
        let by_cart = rules.closes_cart || rules.unique_cart;
        world.submitted().find(|other| {
            let same_cart = self.cart_of(world, *other) == self.cart_of(world, id);
            let same_page = world.at(*other).page == world.at(id).page;
            let meet = *other == id || (by_cart && same_cart) || (rules.unique_token && same_page);
            meet && world.at(*other).locks()
        })
    }

    /// The order that a unique index holds against that of `id`. Its own is one: order ids are unique.
    fn conflict(&self, world: &World, id: Id) -> Option<Id> {
        let rules = self.rules.database;
        world.submitted().find(|other| {
            let same_cart = self.cart_of(world, *other) == self.cart_of(world, id);
            let same_page = world.at(*other).page == world.at(id).page;
            let meet = *other == id || (rules.unique_cart && same_cart) || (rules.unique_token && same_page);
            meet && world.at(*other).ordered
        })
    }

    /// `find_winner`
    fn winner(&self, world: &World, id: Id) -> Option<Id> {
        self.order_of(world, self.cart_of(world, id))
    }

    /// The transaction of `id` is committed.
    pub fn commit(&self, world: &mut World, id: Id) {
        if self.rules.database.closes_cart {
            world.carts[usize::from(self.cart_of(world, id))] = CartStatus::Ordered;
        }
        let attempt = world.at_mut(id);
        attempt.orphan = false;
        attempt.ordered = true;
    }

    /// The shopper cancels the first cart, and is told so when it has no order.
    pub fn cancel(&self, world: &mut World) -> Broken {
        if !self.rules.database.cancel_closes_cart {
            return match self.order_of(world, 0) {
                Some(_) => Broken::NOTHING,
                None => deny(world, self.pages_of(0)),
            };
        }
        if world.carts[0] == CartStatus::Open {
            world.carts[0] = CartStatus::Void;
            return deny(world, self.pages_of(0));
        }
        Broken::NOTHING
    }

    /// Whether the cart's row is locked.
    pub fn cart_locked(&self, world: &World, cart: Cart) -> bool {
        let locks = |id: Id| world.at(id).locks() && self.cart_of(world, id) == cart;
        self.rules.database.closes_cart && world.submitted().any(locks)
    }

    /// The cart's version grows, where it is open: no page rendered before can become an order. A quote that was outgrown
    /// before is dead already, and newer ones are spared.
    pub fn outgrow(&self, world: &mut World, id: Id) {
        let cart = self.cart_of(world, id);
        if world.carts[usize::from(cart)] != CartStatus::Open {
            return;
        }
        let rendered = usize::from(world.rendered);
        for (outgrown, same_cart) in world.outgrown.iter_mut().zip(self.pages_of(cart)).take(rendered) {
            *outgrown |= same_cart;
        }
    }
}
