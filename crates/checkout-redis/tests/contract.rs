//! Redis keeps the contract of the port.

use std::sync::Arc;

use checkout::ports::TokenStore;
use checkout::settings::Timeouts;
use checkout_redis::RedisTokens;

async fn store() -> Arc<dyn TokenStore> {
    let url = std::env::var("TEST_REDIS_URL")
        .expect("TEST_REDIS_URL names the Redis to test with: run `make test`, which starts one");
    // A loaded machine may pause for longer than a shop would wait.
    let timeouts = Timeouts {
        redis_operation: std::time::Duration::from_secs(10),
        ..Timeouts::default()
    };
    let store = RedisTokens::connect(&url, &timeouts).await.expect("Redis answers");
    store.listens().await;
    Arc::new(store)
}

checkout::token_store_contract!(store().await);
