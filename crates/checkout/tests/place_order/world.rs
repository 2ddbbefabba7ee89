//! A shop with one shopper, over stores that do as they are told.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use checkout::Checkout;
use checkout::cart::{Cart, CartId};
use checkout::catalogue::Slug;
use checkout::issue_token::Confirmation;
use checkout::observer::WayIn;
use checkout::order::Order;
use checkout::place_order::{PlaceOrder, Placement};
use checkout::ports::RepeatPolicy;
use checkout::service::Ports;
use checkout::settings::Settings;
use checkout::testing::{Fixture, ManualClock, MemoryShop, RandomIds};
use checkout::token::{Key, KeyRing};
use checkout_memory::MemoryTokens;

use super::faults::{FaultyOrders, FaultyTokens};

pub struct World {
    pub shop: MemoryShop,
    pub fixture: Fixture,
    pub orders: Arc<FaultyOrders>,
    pub tokens: Arc<FaultyTokens>,
    pub clock: Arc<ManualClock>,
    pub checkout: Checkout,
    elsewhere: Checkout,
}

impl World {
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        let shop = MemoryShop::default();
        let clock = Arc::new(ManualClock::default());
        let ports = shop.shop();
        let orders = Arc::new(FaultyOrders::new(ports.orders.clone()));
        let tokens = Arc::new(FaultyTokens::new(Arc::new(MemoryTokens::new(clock.clone()))));
        let server = || {
            Checkout::new(
                Ports {
                    products: ports.products.clone(),
                    carts: ports.carts.clone(),
                    orders: orders.clone(),
                    tokens: tokens.clone(),
                    clock: clock.clone(),
                    ids: Arc::new(RandomIds),
                    keys: KeyRing::new(Key { id: 1, secret: [7; 32] }, vec![]),
                },
                settings,
            )
        };
        let (checkout, elsewhere) = (server(), server());
        Self {
            fixture: Fixture::new(ports),
            shop,
            orders,
            tokens,
            clock,
            checkout,
            elsewhere,
        }
    }

    /// A second server over the same stores.
    pub fn another_server(&self) -> Checkout {
        self.elsewhere.clone()
    }

    /// A cart of one piece of a new product, and that product.
    pub async fn cart(&self) -> (Cart, Slug) {
        let slug = self.fixture.product(9).await;
        (self.fixture.cart_of(&slug, 1).await, slug)
    }

    /// The confirmation page of a cart.
    pub async fn open(&self, cart: CartId) -> Confirmation {
        self.checkout
            .issue_token(self.fixture.shopper, cart)
            .await
            .expect("there is something to confirm")
    }

    /// A confirmation page of a cart of its own.
    pub async fn page(&self) -> PlaceOrder {
        let (cart, _) = self.cart().await;
        self.submission(&self.open(cart.id).await)
    }

    /// What the page sends.
    pub fn submission(&self, page: &Confirmation) -> PlaceOrder {
        PlaceOrder {
            shopper: self.fixture.shopper,
            token: page.token.clone(),
            cart: page.cart.id,
            fingerprint: page.quote.fingerprint(),
            contact: Fixture::contact(),
            repeat: RepeatPolicy::Ask,
            way_in: WayIn::Form,
        }
    }

    pub async fn placed(&self, page: &PlaceOrder) -> Order {
        match self.checkout.place_order(page.clone()).await.expect("it can be placed") {
            Placement::Placed(order) => order,
            Placement::Replayed(order) => panic!("replayed {order:?}"),
        }
    }

    pub async fn replayed(&self, page: &PlaceOrder) -> Order {
        match self
            .checkout
            .place_order(page.clone())
            .await
            .expect("there is an order")
        {
            Placement::Replayed(order) => order,
            Placement::Placed(order) => panic!("placed {order:?}"),
        }
    }

    pub fn take_tokens_down(&self) {
        self.tokens.down.store(true, Ordering::SeqCst);
    }

    pub fn bring_tokens_back(&self) {
        self.tokens.down.store(false, Ordering::SeqCst);
    }
}
