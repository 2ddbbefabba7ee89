//! The store in memory keeps the contract of the port.

use std::sync::Arc;
use std::time::Instant;

use checkout::ports::{Clock, TokenStore};
use checkout::time::Timestamp;
use checkout_memory::MemoryTokens;

/// Runs, from a point that does not matter.
struct Stopwatch(Instant);

impl Clock for Stopwatch {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(1_700_000_000_000).after(self.0.elapsed())
    }
}

fn store() -> Arc<dyn TokenStore> {
    Arc::new(MemoryTokens::new(Arc::new(Stopwatch(Instant::now()))))
}

checkout::token_store_contract!(store());
