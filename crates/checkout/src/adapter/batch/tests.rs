use std::sync::{Arc, Mutex};

use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::*;
use crate::cart::CartId;
use crate::money::{Currency, Money};
use crate::order::{OrderId, OrderStanding};
use crate::quote::Fingerprint;
use crate::testing::Fixture;
use crate::time::Timestamp;
use crate::token::TokenDigest;

const ATTEMPT: Duration = Duration::from_secs(4);

fn order() -> NewOrder {
    NewOrder {
        id: OrderId(Fixture::new_uuid()),
        token: TokenDigest(Fixture::new_uuid()),
        shopper: Fixture::new_shopper(),
        cart: CartId(Fixture::new_uuid()),
        fingerprint: Fingerprint([0; 32]),
        contact: Fixture::contact(),
        placed_at: Timestamp::default(),
    }
}

fn stands(order: &NewOrder) -> Order {
    Order {
        id: order.id,
        shopper: order.shopper,
        cart: order.cart,
        token: order.token,
        lines: vec![],
        total: Money::new(0, Currency::Eur),
        contact: order.contact.form().clone(),
        placed_at: order.placed_at,
        standing: OrderStanding::Placed,
    }
}

fn error(kind: StoreErrorKind) -> StoreError {
    StoreError::new(INSERT, kind, "on purpose")
}

fn sold_out() -> Refusal {
    Refusal::OutOfStock(vec!["enamel-mug".parse().expect("a slug")])
}

/// A database that answers every transaction by its length, the orders of it and how often it was asked.
#[derive(Clone)]
struct Scripted {
    answer: fn(&[NewOrder], usize) -> Result<Vec<Answer>, Remedy>,
    /// Someone's transaction holds what this order needs.
    held: Option<Uuid>,
    asked: Arc<Mutex<Vec<usize>>>,
    /// How much time each transaction was given.
    given: Arc<Mutex<Vec<Duration>>>,
}

impl Scripted {
    fn new(answer: fn(&[NewOrder], usize) -> Result<Vec<Answer>, Remedy>) -> Self {
        Self {
            answer,
            held: None,
            asked: Arc::default(),
            given: Arc::default(),
        }
    }
}

#[async_trait]
impl WriteTogether for Scripted {
    async fn write_together(&self, orders: &[NewOrder], budget: Budget) -> Result<Vec<Answer>, Trouble> {
        if orders.iter().any(|order| Some(order.id.0) == self.held) {
            sleep(budget.left().min(ATTEMPT / 8)).await;
            return Err(trouble(Remedy::Apart));
        }
        self.given.lock().expect("no test panics with it").push(budget.left());
        let nth = {
            let mut asked = self.asked.lock().expect("no test panics with it");
            asked.push(orders.len());
            asked.len()
        };
        (self.answer)(orders, nth).map_err(trouble)
    }
}

fn trouble(remedy: Remedy) -> Trouble {
    Trouble {
        error: error(StoreErrorKind::NotDone),
        remedy,
    }
}

fn all_placed(orders: &[NewOrder]) -> Vec<Answer> {
    orders
        .iter()
        .map(|order| Ok(Insertion::Placed(stands(order))))
        .collect()
}

fn placed(answers: &[Answer]) -> usize {
    let is_placed = |answer: &&Answer| matches!(answer, Ok(Insertion::Placed(_)));
    answers.iter().filter(is_placed).count()
}

#[test]
fn a_written_order_is_placed_when_it_is_read_back_and_unknown_otherwise() {
    let (asked, neighbour) = (order(), order());
    let there = [stands(&neighbour), stands(&asked)];
    assert_eq!(
        Decision::Written.known(&asked, &there).expect("read"),
        Insertion::Placed(stands(&asked))
    );
    let missing = Decision::Written.known(&asked, &there[..1]).expect_err("not there");
    assert_eq!(missing.kind, StoreErrorKind::Unknown);
    let lost = Decision::Written.unknown(&error(StoreErrorKind::NotDone));
    assert_eq!(lost.expect_err("nobody knows").kind, StoreErrorKind::Unknown);
}

#[test]
fn who_comes_second_gets_the_order_of_the_token_and_else_of_the_cart() {
    let asked = order();
    let of_cart = stands(&NewOrder {
        cart: asked.cart,
        shopper: asked.shopper,
        ..order()
    });
    let of_token = stands(&NewOrder {
        token: asked.token,
        shopper: asked.shopper,
        ..order()
    });
    let told = |stand: &[Order]| Decision::Decided.known(&asked, stand).expect("read");
    assert_eq!(
        told(&[of_cart.clone(), of_token.clone()]),
        Insertion::Replayed(of_token)
    );
    assert_eq!(
        told(std::slice::from_ref(&of_cart)),
        Insertion::Replayed(of_cart.clone())
    );
    assert_eq!(told(&[stands(&asked)]), Insertion::Placed(stands(&asked)));
    let strangers = Order {
        shopper: Fixture::new_shopper(),
        ..of_cart
    };
    assert_eq!(told(&[strangers]), Insertion::Refused(Refusal::CartChanged(None)));
}

#[test]
fn a_refusal_survives_an_unknown_commit_unless_a_neighbour_may_be_its_reason() {
    let unknown = error(StoreErrorKind::Unknown);
    let kind_of = |decision: Decision| decision.unknown(&unknown).expect_err("an error").kind;
    assert_eq!(kind_of(Decision::Decided), StoreErrorKind::Unknown);
    assert_eq!(kind_of(Decision::Refused(sold_out())), StoreErrorKind::NotDone);
    assert_eq!(
        kind_of(Decision::Failed(error(StoreErrorKind::Corrupt))),
        StoreErrorKind::Corrupt
    );
    let changed = Decision::Refused(Refusal::CartChanged(None)).unknown(&unknown);
    assert_eq!(changed.expect("a fact"), Insertion::Refused(Refusal::CartChanged(None)));
}

#[tokio::test(start_paused = true)]
async fn two_transactions_that_meet_are_tried_again_together() {
    let store = Scripted::new(|orders, nth| {
        if nth < 6 {
            Err(Remedy::Again)
        } else {
            Ok(all_placed(orders))
        }
    });
    let answers = insert_batch(store.clone(), vec![order(), order()], ATTEMPT).await;
    assert_eq!(placed(&answers), 2);
    assert_eq!(*store.asked.lock().expect("no panic"), [2; 6]);
}

#[tokio::test(start_paused = true)]
async fn orders_that_are_written_apart_share_the_time_that_is_left() {
    let store = Scripted::new(|orders, _| {
        if orders.len() > 1 {
            Err(Remedy::Apart)
        } else {
            Ok(all_placed(orders))
        }
    });
    let answers = insert_batch(store.clone(), vec![order(), order(), order()], ATTEMPT).await;
    assert_eq!(placed(&answers), 3);
    let given = store.given.lock().expect("no panic").clone();
    let whole = Budget::starting_now(ATTEMPT).left();
    assert_eq!(given, [whole, whole / 3, whole / 2, whole], "no time passed");
}

#[tokio::test(start_paused = true)]
async fn one_order_alone_is_not_written_apart() {
    let store = Scripted::new(|_, _| Err(Remedy::Apart));
    let answers = insert_batch(store.clone(), vec![order()], ATTEMPT).await;
    assert_eq!(placed(&answers), 0);
    assert_eq!(*store.asked.lock().expect("no panic"), [1]);
}

#[test]
fn only_what_may_be_an_order_is_read() {
    let refused = Decision::Refused(sold_out());
    let failed = Decision::Failed(error(StoreErrorKind::NotDone));
    let are_orders = [Decision::Written, Decision::Decided, refused, failed].map(|decision| decision.is_an_order());
    assert_eq!(are_orders, [true, true, false, false]);
}

#[tokio::test(start_paused = true)]
async fn without_a_connection_every_order_is_told_so_at_once() {
    let store = Scripted::new(|_, _| Err(Remedy::Nothing));
    let answers = insert_batch(store.clone(), vec![order(), order()], ATTEMPT).await;
    let kinds: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.expect_err("none").kind)
        .collect();
    assert_eq!(kinds, [StoreErrorKind::NotDone; 2]);
    assert_eq!(*store.asked.lock().expect("no panic"), [2]);
}

#[tokio::test(start_paused = true)]
async fn one_order_that_waits_in_vain_leaves_time_for_its_neighbours() {
    let mut store = Scripted::new(|orders, _| Ok(all_placed(orders)));
    let mut batch: Vec<_> = (0..64).map(|_| order()).collect();
    batch.insert(0, order());
    store.held = Some(batch[0].id.0);
    let begun = Instant::now();
    let answers = insert_batch(store, batch, ATTEMPT).await;
    assert!(answers[0].is_err());
    assert_eq!(placed(&answers), 64);
    assert!(begun.elapsed() <= ATTEMPT);
}

#[tokio::test]
async fn a_panic_leaves_every_order_unknown() {
    let store = Scripted::new(|_, _| panic!("on purpose"));
    let answers = insert_batch(store, vec![order(), order()], ATTEMPT).await;
    let kinds: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.expect_err("none").kind)
        .collect();
    assert_eq!(kinds, [StoreErrorKind::Unknown; 2]);
}
