//! Shoppers are told of their orders at least once, whatever fails, and one failure is nobody else's.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use checkout::contact::{Contact, ContactForm};
use checkout::mail::Mail;
use checkout::ports::{Insertion, MailError, Mailer};
use checkout::tell_orders::{Pace, Teller};
use checkout::testing::outbox_contract::OutboxFixture;
use checkout::testing::{Fixture, ManualClock, MemoryShop};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

fn shop() -> OutboxFixture {
    let shop = MemoryShop::default();
    OutboxFixture {
        shop: shop.shop(),
        outbox: Arc::new(shop),
    }
}

checkout::outbox_contract!(shop());

/// Keeps what it was given. Refuses one receiver for ever, and everything so often.
#[derive(Default)]
struct Letterbox {
    mails: Mutex<Vec<Mail>>,
    refuses: usize,
    asked: AtomicUsize,
    /// Accepts each mail, and never says so.
    silent: bool,
}

#[async_trait]
impl Mailer for Letterbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        assert!(!mail.email.starts_with("panic"), "at this receiver, on purpose");
        if mail.email.starts_with("poison") || self.asked.fetch_add(1, Ordering::SeqCst) < self.refuses {
            return Err(MailError("no such letterbox".into()));
        }
        self.mails.lock().expect("no panic").push(mail.clone());
        if self.silent {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

impl Letterbox {
    fn ids(&self) -> Vec<String> {
        let mails = self.mails.lock().expect("no panic");
        mails.iter().map(|mail| mail.id.clone()).collect()
    }
}

struct World {
    shop: MemoryShop,
    clock: Arc<ManualClock>,
    letterbox: Arc<Letterbox>,
    teller: Teller,
}

impl World {
    fn with(letterbox: Letterbox) -> Self {
        let (shop, clock, letterbox) = (
            MemoryShop::default(),
            Arc::<ManualClock>::default(),
            Arc::new(letterbox),
        );
        let teller = Teller {
            outbox: Arc::new(shop.clone()),
            orders: shop.shop().orders,
            mailer: letterbox.clone(),
            clock: clock.clone(),
            pace: Pace::default(),
        };
        Self {
            shop,
            clock,
            letterbox,
            teller,
        }
    }

    /// The id of the mail that tells of a new order of this receiver.
    async fn order(&self, email: &str) -> String {
        let fixture = Fixture::new(self.shop.shop());
        let cart = fixture.cart_of(&fixture.product(5).await, 1).await;
        let mut order = fixture.order_of(&cart);
        let form = ContactForm {
            email: email.into(),
            ..order.contact.form().clone()
        };
        order.contact = Contact::parse(&form).expect("a contact");
        let answers = fixture.shop.orders.insert_once(vec![order.clone()]).await;
        assert!(matches!(answers.as_slice(), [Ok(Insertion::Placed(_))]));
        format!("order-placed.{}", order.id)
    }

    async fn tell_all(&self) {
        for _ in 0..100 {
            if !self.teller.tell_next().await {
                return;
            }
        }
        panic!("there is always more to tell");
    }

    /// Waits until so many mails arrived; in paused time.
    async fn mails(&self, number: usize) {
        let arriving = async {
            while self.letterbox.ids().len() < number {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_mins(1), arriving).await.expect("they arrive");
    }
}

#[tokio::test]
async fn cr_14_a_poison_event_never_blocks_the_others() {
    let world = World::with(Letterbox::default());
    world.order("poison@example.org").await;
    world.order("panic@example.org").await;
    let good = [
        world.order("ada@example.org").await,
        world.order("bob@example.org").await,
    ];
    world.tell_all().await;
    assert_eq!(world.letterbox.ids(), good);
    for _ in 0..50 {
        world.clock.advance(Duration::from_hours(1));
        let next = world.order("cid@example.org").await;
        world.tell_all().await;
        assert_eq!(world.letterbox.ids().last(), Some(&next));
    }
    assert_eq!(world.letterbox.ids().len(), 52);
}

#[tokio::test]
async fn cr_14_a_mail_that_is_refused_is_sent_again_until_it_is_accepted() {
    let world = World::with(Letterbox {
        refuses: 4,
        ..Letterbox::default()
    });
    let order = world.order("ada@example.org").await;
    for pause in [5, 10, 20, 40] {
        world.tell_all().await;
        assert!(world.letterbox.ids().is_empty());
        world.clock.advance(Duration::from_secs(pause - 1));
        assert!(!world.teller.tell_next().await, "not before its pause is over");
        world.clock.advance(Duration::from_secs(1));
    }
    world.tell_all().await;
    assert_eq!(world.letterbox.ids(), [order]);
    world.clock.advance(Duration::from_hours(24));
    world.tell_all().await;
    assert_eq!(world.letterbox.ids().len(), 1, "told once, and no more");
}

#[tokio::test(start_paused = true)]
async fn cr_14_a_mail_whose_answer_is_lost_is_sent_again_under_the_same_id() {
    let world = World::with(Letterbox {
        silent: true,
        ..Letterbox::default()
    });
    let order = world.order("ada@example.org").await;
    world.tell_all().await;
    world.clock.advance(Duration::from_hours(1));
    world.tell_all().await;
    assert_eq!(world.letterbox.ids(), [order.clone(), order]);
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_told_without_a_pause_in_between() {
    let world = World::with(Letterbox::default());
    let mut orders = Vec::new();
    for email in ["ada@example.org", "bob@example.org", "cid@example.org"] {
        orders.push(world.order(email).await);
    }
    let (begun, teller) = (Instant::now(), world.teller.clone());
    let running = tokio::spawn(async move { teller.run(CancellationToken::new()).await });
    world.mails(orders.len()).await;
    assert!(begun.elapsed() < Pace::default().poll, "{:?}", begun.elapsed());
    assert_eq!(world.letterbox.ids(), orders);
    running.abort();
}

#[tokio::test(start_paused = true)]
async fn it_tells_what_comes_and_stops_when_it_is_told_to() {
    let world = World::with(Letterbox::default());
    let stop = CancellationToken::new();
    let running = {
        let (teller, stop) = (world.teller.clone(), stop.clone());
        tokio::spawn(async move { teller.run(stop).await })
    };
    for number in 1..=3 {
        world.order("ada@example.org").await;
        world.mails(number).await;
    }
    stop.cancel();
    let ended = timeout(Duration::from_mins(1), running).await;
    ended.expect("it ends").expect("no panic");
}
