//! The shopper's browser: opens pages, submits them, goes away, asks, and sends again.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use checkout::cart::CartId;
use checkout::contact::{Contact, ContactForm};
use checkout::issue_token::IssueTokenError;
use checkout::observer::WayIn;
use checkout::place_order::PlaceOrder;
use checkout::ports::RepeatPolicy;
use checkout::testing::Fixture;
use tokio::time::{Instant, sleep, sleep_until};

use crate::checker::Kind;
use crate::history::{Answer, Request, Submission};
use crate::lock;
use crate::scenario::{Leaves, Tab};
use crate::server::Server;
use crate::world::World;

/// How long a client waits before it sends an undecided submission again.
const RETRY_AFTER: Duration = Duration::from_millis(250);

/// A confirmation page as the browser holds it.
#[derive(Clone)]
pub(crate) struct Page(PlaceOrder);

/// A submission that nobody knows the outcome of, or whose order is known.
pub(crate) enum Left {
    Undecided(Page),
    Ordered(Page),
}

/// Opens the page of a tab, submits it, and does with the answers what the tab does.
pub(crate) async fn run(world: Arc<World>, tab: Tab, cart: CartId) -> Vec<Left> {
    sleep(tab.opens).await;
    let Some(page) = open(&world, cart).await else {
        return vec![];
    };
    sleep(tab.thinks).await;
    let copies: Vec<_> = (0..tab.copies)
        .map(|copy| {
            let (world, page, tab) = (Arc::clone(&world), page.clone(), tab.clone());
            tokio::spawn(async move {
                sleep(tab.apart * copy).await;
                persist(&world, page, &tab, copy == 0).await
            })
        })
        .collect();
    let mut left = Vec::new();
    for copy in copies {
        match copy.await {
            Ok(copy) => left.extend(copy),
            Err(broken) => world
                .history()
                .violated(Kind::Broken, format!("a client broke: {broken}")),
        }
    }
    left
}

/// Asks for a confirmation page until there is one, or there will be none.
async fn open(world: &Arc<World>, cart: CartId) -> Option<Page> {
    for _ in 0..200 {
        let server = connect(world).await;
        let issued = tokio::select! {
            biased;
            () = server.host.death() => None,
            issued = server.checkout.issue_token(world.shopper, cart) => Some(issued),
        };
        match issued {
            Some(Ok(page)) => {
                return Some(Page(PlaceOrder {
                    shopper: world.shopper,
                    cart,
                    fingerprint: page.quote.fingerprint(),
                    token: page.token,
                    contact: Fixture::contact(),
                    repeat: RepeatPolicy::Ask,
                    way_in: WayIn::Function,
                }));
            }
            None | Some(Err(IssueTokenError::Unavailable(_))) => sleep(RETRY_AFTER).await,
            Some(Err(_)) => return None,
        }
    }
    None
}

/// A server that takes requests.
pub(crate) async fn connect(world: &Arc<World>) -> Arc<Server> {
    loop {
        let running = {
            let servers = lock(&world.servers);
            let address = world.random().index(servers.len());
            servers[address].clone()
        };
        if let Some(server) = running {
            return server;
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Submits, and goes on as the tab does.
async fn persist(world: &Arc<World>, mut page: Page, tab: &Tab, first: bool) -> Option<Left> {
    let mut leaves = if first { tab.leaves } else { Leaves::Never };
    let mut retries = tab.retries;
    loop {
        let answer = submit(world, &page, std::mem::replace(&mut leaves, Leaves::Never)).await;
        if tab.asks_status {
            ask(world, &page).await;
        }
        match answer {
            Answer::Placed(_) | Answer::Replayed(_) => return Some(Left::Ordered(page)),
            Answer::CartChanged | Answer::TokenExpired if tab.renders_again && retries > 0 => {
                page = open(world, page.0.cart).await?;
            }
            Answer::Repeat(Some(_)) if tab.confirms && page.0.repeat == RepeatPolicy::Ask => {
                page.0.repeat = RepeatPolicy::Confirmed;
                continue;
            }
            answer if answer.is_decided() => return None,
            _ if retries == 0 => return Some(Left::Undecided(page)),
            _ => {
                let pause = world.random().millis(0..=1_500);
                sleep(pause).await;
            }
        }
        retries = retries.saturating_sub(1);
    }
}

/// Sends the page once.
pub(crate) async fn submit(world: &Arc<World>, page: &Page, leaves: Leaves) -> Answer {
    let server = connect(world).await;
    let request = world.invoke(|invoked| Submission::new(&page.0, invoked));
    world.note(|| {
        format!(
            "request {} to {} with token {}",
            request.0,
            server.host,
            page.0.token.digest()
        )
    });
    let command = PlaceOrder {
        contact: contact(request),
        ..page.0.clone()
    };
    let answer = wait(world, &server, request, command, leaves).await;
    world.answer(request, &answer);
    answer
}

/// The order bears the number of its request.
fn contact(request: Request) -> Contact {
    let form = ContactForm {
        name: request.receiver(),
        ..Fixture::contact().form().clone()
    };
    Contact::parse(&form).expect("a contact")
}

/// Waits for the answer for as long as the client does.
async fn wait(
    world: &Arc<World>,
    server: &Arc<Server>,
    request: Request,
    command: PlaceOrder,
    leaves: Leaves,
) -> Answer {
    let leaving = world.leaving(request);
    let patience = match leaves {
        Leaves::After(patience) => patience,
        Leaves::Never | Leaves::AtPoll(_) => world.settings.timeouts.browser,
    };
    let gives_up = sleep_until(Instant::now() + patience);
    let answered = async {
        server.host.live().await;
        let placing = Watched {
            placing: Box::pin(server.checkout.place_order(command)),
            server,
            request,
            polls: 0,
            most: match leaves {
                Leaves::AtPoll(polls) => polls,
                Leaves::Never | Leaves::After(_) => u32::MAX,
            },
        };
        let outcome = placing.await;
        server.host.live().await;
        outcome
    };
    tokio::select! {
        biased;
        () = server.host.death() => Answer::None,
        () = leaving.notified() => Answer::None,
        answer = answered => answer.unwrap_or(Answer::None),
        () = gives_up => Answer::None,
    }
}

/// A submission whose polls are counted, and which is dropped at one of them.
struct Watched<'a, F> {
    placing: Pin<Box<F>>,
    server: &'a Arc<Server>,
    request: Request,
    polls: u32,
    most: u32,
}

impl<F, T> Future for Watched<'_, F>
where
    F: Future<Output = T>,
    Answer: From<T>,
{
    type Output = Option<Answer>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == self.most {
            return Poll::Ready(None);
        }
        if self.polls == 0 {
            let (server, request) = (self.server, self.request);
            server.host.world.arrive(&server.host, request);
        }
        self.polls += 1;
        self.placing.as_mut().poll(context).map(|outcome| Some(outcome.into()))
    }
}

/// Asks what became of the page's token.
async fn ask(world: &Arc<World>, page: &Page) {
    let server = connect(world).await;
    let asked = world.history().moment();
    let digest = page.0.token.digest();
    let status = tokio::select! {
        biased;
        () = server.host.death() => return,
        status = server.checkout.attempt_status(world.shopper, digest) => status,
    };
    world.note(|| format!("the status of {digest} is {status:?}"));
    if let Ok(status) = status {
        world.history().judge_status(digest, asked, &status);
    }
}

/// Sends an undecided page again until it is decided: within the lease and two seconds.
pub(crate) async fn retry_fairly(world: &Arc<World>, page: &Page) {
    let began = Instant::now();
    let limit = world.settings.timeouts.claim_lease + Duration::from_secs(2);
    loop {
        world.history().fair_retries += 1;
        let answer = submit(world, page, Leaves::Never).await;
        let took = began.elapsed();
        if took > limit {
            let text = format!(
                "token {} was undecided for {took:?}: {}",
                page.0.token.digest(),
                answer.name()
            );
            return world.history().violated(Kind::Undecided, text);
        }
        if answer.is_decided() {
            return;
        }
        sleep(RETRY_AFTER).await;
    }
}

/// Sends a page again that was ordered; it must get its order.
pub(crate) async fn send_again(world: &Arc<World>, page: &Page) {
    let answer = submit(world, page, Leaves::Never).await;
    if answer.order().is_none() {
        let text = format!(
            "token {} was ordered, and is now {}",
            page.0.token.digest(),
            answer.name()
        );
        world.history().violated(Kind::Lost, text);
    }
    ask(world, page).await;
}
