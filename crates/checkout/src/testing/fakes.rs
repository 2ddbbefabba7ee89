use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use crate::account::{Password, PasswordHash};
use crate::cart::{Cart, CartId, Quantity, ShopperId};
use crate::catalogue::{Product, Slug};
use crate::contact::{Contact, ContactForm};
use crate::money::{Currency, Money};
use crate::order::OrderId;
use crate::ports::{
    AccountStore, CartEdit, CartStore, Clock, HashError, IdSource, NewOrder, OrderStore, PasswordHasher, ProductStore,
    time_ordered_uuid,
};
use crate::quote::Quote;
use crate::time::Timestamp;
use crate::token::TokenDigest;

/// A clock that moves when told.
#[derive(Debug)]
pub struct ManualClock(AtomicU64);

impl Default for ManualClock {
    fn default() -> Self {
        Self(AtomicU64::new(1_700_000_000_000))
    }
}

impl ManualClock {
    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(
            u64::try_from(by.as_millis()).expect("a test's time fits"),
            Ordering::SeqCst,
        );
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.load(Ordering::SeqCst))
    }
}

/// Random enough that tests sharing a store do not meet: seeded by the process and the address of a local.
#[derive(Debug, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    fn random_bytes(&self) -> [u8; 16] {
        use std::hash::{BuildHasher, RandomState};
        let half = || RandomState::new().hash_one(0_u8).to_be_bytes();
        let (mut bytes, low) = (<[u8; 16]>::default(), half());
        bytes[..8].copy_from_slice(&half());
        bytes[8..].copy_from_slice(&low);
        bytes
    }
}

/// The SQL ports of one adapter.
#[derive(Clone)]
pub struct Shop {
    /// Products and stock.
    pub products: Arc<dyn ProductStore>,
    /// Carts.
    pub carts: Arc<dyn CartStore>,
    /// Orders.
    pub orders: Arc<dyn OrderStore>,
    /// Accounts, and who may see what.
    pub accounts: Arc<dyn AccountStore>,
}

/// Keeps passwords as they are: for tests that are not about hashing.
#[derive(Debug, Default)]
pub struct PlainPasswords;

#[async_trait]
impl PasswordHasher for PlainPasswords {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let text = String::from_utf8_lossy(password.as_bytes());
        Ok(PasswordHash::from_phc(format!("$plain${text}")))
    }

    async fn verify(&self, password: &Password, kept: Option<&PasswordHash>) -> Result<bool, HashError> {
        Ok(kept == Some(&self.hash(password).await?))
    }
}

/// A shopper with products of their own, in a shop that other tests use too.
#[derive(Clone)]
pub struct Fixture {
    /// The shop.
    pub shop: Shop,
    /// Nobody else's id.
    pub shopper: ShopperId,
}

impl Fixture {
    /// A new shopper in `shop`.
    #[must_use]
    pub fn new(shop: Shop) -> Self {
        Self {
            shop,
            shopper: Self::new_shopper(),
        }
    }

    /// An id that nobody has.
    #[must_use]
    pub fn new_shopper() -> ShopperId {
        ShopperId::from_uuid(Self::new_uuid())
    }

    /// A UUID that nobody has.
    #[must_use]
    pub fn new_uuid() -> Uuid {
        time_ordered_uuid(ManualClock::default().now(), RandomIds.random_bytes())
    }

    /// The `TokenStore` verbs take durations; this one outlasts a test.
    pub const LONG: Duration = Duration::from_mins(10);

    /// Adds a product that nobody else buys, at 12.50 EUR.
    pub async fn product(&self, stock: u32) -> Slug {
        let slug: Slug = format!("p-{}", Self::new_uuid().simple()).parse().expect("a slug");
        let product = Product {
            slug: slug.clone(),
            name: format!("Product {slug}"),
            summary: "For a test".into(),
            description: "Made for a test, sold in a test.".into(),
            price: Money::new(1250, Currency::Eur),
            stock,
        };
        let added = self
            .shop
            .products
            .add_missing_products(&[product])
            .await
            .expect("added");
        assert_eq!(added, 1);
        slug
    }

    /// A cart of one line.
    pub async fn cart_of(&self, slug: &Slug, quantity: u32) -> Cart {
        let quantity = Quantity::try_from(quantity).expect("a quantity");
        let id = CartId(Self::new_uuid());
        let edit = self
            .shop
            .carts
            .open_buy_now(self.shopper, id, slug, quantity)
            .await
            .expect("opened");
        assert_eq!(edit, CartEdit::Done(id));
        self.cart(id).await
    }

    /// The shopper's cart.
    pub async fn cart(&self, id: CartId) -> Cart {
        self.shop
            .carts
            .find_cart(self.shopper, id)
            .await
            .expect("read")
            .expect("the cart is there")
    }

    /// How many pieces are left.
    pub async fn stock(&self, slug: &Slug) -> u32 {
        self.shop
            .products
            .find_product(slug)
            .await
            .expect("read")
            .expect("the product is there")
            .stock
    }

    /// The order that `cart` becomes, as the shopper would submit it now, with a token of its own.
    #[must_use]
    pub fn order_of(&self, cart: &Cart) -> NewOrder {
        NewOrder {
            id: OrderId(Self::new_uuid()),
            token: TokenDigest(Self::new_uuid()),
            shopper: self.shopper,
            cart: cart.id,
            fingerprint: Quote::of(cart).expect("it can be priced").fingerprint(),
            contact: Self::contact(),
            placed_at: ManualClock::default().now(),
        }
    }

    /// A contact with every field filled.
    #[must_use]
    pub fn contact() -> Contact {
        Contact::parse(&ContactForm {
            name: "Ada Lovelace".into(),
            email: "ada@example.org".into(),
            street: "12 St James's Square".into(),
            postcode: "SW1Y 4JH".into(),
            city: "London".into(),
            country: "United Kingdom".into(),
        })
        .expect("a contact")
    }
}
