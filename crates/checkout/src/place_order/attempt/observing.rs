//! What an attempt tells of itself.

use tokio::time::Instant;

use super::super::{PlaceOrder, PlaceOrderError, Placement};
use super::Attempt;
use crate::observer::{AttemptEnded, FirstOrder, KeyMatch, Layer, StoppedDuplicate, WayIn};
use crate::order::Order;
use crate::ports::EarlierOrder;
use crate::service::Checkout;

impl Checkout {
    /// Tells how a submission ended that began at `began`.
    pub(in crate::place_order) fn tell_end(
        &self,
        way_in: WayIn,
        began: Instant,
        outcome: &Result<Placement, PlaceOrderError>,
    ) {
        self.observer.attempt_ended(&AttemptEnded {
            way_in,
            outcome: outcome.into(),
            took: began.elapsed(),
        });
    }

    /// Tells that the submission was stopped by `layer`, because there was `order`.
    pub(super) fn tell_stopped(&self, command: &PlaceOrder, layer: Layer, order: &Order) {
        let earlier = EarlierOrder {
            id: order.id,
            placed_at: order.placed_at,
        };
        let key = if order.token == command.token.digest() {
            KeyMatch::Same
        } else {
            KeyMatch::Other
        };
        self.tell(command.way_in, layer, key, Some(earlier));
    }

    fn tell(&self, way_in: WayIn, layer: Layer, key: KeyMatch, earlier: Option<EarlierOrder>) {
        let at = self.ports.clock.now();
        let first = earlier.map(|earlier| FirstOrder {
            id: earlier.id,
            delay: at.since(earlier.placed_at),
        });
        self.observer.duplicate_stopped(&StoppedDuplicate {
            at,
            layer,
            key,
            way_in,
            first,
        });
    }
}

impl Attempt {
    /// Tells that the intent already had `order`. The token stops its own confirmation page; that the cart has an order
    /// through another page, only the database knows.
    pub(super) fn tell_replay(&self, order: &Order) {
        let layer = if order.token == self.token.digest {
            Layer::Token
        } else {
            Layer::Unique
        };
        self.checkout.tell_stopped(&self.command, layer, order);
    }

    /// Tells that another order, or another attempt, has the product.
    pub(super) fn tell_repeat(&self, earlier: Option<EarlierOrder>) {
        self.checkout
            .tell(self.command.way_in, Layer::Repeat, KeyMatch::Other, earlier);
    }
}
