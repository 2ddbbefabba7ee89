//! One attempt: claim, write, settle.

mod claiming;

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use self::claiming::Claimed;
use super::{PlaceOrder, PlaceOrderError, Placement};
use crate::attempt_status::AttemptStatus;
use crate::attempts::Joined;
use crate::cart::{Cart, CartStatus};
use crate::fail_point::{FailPoint, fail_point};
use crate::order::{Order, OrderId};
use crate::ports::{
    AttemptId, EarlierOrder, Held, Insertion, NewOrder, Refusal, Release, Settle, StoreError, StoreErrorKind, TokenRef,
};
use crate::service::Checkout;

/// How long an attempt waits before it asks the database the same again, for the first time; each further time twice as long.
/// A database that restarts is back within the attempt's time more often than not.
const FIRST_PAUSE: Duration = Duration::from_millis(25);

pub(super) async fn run(
    checkout: Checkout,
    command: PlaceOrder,
    deadline: Instant,
) -> Result<Placement, PlaceOrderError> {
    fail_point(FailPoint::Verified).await;
    let outcome = first_or_behind(checkout, command, deadline).await;
    fail_point(FailPoint::BeforeAnswer).await;
    outcome
}

/// Copies of one submission wait for the first that came to this process. What it did not order, they try themselves,
/// side by side: why it failed need not hold for them.
async fn first_or_behind(
    checkout: Checkout,
    command: PlaceOrder,
    deadline: Instant,
) -> Result<Placement, PlaceOrderError> {
    let token = command.token.digest();
    let running = match checkout.running.join(token) {
        Joined::First(running) => Some(running),
        Joined::Behind(ahead) => match timeout_at(deadline, ahead.order()).await {
            Ok(Some(order)) => return Ok(Placement::Replayed(order)),
            Ok(None) => checkout.running.join(token).first(),
            Err(_elapsed) => return Err(PlaceOrderError::InProgress),
        },
    };
    // Refused before anything is claimed. Copies that wait behind an attempt cost no store anything, and are not counted.
    let Some(_room) = checkout.room_for_an_attempt() else {
        return Err(PlaceOrderError::Overloaded);
    };
    let outcome = Attempt::new(checkout, command, deadline).run().await;
    if let (Some(running), Ok(placement)) = (running, &outcome) {
        running.ends_with(placement.order().clone());
    }
    outcome
}

struct Attempt {
    checkout: Checkout,
    command: PlaceOrder,
    deadline: Instant,
    id: AttemptId,
    token: TokenRef,
}

impl Attempt {
    fn new(checkout: Checkout, command: PlaceOrder, deadline: Instant) -> Self {
        let id = AttemptId(checkout.new_uuid());
        let token = TokenRef {
            shopper: command.shopper,
            digest: command.token.digest(),
        };
        Self {
            checkout,
            command,
            deadline,
            id,
            token,
        }
    }

    async fn run(self) -> Result<Placement, PlaceOrderError> {
        if self.command.token.expires_at() <= self.checkout.ports.clock.now() {
            return self.expired().await;
        }
        let cart = self.cart().await?;
        if cart.status == CartStatus::Ordered
            && let Some(placement) = self.replay().await?
        {
            return Ok(placement);
        }
        let product_urls = cart
            .lines
            .iter()
            .map(|line| line.slug.product_url())
            .collect::<Vec<_>>();
        fail_point(FailPoint::BeforeClaim).await;
        match self.claim(&product_urls).await? {
            Claimed::Replayed(placement) => Ok(placement),
            Claimed::Right => {
                fail_point(FailPoint::AfterClaim).await;
                self.write_and_end(product_urls).await
            }
        }
    }

    /// The cart of the intent. Its MAC proved that it exists, so that a missing cart is a lost one.
    async fn cart(&self) -> Result<Cart, PlaceOrderError> {
        let found = self
            .checkout
            .ports
            .carts
            .find_cart(self.command.shopper, self.command.cart)
            .await;
        found
            .map_err(PlaceOrderError::Unavailable)?
            .ok_or(PlaceOrderError::CartChanged(None))
    }

    /// The order that the intent already has. Asked by the cart: the token is bound to it, so that whatever was placed
    /// with the token is of this cart.
    async fn replay(&self) -> Result<Option<Placement>, PlaceOrderError> {
        let (shopper, cart) = (self.command.shopper, self.command.cart);
        let order = self.checkout.ports.orders.find_order_by_cart(shopper, cart).await;
        Ok(order.map_err(PlaceOrderError::Unavailable)?.map(Placement::Replayed))
    }

    /// What there is to say of a token that is too old to be claimed: its order, its attempt, or nothing.
    ///
    /// Nothing only once its quote is outdated. Looking says nothing of the next moment: a submission that came before the
    /// token expired may be about to claim.
    async fn expired(&self) -> Result<Placement, PlaceOrderError> {
        if let Some(placement) = self.replay().await? {
            return Ok(placement);
        }
        let status = self.checkout.status_in_token_store(self.token).await;
        match status.map_err(PlaceOrderError::Unavailable)? {
            AttemptStatus::Placed(order) => return Ok(Placement::Replayed(order)),
            AttemptStatus::Running => return Err(PlaceOrderError::InProgress),
            AttemptStatus::NotOrdered => {}
        }
        let (shopper, cart) = (self.command.shopper, self.command.cart);
        let outdated = self.checkout.ports.carts.outdate_cart(shopper, cart).await;
        match outdated.map_err(PlaceOrderError::Unavailable)? {
            Some(CartStatus::Ordered) => self.replay().await?.ok_or(PlaceOrderError::OutcomeUnknown(None)),
            Some(CartStatus::Open | CartStatus::Void) | None => Err(PlaceOrderError::TokenExpired),
        }
    }

    async fn write_and_end(self, product_urls: Vec<String>) -> Result<Placement, PlaceOrderError> {
        let give_up = Instant::now() + self.checkout.settings.timeouts.attempt;
        let written = match self.write(give_up).await {
            Ok(Insertion::Refused(refusal)) => self.refused(refusal, give_up).await,
            written => written,
        };
        match &written {
            Ok(Insertion::Placed(order) | Insertion::Replayed(order)) => self.settle(order, product_urls).await,
            Ok(Insertion::Refused(_)) => self.release(product_urls).await,
            Err(error) if error.kind == StoreErrorKind::NotDone => self.release(product_urls).await,
            // Undecided: the claim stays until its lease is over, and the next attempt finds out.
            Err(_) => {}
        }
        match written {
            Ok(Insertion::Placed(order)) => Ok(Placement::Placed(order)),
            Ok(Insertion::Replayed(order)) => Ok(Placement::Replayed(order)),
            Ok(Insertion::Refused(Refusal::CartChanged(quote))) => Err(PlaceOrderError::CartChanged(quote)),
            Ok(Insertion::Refused(Refusal::OutOfStock(slugs))) => Err(PlaceOrderError::OutOfStock(slugs)),
            Err(error) if error.kind == StoreErrorKind::NotDone => Err(PlaceOrderError::Unavailable(error)),
            Err(error) => Err(PlaceOrderError::OutcomeUnknown(Some(error))),
        }
    }

    /// Inserts; while the outcome is unknown, inserts the same again, which waits for the first and tells the truth.
    async fn write(&self, give_up: Instant) -> Result<Insertion, StoreError> {
        let order = NewOrder {
            id: OrderId(self.checkout.new_uuid()),
            token: self.token.digest,
            shopper: self.command.shopper,
            cart: self.command.cart,
            fingerprint: self.command.fingerprint,
            contact: self.command.contact.clone(),
            placed_at: self.checkout.ports.clock.now(),
        };
        until_known(give_up, || self.insert(&order)).await
    }

    async fn insert(&self, order: &NewOrder) -> Result<Insertion, StoreError> {
        fail_point(FailPoint::BeforeInsert).await;
        let mut answers = self.checkout.ports.orders.insert_once(vec![order.clone()]).await;
        fail_point(FailPoint::AfterInsert).await;
        answers.pop().unwrap_or_else(|| {
            Err(StoreError::new(
                "insert order",
                StoreErrorKind::Corrupt,
                "the store gave no answer for the order",
            ))
        })
    }

    /// Makes "nothing was ordered" a fact: what was quoted of the cart becomes no order any more. Without it, an earlier
    /// submission that is still on its way could order after all, once the stock or the price is back.
    async fn refused(&self, refusal: Refusal, give_up: Instant) -> Result<Insertion, StoreError> {
        let (shopper, cart) = (self.command.shopper, self.command.cart);
        let carts = &self.checkout.ports.carts;
        let status = until_known(give_up, || carts.outdate_cart(shopper, cart)).await?;
        if status != Some(CartStatus::Ordered) {
            return Ok(Insertion::Refused(refusal));
        }
        let order = self.checkout.ports.orders.find_order_by_cart(shopper, cart).await?;
        order.map(Insertion::Replayed).ok_or_else(|| {
            let missing = format!("the cart {cart} is ordered, and there is no order of it");
            StoreError::new("read order of cart", StoreErrorKind::Corrupt, missing)
        })
    }

    /// Never an error: the order stands, and the next submission finds it in the database.
    async fn settle(&self, order: &Order, product_urls: Vec<String>) {
        let settle = Settle {
            token: self.token,
            attempt: self.id,
            order: EarlierOrder {
                id: order.id,
                placed_at: order.placed_at,
            },
            product_urls,
            repeat_window: self.checkout.settings.timeouts.repeat_window,
            keep: self.checkout.settings.timeouts.result_kept,
        };
        fail_point(FailPoint::BeforeSettle).await;
        self.note("settle", self.checkout.ports.tokens.settle(&settle).await);
        fail_point(FailPoint::AfterSettle).await;
    }

    async fn release(&self, product_urls: Vec<String>) {
        let release = Release {
            token: self.token,
            attempt: self.id,
            product_urls,
        };
        fail_point(FailPoint::BeforeRelease).await;
        self.note("release", self.checkout.ports.tokens.release(&release).await);
        fail_point(FailPoint::AfterRelease).await;
    }

    fn note(&self, verb: &str, answer: Result<Held, StoreError>) {
        match answer {
            Ok(Held::Yes) => {}
            Ok(Held::No) => tracing::info!(token = %self.token.digest, verb, "the claim was no longer this attempt's"),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    verb,
                    "the claim could not be ended"
                );
            }
        }
    }
}

/// Asks; while nobody knows whether it was done, asks the same again, until it is time to give up. Only for what may be
/// done twice.
async fn until_known<T, Asked>(give_up: Instant, ask: impl Fn() -> Asked) -> Result<T, StoreError>
where
    Asked: Future<Output = Result<T, StoreError>>,
{
    let mut answer = ask().await;
    let mut pause = FIRST_PAUSE;
    while let Err(error) = &answer
        && error.kind == StoreErrorKind::Unknown
        && Instant::now() + pause < give_up
    {
        tracing::warn!(error = error as &dyn std::error::Error, "asking the same again");
        sleep(pause).await;
        pause *= 2;
        answer = ask().await.map_err(still_unknown);
    }
    answer
}

/// After one unknown outcome, "not done" speaks of the second try alone: the first may stand.
fn still_unknown(error: StoreError) -> StoreError {
    StoreError {
        kind: StoreErrorKind::Unknown,
        ..error
    }
}
