//! Servers, and what is asked of them.

mod certificates;
mod proxy;
mod server;

use std::error::Error;
use std::fmt::Write as _;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use checkout::order::OrderId;
use checkout::ports::{
    AttemptId, Claim, ClaimReply, EarlierOrder, Release, RepeatPolicy, Settle, StoreError, StoreErrorKind, TokenRef,
    TokenStore,
};
use checkout::quote::Fingerprint;
use checkout::settings::Timeouts;
use checkout::testing::Fixture;
use checkout::time::Timestamp;
use checkout::token::TokenDigest;
use checkout_redis::RedisTokens;

pub use certificates::write_certificates;
pub use proxy::{Fault, Proxy};
pub use server::{Server, free_port, run};

/// Far longer than anything here takes, and short enough to be told of.
const SURELY: Duration = Duration::from_mins(1);

/// A loaded machine may pause for longer than a shop would wait.
pub fn patient() -> Timeouts {
    Timeouts {
        redis_operation: Duration::from_secs(10),
        ..Timeouts::default()
    }
}

/// A store that waits patiently: what fails here fails by what it is told, and not by its limit.
pub async fn connect(url: &str) -> RedisTokens {
    connect_with(url, &patient()).await
}

/// A store whose operations may take as long as in a shop, 250 ms.
pub async fn connect_hasty(url: &str) -> RedisTokens {
    connect_with(url, &Timeouts::default()).await
}

async fn connect_with(url: &str, timeouts: &Timeouts) -> RedisTokens {
    RedisTokens::connect(url, timeouts)
        .await
        .unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// A store for the contract: it waits patiently, and hears news already.
pub async fn contracted(url: &str) -> Arc<dyn TokenStore> {
    let store = connect(url).await;
    surely("news is heard", store.listens()).await;
    Arc::new(store)
}

/// The outcome of what must come to an end.
pub async fn surely<T>(what: &str, work: impl Future<Output = T>) -> T {
    let ended = tokio::time::timeout(SURELY, work).await;
    ended.unwrap_or_else(|_| panic!("{what}: not within {SURELY:?}"))
}

/// Asks again until it is so. Another process can not be waited for otherwise.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let asking = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    surely(what, asking).await;
}

/// Until the store takes writes.
pub async fn until_it_answers(store: &dyn TokenStore) {
    until("the store answers", async || store.ping().await.is_ok()).await;
}

pub fn new_token() -> TokenRef {
    TokenRef {
        shopper: Fixture::new_shopper(),
        digest: TokenDigest(Fixture::new_uuid()),
    }
}

pub fn claim_of(token: TokenRef) -> Claim {
    Claim {
        token,
        fingerprint: Fingerprint([7; 32]),
        attempt: AttemptId(Fixture::new_uuid()),
        lease: Fixture::LONG,
        product_urls: vec!["/products/mug".into()],
        repeat_window: Fixture::LONG,
        repeat: RepeatPolicy::Ask,
        keep: Fixture::LONG,
    }
}

/// Another attempt with the same token.
pub fn again(claim: &Claim) -> Claim {
    Claim {
        attempt: AttemptId(Fixture::new_uuid()),
        ..claim.clone()
    }
}

pub fn settle_of(claim: &Claim) -> Settle {
    Settle {
        token: claim.token,
        attempt: claim.attempt,
        order: EarlierOrder {
            id: OrderId(Fixture::new_uuid()),
            placed_at: Timestamp::from_unix_ms(1_700_000_000_000),
        },
        product_urls: claim.product_urls.clone(),
        repeat_window: claim.repeat_window,
        keep: claim.keep,
    }
}

pub fn release_of(claim: &Claim) -> Release {
    Release {
        token: claim.token,
        attempt: claim.attempt,
        product_urls: claim.product_urls.clone(),
    }
}

pub async fn issue(store: &dyn TokenStore, token: TokenRef) -> Result<(), StoreError> {
    store.issue(token, Fingerprint([7; 32]), Fixture::LONG).await
}

pub async fn ask(store: &dyn TokenStore, claim: &Claim) -> ClaimReply {
    store
        .claim(claim)
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)))
}

pub async fn claimed(store: &dyn TokenStore, claim: &Claim) {
    assert_eq!(ask(store, claim).await, ClaimReply::Claimed);
}

/// Until a claim succeeds: one that waits no longer than a shop may fail now and then.
pub async fn until_claimed(store: &dyn TokenStore) {
    let claim = claim_of(new_token());
    until("a claim succeeds", async || {
        matches!(store.claim(&claim).await, Ok(ClaimReply::Claimed))
    })
    .await;
}

/// What an operation that has to fail means.
pub fn kind<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> StoreErrorKind {
    answer.expect_err("it can not be done").kind
}

/// Everything that an error says: what a log would show.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = format!("{error:?}");
    let mut cause = Some(error);
    while let Some(error) = cause {
        let _ = write!(text, " / {error}");
        cause = error.source();
    }
    text
}
