//! A server's connection to the carts.

use std::sync::Arc;

use async_trait::async_trait;
use checkout::cart::{Cart, CartId, CartStatus, Quantity, ShopperId};
use checkout::catalogue::Slug;
use checkout::ports::{CartEdit, CartStore, Closed, StoreError, StoreErrorKind};
use tokio::time::timeout;

use super::at_once;
use super::database::Row;
use super::exchange::error;
use crate::fault::Call;
use crate::server::Host;
use crate::world::World;

/// Only what the protocol asks goes wrong here; the shopper fills carts before the world begins.
pub(crate) struct CartPort(pub Arc<Host>);

#[async_trait]
impl CartStore for CartPort {
    async fn find_basket(&self, shopper: ShopperId) -> Result<Option<Cart>, StoreError> {
        self.0.world.database.ports().carts.find_basket(shopper).await
    }

    async fn find_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Cart>, StoreError> {
        let read = move |world: &World| at_once(world.database.ports().carts.find_cart(shopper, cart));
        self.0.call(Call::FindCart, read).await
    }

    async fn add_to_basket(
        &self,
        shopper: ShopperId,
        new_cart: CartId,
        slug: &Slug,
        quantity: Quantity,
    ) -> Result<CartEdit, StoreError> {
        let carts = self.0.world.database.ports().carts;
        carts.add_to_basket(shopper, new_cart, slug, quantity).await
    }

    async fn open_buy_now(
        &self,
        shopper: ShopperId,
        new_cart: CartId,
        slug: &Slug,
        quantity: Quantity,
    ) -> Result<CartEdit, StoreError> {
        let carts = self.0.world.database.ports().carts;
        carts.open_buy_now(shopper, new_cart, slug, quantity).await
    }

    async fn set_line(
        &self,
        shopper: ShopperId,
        cart: CartId,
        slug: &Slug,
        quantity: Option<Quantity>,
    ) -> Result<CartEdit, StoreError> {
        let carts = self.0.world.database.ports().carts;
        carts.set_line(shopper, cart, slug, quantity).await
    }

    async fn outdate_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<CartStatus>, StoreError> {
        let world = &self.0.world;
        // It waits for an order that is about to close the cart, as long as a transaction does. It is one statement: what
        // it locks itself is free again at once, whatever becomes of the server.
        let patience = world.settings.timeouts.statement * 3 / 4;
        match timeout(patience, world.database.lock(vec![Row::Cart(cart)])).await {
            Ok(locks) => drop(locks),
            Err(_elapsed) => return Err(error(Call::OutdateCart, StoreErrorKind::NotDone)),
        }
        let write = move |world: &World| {
            let answer = at_once(world.database.ports().carts.outdate_cart(shopper, cart));
            world.database.changed(world);
            answer
        };
        self.0.call(Call::OutdateCart, write).await
    }

    async fn void_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Closed>, StoreError> {
        self.0.world.database.ports().carts.void_cart(shopper, cart).await
    }
}
