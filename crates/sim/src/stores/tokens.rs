//! The token store that all servers share: `MemoryTokens`, which can forget, and be what it was before.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use checkout::cart::ShopperId;
use checkout::news::Ended;
use checkout::ports::{Claim, ClaimReply, Clock, Held, Release, Settle, StoreError, TokenRef, TokenState, TokenStore};
use checkout::quote::Fingerprint;
use checkout::time::Timestamp;
use checkout_memory::MemoryTokens;

use super::at_once;
use crate::clock::WorldClock;
use crate::fault::{Call, Fault, Place};
use crate::history::{Fact, Request};
use crate::holders::Holders;
use crate::lock;
use crate::server::Host;
use crate::world::World;

/// What a token store was told, to tell it to another one again.
#[derive(Clone)]
enum Verb {
    Issue(TokenRef, Fingerprint, Duration),
    Claim(Claim),
    Settle(Settle),
    Release(Release),
}

/// The clock of the store: the world's, or the one of the moment that is repeated.
struct StoreClock {
    world: Arc<WorldClock>,
    repeated: Mutex<Option<Timestamp>>,
}

impl Clock for StoreClock {
    fn now(&self) -> Timestamp {
        lock(&self.repeated).unwrap_or_else(|| self.world.now())
    }
}

/// The token store, and all that it was told.
pub(crate) struct Tokens {
    clock: Arc<StoreClock>,
    store: Mutex<Arc<MemoryTokens>>,
    told: Mutex<Vec<(Timestamp, Verb)>>,
    holders: Mutex<Holders>,
    /// How many outages there are now.
    pub reach: Arc<AtomicUsize>,
}

impl Tokens {
    pub(crate) fn new(world: Arc<WorldClock>) -> Self {
        let clock = Arc::new(StoreClock {
            world,
            repeated: Mutex::default(),
        });
        Self {
            store: Mutex::new(Arc::new(MemoryTokens::new(clock.clone()))),
            clock,
            told: Mutex::default(),
            holders: Mutex::default(),
            reach: Arc::default(),
        }
    }

    fn store(&self) -> Arc<MemoryTokens> {
        Arc::clone(&lock(&self.store))
    }

    fn tell(&self, verb: Verb) {
        lock(&self.told).push((self.clock.now(), verb));
    }

    /// Forgets everything.
    pub(crate) fn empty(&self) {
        *lock(&self.store) = Arc::new(MemoryTokens::new(self.clock.clone()));
        lock(&self.told).clear();
        lock(&self.holders).forget();
    }

    /// Becomes what it was some time ago.
    pub(crate) fn restore(&self, ago: Duration) {
        let now = self.clock.now();
        let mut told = lock(&self.told);
        told.retain(|(at, _)| at.after(ago) <= now);
        let store = MemoryTokens::new(self.clock.clone());
        for (at, verb) in told.iter() {
            *lock(&self.clock.repeated) = Some(*at);
            repeat(&store, verb);
        }
        *lock(&self.clock.repeated) = None;
        *lock(&self.store) = Arc::new(store);
        lock(&self.holders).forget();
    }
}

/// Tells a store what another one was told; it answers the same.
fn repeat(store: &MemoryTokens, verb: &Verb) {
    let answered = match verb {
        Verb::Issue(token, fingerprint, keep) => at_once(store.issue(*token, *fingerprint, *keep)),
        Verb::Claim(claim) => at_once(store.claim(claim)).map(drop),
        Verb::Settle(settle) => at_once(store.settle(settle)).map(drop),
        Verb::Release(release) => at_once(store.release(release)).map(drop),
    };
    answered.expect("memory always answers");
}

/// A server's connection to the token store.
pub(crate) struct TokenPort(pub Arc<Host>);

impl TokenPort {
    /// Whose attempt asks.
    fn request(&self) -> Option<Request> {
        self.0.world.attempt_here().map(|(_, request)| request)
    }
}

#[async_trait]
impl TokenStore for TokenPort {
    async fn issue(&self, token: TokenRef, fingerprint: Fingerprint, keep: Duration) -> Result<(), StoreError> {
        let issue = move |tokens: &Tokens| {
            tokens.tell(Verb::Issue(token, fingerprint, keep));
            at_once(tokens.store().issue(token, fingerprint, keep))
        };
        self.0.call(Call::Issue, move |world| issue(&world.tokens)).await
    }

    async fn claim(&self, claim: &Claim) -> Result<ClaimReply, StoreError> {
        let (claim, request) = (claim.clone(), self.request());
        let execute = move |world: &World| {
            let tokens = &world.tokens;
            tokens.tell(Verb::Claim(claim.clone()));
            let reply = at_once(tokens.store().claim(&claim))?;
            if reply == ClaimReply::Claimed {
                let ends = tokens.clock.now().after(claim.lease);
                lock(&tokens.holders).claimed(world, claim.token, request, ends);
            }
            Ok(reply)
        };
        let reply = self.0.call(Call::Claim, execute).await;
        self.0.world.note(|| format!("{} has claimed: {reply:?}", self.0));
        reply
    }

    async fn settle(&self, settle: &Settle) -> Result<Held, StoreError> {
        let (settle, request) = (settle.clone(), self.request());
        let execute = move |world: &World| {
            world.tokens.tell(Verb::Settle(settle.clone()));
            let held = at_once(world.tokens.store().settle(&settle))?;
            if held == Held::Yes {
                lock(&world.tokens.holders).ended(world, settle.token, request);
            }
            Ok(held)
        };
        self.0.call(Call::Settle, execute).await
    }

    async fn release(&self, release: &Release) -> Result<Held, StoreError> {
        let (release, request) = (release.clone(), self.request());
        if let Some(request) = request {
            self.0.world.found(request, Fact::Released);
        }
        let execute = move |world: &World| {
            world.tokens.tell(Verb::Release(release.clone()));
            let held = at_once(world.tokens.store().release(&release))?;
            if held == Held::Yes {
                lock(&world.tokens.holders).ended(world, release.token, request);
            }
            Ok(held)
        };
        self.0.call(Call::Release, execute).await
    }

    async fn state(&self, token: TokenRef) -> Result<TokenState, StoreError> {
        let read = move |tokens: &Tokens| at_once(tokens.store().state(token));
        self.0.call(Call::State, move |world| read(&world.tokens)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.0
            .call(Call::Ping, |world| at_once(world.tokens.store().ping()))
            .await
    }

    fn ended(&self, shopper: ShopperId) -> Ended {
        let host = Arc::clone(&self.0);
        let request = self.request();
        let news = host.world.tokens.store().ended(shopper);
        if host.world.decide(Place::Call(Call::Ended), &host, request) == Some(Fault::NewsLost) {
            return Box::pin(std::future::pending());
        }
        Box::pin(async move {
            news.await;
            host.live().await;
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use checkout::ports::{AttemptId, RepeatPolicy};
    use checkout::testing::Fixture;
    use checkout::token::TokenDigest;
    use tokio::time::sleep;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(flavor = "current_thread", start_paused = true)]
    async fn a_restored_store_is_what_it_was() {
        let tokens = Tokens::new(Arc::new(WorldClock::new()));
        let claim = Claim {
            token: TokenRef {
                shopper: Fixture::new_shopper(),
                digest: TokenDigest(Fixture::new_uuid()),
            },
            fingerprint: Fingerprint([7; 32]),
            attempt: AttemptId(Fixture::new_uuid()),
            lease: 10 * SECOND,
            product_urls: vec![],
            repeat_window: 10 * SECOND,
            repeat: RepeatPolicy::Ask,
            keep: 60 * SECOND,
        };
        let state = |tokens: &Tokens| at_once(tokens.store().state(claim.token)).expect("memory always answers");
        tokens.tell(Verb::Claim(claim.clone()));
        repeat(&tokens.store(), &Verb::Claim(claim.clone()));
        sleep(2 * SECOND).await;
        tokens.restore(SECOND);
        assert_eq!(state(&tokens), TokenState::Claimed(8 * SECOND));
        tokens.restore(3 * SECOND);
        assert_eq!(state(&tokens), TokenState::Missing);
        assert_eq!(tokens.reach.load(Ordering::Relaxed), 0);
    }
}
