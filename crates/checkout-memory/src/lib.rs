//! Tokens and repeat guards in the memory of one process: the token store of a shop that runs without Redis.
//!
//! It means what `checkout-redis` means, sentence for sentence: both pass the same contract. Two servers that share a
//! database but not their memory still sell each intent once, for the database decides; they only notice later.

mod book;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use checkout::cart::ShopperId;
use checkout::news::{Ended, News};
use checkout::ports::{Claim, ClaimReply, Clock, Held, Release, Settle, StoreError, TokenRef, TokenState, TokenStore};
use checkout::quote::Fingerprint;

use book::Book;

/// Tokens and repeat guards in the memory of one process.
pub struct MemoryTokens {
    clock: Arc<dyn Clock>,
    book: Mutex<Book>,
    news: News<ShopperId>,
}

impl MemoryTokens {
    /// How many tokens are remembered at once. Beyond it a new page's token is not: its MAC proves it all the same.
    pub const MOST_TOKENS: usize = 200_000;

    /// An empty store that reads the time from `clock`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_room_for(clock, Self::MOST_TOKENS)
    }

    fn with_room_for(clock: Arc<dyn Clock>, most_tokens: usize) -> Self {
        Self {
            clock,
            book: Mutex::new(Book::new(most_tokens)),
            news: News::default(),
        }
    }

    /// The book. No verb panics half-way through a change, so one that was poisoned is still right.
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells those that wait for the shopper's claims that one ended.
    fn told(&self, shopper: ShopperId, held: Held) -> Held {
        if held == Held::Yes {
            self.news.tell(&shopper);
        }
        held
    }
}

#[async_trait]
impl TokenStore for MemoryTokens {
    async fn issue(&self, token: TokenRef, fingerprint: Fingerprint, keep: Duration) -> Result<(), StoreError> {
        self.book().issue(self.clock.now(), token, fingerprint, keep);
        Ok(())
    }

    async fn claim(&self, claim: &Claim) -> Result<ClaimReply, StoreError> {
        Ok(self.book().claim(self.clock.now(), claim))
    }

    async fn settle(&self, settle: &Settle) -> Result<Held, StoreError> {
        Ok(self.told(settle.token.shopper, self.book().settle(self.clock.now(), settle)))
    }

    async fn release(&self, release: &Release) -> Result<Held, StoreError> {
        Ok(self.told(release.token.shopper, self.book().release(self.clock.now(), release)))
    }

    async fn state(&self, token: TokenRef) -> Result<TokenState, StoreError> {
        Ok(self.book().state(self.clock.now(), token))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn ended(&self, shopper: ShopperId) -> Ended {
        self.news.of(shopper)
    }
}

#[cfg(test)]
mod tests;
