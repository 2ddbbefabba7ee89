//! The claim: who may try, and what the others get.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::super::{PlaceOrderError, Placement};
use super::Attempt;
use crate::news::Ended;
use crate::order::OrderId;
use crate::ports::{Claim, ClaimReply, StoreError};
use crate::settings::OnRedisOutage;

/// How often a loser asks again whether the winner is done, in case that news of it was lost.
const POLL: Duration = Duration::from_millis(250);

/// What the claim decided.
pub(super) enum Claimed {
    /// This attempt may try: it owns the claim, or the token store is out of reach and the database decides alone.
    Right,
    /// There is nothing to try: the intent has its order.
    Replayed(Placement),
}

impl Attempt {
    /// Claims the token, waiting for another attempt that holds it until the deadline.
    pub(super) async fn claim(&self, product_urls: &[String]) -> Result<Claimed, PlaceOrderError> {
        let timeouts = &self.checkout.settings.timeouts;
        let claim = Claim {
            token: self.token,
            fingerprint: self.command.fingerprint,
            attempt: self.id,
            lease: timeouts.claim_lease,
            product_urls: product_urls.to_vec(),
            repeat_window: timeouts.repeat_window,
            repeat: self.command.repeat,
            keep: timeouts.result_kept,
        };
        loop {
            // Listening before asking: what ends in between is not missed.
            let ended = self.checkout.ports.tokens.ended(self.token.shopper);
            let waiting_for = match self.checkout.ports.tokens.claim(&claim).await {
                Ok(ClaimReply::Claimed) => return Ok(Claimed::Right),
                Ok(ClaimReply::Mismatch) => return Err(PlaceOrderError::TokenMismatch),
                // The database is authoritative: without the order there, the token store remembers a lost one.
                Ok(ClaimReply::Placed(order)) => return self.replay_settled(order).await,
                Ok(ClaimReply::Busy(_)) => PlaceOrderError::InProgress,
                Ok(ClaimReply::Repeat(earlier)) => PlaceOrderError::Repeat(earlier),
                Err(error) => return self.degrade(error).await,
            };
            // Whoever holds the claim or the guard may have ordered this very cart: through another page of it, or
            // without being able to settle.
            if let Some(placement) = self.replay().await? {
                return Ok(Claimed::Replayed(placement));
            }
            if matches!(waiting_for, PlaceOrderError::Repeat(Some(_))) || !self.wait(ended).await {
                if let PlaceOrderError::Repeat(earlier) = &waiting_for {
                    self.tell_repeat(*earlier);
                }
                return Err(waiting_for);
            }
        }
    }

    async fn replay_settled(&self, order: OrderId) -> Result<Claimed, PlaceOrderError> {
        if let Some(placement) = self.replay().await? {
            return Ok(Claimed::Replayed(placement));
        }
        tracing::error!(token = %self.token.digest, %order, "the token store names an order that the database lacks");
        Err(PlaceOrderError::OutcomeUnknown(None))
    }

    /// Waits until asking again makes sense; `false` when the deadline came first.
    async fn wait(&self, ended: Ended) -> bool {
        let again = (Instant::now() + POLL).min(self.deadline);
        tokio::select! {
            () = ended => {}
            () = sleep_until(again) => {}
        }
        Instant::now() < self.deadline
    }

    /// What is left without the token store. The claim may have been executed all the same: that is for the lease, or
    /// for the settle at the end, should the store be back by then.
    async fn degrade(&self, error: StoreError) -> Result<Claimed, PlaceOrderError> {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the token store is out of reach"
        );
        match self.checkout.settings.on_redis_outage {
            OnRedisOutage::Database => Ok(Claimed::Right),
            OnRedisOutage::Refuse => {
                let replayed = self.replay().await?;
                replayed
                    .map(Claimed::Replayed)
                    .ok_or(PlaceOrderError::Unavailable(error))
            }
        }
    }
}
