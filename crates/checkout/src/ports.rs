//! What the core needs from outside. Every verb is atomic: an adapter does all of it or nothing, and no transaction
//! handle ever crosses this line. Every adapter passes the contract suites of `checkout::testing`.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use uuid::{Builder, Uuid};

use crate::cart::{Cart, CartId, Quantity, ShopperId};
use crate::catalogue::{Product, Slug};
use crate::contact::Contact;
use crate::order::{Order, OrderId};
use crate::quote::{Fingerprint, Quote};
use crate::time::Timestamp;
use crate::token::TokenDigest;

/// What a failed store operation means for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// It was certainly not done: the store was not reached, or it rolled back.
    NotDone,
    /// It may have been done: contact was lost in the middle.
    Unknown,
    /// The store holds something that can not be: the data is wrong, or this code is.
    Corrupt,
}

/// A store operation failed. For the log; shoppers never read it.
#[derive(Debug)]
pub struct StoreError {
    /// What was being done, such as `insert order`.
    pub operation: &'static str,
    /// What that means.
    pub kind: StoreErrorKind,
    /// Why.
    pub source: Box<dyn Error + Send + Sync>,
}

impl StoreError {
    /// `operation` failed by `source`.
    pub fn new(operation: &'static str, kind: StoreErrorKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            operation,
            kind,
            source: source.into(),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            StoreErrorKind::NotDone => write!(f, "{} failed", self.operation),
            StoreErrorKind::Unknown => write!(f, "{} has an unknown outcome", self.operation),
            StoreErrorKind::Corrupt => write!(f, "{} met data that can not be", self.operation),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_ref())
    }
}

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
    /// [`StoreErrorKind::Unknown`] is answered when contact was lost during the commit; the same call again tells the
    /// truth.
    async fn insert_once(&self, orders: Vec<NewOrder>) -> Vec<Result<Insertion, StoreError>>;

    /// The shopper's order of this id.
    async fn find_order(&self, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, StoreError>;

    /// The shopper's order that was placed with this token.
    async fn find_order_by_token(&self, shopper: ShopperId, token: TokenDigest) -> Result<Option<Order>, StoreError>;

    /// The shopper's order that this cart became.
    async fn find_order_by_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Order>, StoreError>;

    /// The shopper's latest orders, latest first, at most `limit`.
    async fn list_orders(&self, shopper: ShopperId, limit: u32) -> Result<Vec<Order>, StoreError>;
}

/// Names one try at placing an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttemptId(pub Uuid);

/// Which token of which shopper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenRef {
    /// Whose it is.
    pub shopper: ShopperId,
    /// Which.
    pub digest: TokenDigest,
}

/// The question of [`TokenStore::claim`].
#[derive(Clone, Debug)]
pub struct Claim {
    /// The token to claim.
    pub token: TokenRef,
    /// What it must have been issued for.
    pub fingerprint: Fingerprint,
    /// Who claims it.
    pub attempt: AttemptId,
    /// How long the claim holds if nothing is heard of its owner.
    pub lease: Duration,
    /// The addresses of the products, for the repeat guard.
    pub product_urls: Vec<String>,
    /// The most that a repeat guard holds while the attempt runs. The lease bounds it too: an owner that dies guards no
    /// longer than it holds the token.
    pub repeat_window: Duration,
    /// What to do about an earlier order of the same product.
    pub repeat: RepeatPolicy,
    /// How long the token is kept from now.
    pub keep: Duration,
}

impl Claim {
    /// How long the repeat guards hold while the attempt runs.
    #[must_use]
    pub fn guard(&self) -> Duration {
        self.lease.min(self.repeat_window)
    }
}

/// What to do when the shopper ordered the same product a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatPolicy {
    /// Ask the shopper.
    Ask,
    /// The shopper was asked and wants it again. Never overrides an attempt that still runs.
    Confirmed,
}

/// The order that holds a repeat guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierOrder {
    /// Which order.
    pub id: OrderId,
    /// When it was placed.
    pub placed_at: Timestamp,
}

/// The answer of [`TokenStore::claim`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimReply {
    /// The attempt holds the token and every repeat guard; also when it already did.
    Claimed,
    /// The token was issued for another quote. Nothing was changed.
    Mismatch,
    /// The token became this order. Nothing was changed.
    Placed(OrderId),
    /// Another attempt holds the token for at most this long. Nothing was changed.
    Busy(Duration),
    /// Another token holds a repeat guard: with its order, or `None` while its attempt runs. Nothing was changed.
    Repeat(Option<EarlierOrder>),
}

/// The question of [`TokenStore::settle`].
#[derive(Clone, Debug)]
pub struct Settle {
    /// The token that was claimed.
    pub token: TokenRef,
    /// Who claimed it.
    pub attempt: AttemptId,
    /// What it became.
    pub order: EarlierOrder,
    /// The addresses of the products, as in the claim.
    pub product_urls: Vec<String>,
    /// How long the repeat guards hold from now.
    pub repeat_window: Duration,
    /// How long the result is kept from now.
    pub keep: Duration,
}

/// The question of [`TokenStore::release`].
#[derive(Clone, Debug)]
pub struct Release {
    /// The token that was claimed.
    pub token: TokenRef,
    /// Who claimed it.
    pub attempt: AttemptId,
    /// The addresses of the products, as in the claim.
    pub product_urls: Vec<String>,
}

/// Whether a claim was still its owner's to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It was, and is ended.
    Yes,
    /// It was not: the lease ran out and another took over, or the store forgot. Nothing was changed.
    No,
}

/// What a token store knows of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// Nothing: it was never issued here, or it was forgotten.
    Missing,
    /// It can be claimed.
    Issued,
    /// An attempt holds it for at most this long. Zero: the lease is over, it can be claimed.
    Claimed(Duration),
    /// It became this order.
    Placed(OrderId),
}

/// One-time tokens and repeat guards: who may *try*. It may forget everything at any time; that costs time, never a
/// second order.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Keeps a new token as issued for `fingerprint`. One that is already known stays as it is.
    async fn issue(&self, token: TokenRef, fingerprint: Fingerprint, keep: Duration) -> Result<(), StoreError>;

    /// Gives the right to try to one attempt at a time. A token that is not known is claimed as if it were issued:
    /// its MAC proved it.
    async fn claim(&self, claim: &Claim) -> Result<ClaimReply, StoreError>;

    /// Ends a claim with its order. Every repeat guard that no other token holds names the order, for its window from
    /// now.
    async fn settle(&self, settle: &Settle) -> Result<Held, StoreError>;

    /// Ends a claim without an order: the token can be claimed again, its repeat guards are gone.
    async fn release(&self, release: &Release) -> Result<Held, StoreError>;

    /// What is known of a token.
    async fn state(&self, token: TokenRef) -> Result<TokenState, StoreError>;

    /// Whether the store answers.
    async fn ping(&self) -> Result<(), StoreError>;
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Makes random bytes.
pub trait IdSource: Send + Sync {
    /// Sixteen bytes from a cryptographically secure source.
    fn random_bytes(&self) -> [u8; 16];
}

/// A UUID with the layout of version 7: 48 bits of time, 74 random bits.
#[must_use]
pub fn time_ordered_uuid(now: Timestamp, random: [u8; 16]) -> Uuid {
    let mut counter_and_random = [0; 10];
    counter_and_random.copy_from_slice(&random[..10]);
    Builder::from_unix_timestamp_millis(now.unix_ms, &counter_and_random).into_uuid()
}
