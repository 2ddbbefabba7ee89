//! In paused time, against a store that commits when it is told to.

use std::sync::Mutex;

use tokio::sync::watch;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{advance, timeout};

use super::*;
use crate::ports::Refusal;
use crate::quote::Fingerprint;
use crate::testing::Fixture;
use crate::time::Timestamp;

/// Notes every batch as it begins; each waits for a permit to end.
struct Store {
    begun: watch::Sender<Vec<Vec<OrderId>>>,
    may_end: Semaphore,
    /// Batches that panic instead, by their number.
    panics: Mutex<Vec<usize>>,
}

impl Store {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            begun: watch::Sender::default(),
            may_end: Semaphore::new(0),
            panics: Mutex::default(),
        })
    }

    fn batches(&self) -> Vec<Vec<OrderId>> {
        self.begun.borrow().clone()
    }

    /// Until so many batches were begun.
    async fn begins(&self, count: usize) {
        let mut begun = self.begun.subscribe();
        let enough = begun.wait_for(|batches| batches.len() >= count);
        let in_time = timeout(Duration::from_hours(1), enough).await;
        in_time.expect("a batch begins").expect("the store is there");
    }

    fn ends(&self, count: usize) {
        self.may_end.add_permits(count);
    }
}

#[async_trait]
impl OrderStore for Store {
    async fn insert_once(&self, orders: Vec<NewOrder>) -> Vec<Answer> {
        let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
        let mut number = 0;
        self.begun.send_modify(|batches| {
            number = batches.len();
            batches.push(ids.clone());
        });
        self.may_end.acquire().await.expect("never closed").forget();
        assert!(
            !self.panics.lock().expect("nobody holds it").contains(&number),
            "on purpose"
        );
        ids.into_iter().map(|id| Ok(answer_to(id))).collect()
    }

    async fn find_order(&self, _: ShopperId, _: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(None)
    }

    async fn find_order_by_token(&self, _: ShopperId, _: TokenDigest) -> Result<Option<Order>, StoreError> {
        Ok(None)
    }

    async fn find_order_by_cart(&self, _: ShopperId, _: CartId) -> Result<Option<Order>, StoreError> {
        Ok(None)
    }

    async fn list_orders(&self, _: ShopperId, _: u32) -> Result<Vec<Order>, StoreError> {
        Ok(Vec::new())
    }
}

/// An answer that belongs to one order alone.
fn answer_to(id: OrderId) -> Insertion {
    let slug = format!("o-{}", id.0.simple()).parse().expect("a slug");
    Insertion::Refused(Refusal::OutOfStock(vec![slug]))
}

fn new_order() -> NewOrder {
    NewOrder {
        id: OrderId(Fixture::new_uuid()),
        token: TokenDigest(Fixture::new_uuid()),
        shopper: Fixture::new_shopper(),
        cart: CartId(Fixture::new_uuid()),
        fingerprint: Fingerprint([7; 32]),
        contact: Fixture::contact(),
        placed_at: Timestamp::default(),
    }
}

const PATIENCE: Duration = Duration::from_secs(1);

struct Desk {
    store: Arc<Store>,
    writer: Arc<GroupCommit>,
}

impl Desk {
    fn open(lanes: usize, batch: usize, queue: usize) -> Self {
        let store = Store::new();
        let writers = Writers {
            lanes,
            batch,
            queue,
            patience: PATIENCE,
        };
        let writer = Arc::new(GroupCommit::new(Arc::<Store>::clone(&store), writers));
        Self { store, writer }
    }

    /// Queues an order; its id, and its answer to come.
    async fn insert(&self) -> (OrderId, JoinHandle<Answer>) {
        let (id, mut answers) = self.insert_many(1).await;
        let one = async move { answers.try_next().await };
        (id[0], tokio::spawn(one))
    }

    async fn insert_many(&self, count: usize) -> (Vec<OrderId>, Answers) {
        let orders: Vec<_> = (0..count).map(|_| new_order()).collect();
        let ids = orders.iter().map(|order| order.id).collect();
        let writer = Arc::clone(&self.writer);
        let answers = tokio::spawn(async move { writer.insert_once(orders).await });
        // On one thread: the task queues them when it is first run.
        yield_now().await;
        (ids, Answers(answers))
    }
}

struct Answers(JoinHandle<Vec<Answer>>);

impl Answers {
    async fn try_next(&mut self) -> Answer {
        let mut answers = (&mut self.0).await.expect("no panic");
        answers.pop().expect("one answer")
    }

    async fn all(self) -> Vec<Answer> {
        in_time(self.0).await
    }
}

/// What a task answers, which must not wait for ever. Paused time makes the hour short.
async fn in_time<T>(task: JoinHandle<T>) -> T {
    let answered = timeout(Duration::from_hours(1), task).await;
    answered.expect("an answer").expect("no panic")
}

async fn told(answer: JoinHandle<Answer>) -> Result<Insertion, StoreErrorKind> {
    in_time(answer).await.map_err(|error| error.kind)
}

#[tokio::test(start_paused = true)]
async fn an_order_that_meets_an_idle_writer_is_written_at_once_and_alone() {
    let desk = Desk::open(1, 50, 100);
    for number in 1..=3 {
        let begun = Instant::now();
        let (id, answer) = desk.insert().await;
        desk.store.begins(number).await;
        assert_eq!(begun.elapsed(), Duration::ZERO, "nothing is held back");
        assert_eq!(desk.store.batches()[number - 1], [id]);
        desk.store.ends(1);
        assert_eq!(told(answer).await, Ok(answer_to(id)));
    }
}

#[tokio::test(start_paused = true)]
async fn what_queues_during_a_commit_is_written_together_and_each_gets_its_own_answer() {
    let desk = Desk::open(1, 50, 100);
    let (_, first) = desk.insert().await;
    desk.store.begins(1).await;
    let (mut ids, mut answers) = (Vec::new(), Vec::new());
    for _ in 0..10 {
        let (id, answer) = desk.insert().await;
        ids.push(id);
        answers.push(answer);
    }
    desk.store.ends(2);
    assert!(told(first).await.is_ok());
    for (id, answer) in ids.iter().zip(answers) {
        assert_eq!(told(answer).await, Ok(answer_to(*id)));
    }
    assert_eq!(desk.store.batches()[1..], [ids], "one batch, in the order of the queue");
}

#[tokio::test(start_paused = true)]
async fn a_batch_has_its_limit() {
    let desk = Desk::open(1, 3, 100);
    let (_, first) = desk.insert().await;
    desk.store.begins(1).await;
    let (ids, answers) = desk.insert_many(7).await;
    desk.store.ends(4);
    let answers = answers.all().await;
    for (id, answer) in ids.iter().zip(answers) {
        assert_eq!(
            answer.expect("written"),
            answer_to(*id),
            "in the order of the questions"
        );
    }
    assert!(told(first).await.is_ok());
    let sizes: Vec<_> = desk.store.batches().iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, 3, 3, 1]);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_waited_too_long_is_withdrawn_and_never_written() {
    let desk = Desk::open(1, 50, 100);
    let (_, first) = desk.insert().await;
    desk.store.begins(1).await;
    let begun = Instant::now();
    let (late, answer) = desk.insert().await;
    assert_eq!(told(answer).await, Err(StoreErrorKind::NotDone));
    assert_eq!(begun.elapsed(), PATIENCE);
    let (next, answer) = desk.insert().await;
    desk.store.ends(2);
    assert!(told(first).await.is_ok(), "what was begun is waited for, however long");
    assert_eq!(told(answer).await, Ok(answer_to(next)));
    assert!(!desk.store.batches().concat().contains(&late));
}

#[tokio::test(start_paused = true)]
async fn orders_asked_for_together_wait_no_longer_than_one() {
    let desk = Desk::open(2, 1, 100);
    let (ids, answers) = desk.insert_many(3).await;
    desk.store.begins(2).await;
    advance(2 * PATIENCE).await;
    // The first ends; its lane meets the third, while whoever asked still looks at the second.
    desk.store.ends(1);
    yield_now().await;
    advance(PATIENCE).await;
    desk.store.ends(2);
    let answers = answers.all().await;
    for (id, answer) in ids.iter().zip(&answers).take(2) {
        assert_eq!(*answer.as_ref().expect("written"), answer_to(*id));
    }
    assert_eq!(answers[2].as_ref().expect_err("too late").kind, StoreErrorKind::NotDone);
    assert_eq!(desk.store.batches(), [[ids[0]], [ids[1]]]);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_finds_the_queue_full_was_not_done() {
    let desk = Desk::open(1, 50, 2);
    let (_, first) = desk.insert().await;
    desk.store.begins(1).await;
    let (two, answers) = desk.insert_many(2).await;
    let (refused, answer) = desk.insert().await;
    assert_eq!(told(answer).await, Err(StoreErrorKind::NotDone));
    desk.store.ends(2);
    assert!(told(first).await.is_ok());
    assert!(answers.all().await.iter().all(Result::is_ok));
    assert_eq!(desk.store.batches()[1..], [two]);
    assert!(!desk.store.batches().concat().contains(&refused));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_panics_leaves_its_batch_unknown_and_the_writer_going() {
    let desk = Desk::open(1, 50, 100);
    *desk.store.panics.lock().expect("nobody holds it") = vec![0, 1];
    for number in 0..2 {
        let (_, answers) = desk.insert_many(3).await;
        desk.store.begins(number + 1).await;
        desk.store.ends(1);
        for answer in answers.all().await {
            assert_eq!(answer.expect_err("nobody knows").kind, StoreErrorKind::Unknown);
        }
    }
    let (id, answer) = desk.insert().await;
    desk.store.ends(1);
    assert_eq!(told(answer).await, Ok(answer_to(id)), "the one lane is free again");
}

#[tokio::test(start_paused = true)]
async fn so_many_transactions_run_at_once_as_there_are_lanes() {
    let desk = Desk::open(3, 1, 100);
    let (_, answers) = desk.insert_many(8).await;
    desk.store.begins(3).await;
    advance(PATIENCE / 2).await;
    assert_eq!(desk.store.batches().len(), 3, "no fourth lane");
    desk.store.ends(1);
    desk.store.begins(4).await;
    yield_now().await;
    assert_eq!(desk.store.batches().len(), 4, "one ended, one began");
    desk.store.ends(7);
    assert!(answers.all().await.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_is_written_though_nobody_waits() {
    let desk = Desk::open(1, 50, 100);
    let (_, first) = desk.insert().await;
    desk.store.begins(1).await;
    let (ids, answers) = desk.insert_many(2).await;
    answers.0.abort();
    drop(desk.writer);
    desk.store.ends(2);
    assert!(told(first).await.is_ok());
    desk.store.begins(2).await;
    assert_eq!(desk.store.batches()[1], ids);
}
