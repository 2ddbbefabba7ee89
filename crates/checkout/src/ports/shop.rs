use async_trait::async_trait;

use super::StoreError;
use crate::cart::{Cart, CartId, CartStatus, Quantity, ShopperId};
use crate::catalogue::{Product, Slug};
use crate::contact::Contact;
use crate::order::{Order, OrderId};
use crate::quote::{Fingerprint, Quote};
use crate::time::Timestamp;
use crate::token::TokenDigest;

/// Products and their stock.
#[async_trait]
pub trait ProductStore: Send + Sync {
    /// Every product, by name.
    async fn list_products(&self) -> Result<Vec<Product>, StoreError>;

    /// The product of this slug.
    async fn find_product(&self, slug: &Slug) -> Result<Option<Product>, StoreError>;

    /// Adds the products whose slug is not there yet; leaves the others as they are. Returns how many were added.
    async fn add_missing_products(&self, products: &[Product]) -> Result<u64, StoreError>;
}

/// What became of a change to a cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CartEdit {
    /// The cart now is as asked, at a version one higher.
    Done(CartId),
    /// The shopper has no such open cart.
    NoSuchCart,
    /// The shop has no such product.
    NoSuchProduct,
    /// The cart already has [`Cart::MOST_LINES`] lines.
    Full,
}

/// Carts. A cart is found only by the shopper whose it is.
#[async_trait]
pub trait CartStore: Send + Sync {
    /// The shopper's open basket.
    async fn find_basket(&self, shopper: ShopperId) -> Result<Option<Cart>, StoreError>;

    /// The shopper's cart of this id, open or not.
    async fn find_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Cart>, StoreError>;

    /// Adds pieces to the shopper's basket, which is opened as `new_cart` when there is none. A line that exists
    /// grows by [`Quantity::saturating_add`].
    async fn add_to_basket(
        &self,
        shopper: ShopperId,
        new_cart: CartId,
        slug: &Slug,
        quantity: Quantity,
    ) -> Result<CartEdit, StoreError>;

    /// Opens `new_cart` of kind [`CartKind::BuyNow`](crate::cart::CartKind::BuyNow) with one line.
    async fn open_buy_now(
        &self,
        shopper: ShopperId,
        new_cart: CartId,
        slug: &Slug,
        quantity: Quantity,
    ) -> Result<CartEdit, StoreError>;

    /// Sets the quantity of a line of an open cart, adding the line when it is not there; `None` removes it.
    async fn set_line(
        &self,
        shopper: ShopperId,
        cart: CartId,
        slug: &Slug,
        quantity: Option<Quantity>,
    ) -> Result<CartEdit, StoreError>;

    /// Makes every quote that was given of an open cart outdated, under the same row that an order closes it by: what was
    /// quoted before becomes no order any more, whatever is under way. Returns what the cart is now; `None` when the
    /// shopper has no such cart.
    async fn outdate_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<CartStatus>, StoreError>;

    /// Closes an open cart for good without an order, under the same row that an order closes it by. Returns how the
    /// cart is closed now: void, by this call or an earlier one, or ordered; `None` when the shopper has no such cart.
    async fn void_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Closed>, StoreError>;
}

/// How a cart was closed. It never changes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Without an order: it can become none any more.
    Void,
    /// By its order.
    Ordered,
}

/// An order to be written.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Its id; the same when the same attempt writes again.
    pub id: OrderId,
    /// The token it is placed with.
    pub token: TokenDigest,
    /// Whose it is.
    pub shopper: ShopperId,
    /// The cart that it closes.
    pub cart: CartId,
    /// The quote that the shopper agreed to.
    pub fingerprint: Fingerprint,
    /// Who receives it.
    pub contact: Contact,
    /// When it is placed.
    pub placed_at: Timestamp,
}

/// What became of a [`NewOrder`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Insertion {
    /// It stands, and was read back after the commit. Also when the same id was written by an earlier call.
    Placed(Order),
    /// The intent already had this order. Nothing was written.
    Replayed(Order),
    /// The cart can not become this order. Nothing was written.
    Refused(Refusal),
}

/// Why a cart can not become an order as it was quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The cart or its prices are not what was quoted; what they are now, if they can be priced.
    CartChanged(Option<Quote>),
    /// The shop does not have enough of these products.
    OutOfStock(Vec<Slug>),
}

/// Orders. **The last word**: unique constraints over token and cart decide who wins.
#[async_trait]
pub trait OrderStore: Send + Sync {
    /// Writes each order in all or nothing: closes its cart, takes the stock, compares the price with the quote,
    /// inserts order, lines and outbox event. Orders do not affect each other: the answers are in the order of the
    /// questions, one each.
    ///
    /// [`StoreErrorKind::Unknown`](super::StoreErrorKind::Unknown) is answered when contact was lost during the commit; the same call again tells the
    /// truth.
    async fn insert_once(&self, orders: Vec<NewOrder>) -> Vec<Result<Insertion, StoreError>>;

    /// The order of this id, if the shopper may see it: their own, one of a guest that they were, or one that was opened
    /// for them (see [`AccountStore`](super::AccountStore)).
    async fn find_order(&self, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, StoreError>;

    /// The order that was placed with this token, by the shopper or a guest that they were.
    async fn find_order_by_token(&self, shopper: ShopperId, token: TokenDigest) -> Result<Option<Order>, StoreError>;

    /// The shopper's order that this cart became.
    async fn find_order_by_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Order>, StoreError>;

    /// The latest orders of the shopper and of the guests that they were, latest first, at most `limit`.
    async fn list_orders(&self, shopper: ShopperId, limit: u32) -> Result<Vec<Order>, StoreError>;
}
