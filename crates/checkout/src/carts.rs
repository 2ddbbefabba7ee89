//! Browse the catalogue and fill carts.

use crate::cart::{Cart, CartId, Quantity, ShopperId};
use crate::catalogue::{Product, Slug};
use crate::ports::{CartEdit, StoreError};
use crate::service::Checkout;

impl Checkout {
    /// Every product, by name.
    pub async fn list_products(&self) -> Result<Vec<Product>, StoreError> {
        self.ports.products.list_products().await
    }

    /// The product of this slug.
    pub async fn find_product(&self, slug: &Slug) -> Result<Option<Product>, StoreError> {
        self.ports.products.find_product(slug).await
    }

    /// The shopper's open basket.
    pub async fn find_basket(&self, shopper: ShopperId) -> Result<Option<Cart>, StoreError> {
        self.ports.carts.find_basket(shopper).await
    }

    /// The shopper's cart of this id.
    pub async fn find_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Cart>, StoreError> {
        self.ports.carts.find_cart(shopper, cart).await
    }

    /// Adds pieces to the shopper's basket, opening one if there is none.
    pub async fn add_to_basket(
        &self,
        shopper: ShopperId,
        slug: &Slug,
        quantity: Quantity,
    ) -> Result<CartEdit, StoreError> {
        self.ports
            .carts
            .add_to_basket(shopper, self.new_cart_id(), slug, quantity)
            .await
    }

    /// Opens a cart of its own for *Buy now*.
    pub async fn buy_now(&self, shopper: ShopperId, slug: &Slug, quantity: Quantity) -> Result<CartEdit, StoreError> {
        self.ports
            .carts
            .open_buy_now(shopper, self.new_cart_id(), slug, quantity)
            .await
    }

    /// Sets the quantity of a line of an open cart; `None` removes the line.
    pub async fn set_line(
        &self,
        shopper: ShopperId,
        cart: CartId,
        slug: &Slug,
        quantity: Option<Quantity>,
    ) -> Result<CartEdit, StoreError> {
        self.ports.carts.set_line(shopper, cart, slug, quantity).await
    }
}
