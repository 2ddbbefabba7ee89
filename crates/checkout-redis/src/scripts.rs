//! The Lua scripts. Each runs as one step of Redis, takes the time from Redis, and has one function here: its only
//! caller, which says what the keys and arguments are and reads the tagged reply.

use std::time::Duration;

use checkout::order::OrderId;
use checkout::ports::{
    Claim, ClaimReply, EarlierOrder, Held, Release, RepeatPolicy, Settle, StoreError, TokenRef, TokenState,
};
use checkout::quote::Fingerprint;
use checkout::time::Timestamp;
use redis::aio::ConnectionLike;
use redis::{RedisError, Script, ScriptInvocation};
use uuid::Uuid;

use crate::error::{corrupt, store_error};
use crate::keys::{ShopperKeys, hex, settled_guard};

#[cfg(test)]
mod tests;

/// Whether a token was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IssueReply {
    /// It was, and is kept.
    Issued,
    /// It was not, and stays as it is.
    Known,
}

pub(crate) struct Scripts {
    issue: Script,
    claim: Script,
    settle: Script,
    release: Script,
    state: Script,
}

impl Scripts {
    pub(crate) fn new() -> Self {
        Self {
            issue: Script::new(include_str!("scripts/issue.lua")),
            claim: Script::new(include_str!("scripts/claim.lua")),
            settle: Script::new(include_str!("scripts/settle.lua")),
            release: Script::new(include_str!("scripts/release.lua")),
            state: Script::new(include_str!("scripts/state.lua")),
        }
    }

    /// Loads all of them, so that a syntax error stops the start and not the first sale; says which one failed.
    pub(crate) async fn load<C: ConnectionLike>(&self, connection: &mut C) -> Result<(), (&'static str, RedisError)> {
        let all = [
            ("issue.lua", &self.issue),
            ("claim.lua", &self.claim),
            ("settle.lua", &self.settle),
            ("release.lua", &self.release),
            ("state.lua", &self.state),
        ];
        for (name, script) in all {
            script.load_async(connection).await.map_err(|error| (name, error))?;
        }
        Ok(())
    }

    pub(crate) async fn issue<C: ConnectionLike>(
        &self,
        connection: &mut C,
        token: TokenRef,
        fingerprint: Fingerprint,
        keep: Duration,
    ) -> Result<IssueReply, StoreError> {
        let mut call = self.issue.key(ShopperKeys::of(token.shopper).token(token.digest));
        call.arg(hex(&fingerprint.0)).arg(ms(keep));
        let reply = Reply::of("issue token", &call, connection).await?;
        match reply.parts().as_slice() {
            ["issued"] => Ok(IssueReply::Issued),
            ["known"] => Ok(IssueReply::Known),
            _ => Err(reply.corrupt()),
        }
    }

    pub(crate) async fn claim<C: ConnectionLike>(
        &self,
        connection: &mut C,
        claim: &Claim,
    ) -> Result<ClaimReply, StoreError> {
        let mut call = self.claim.prepare_invoke();
        add_keys(&mut call, claim.token, &claim.product_urls);
        call.arg(hex(&claim.fingerprint.0))
            .arg(claim.attempt.0.to_string())
            .arg(ms(claim.lease))
            .arg(ms(claim.keep))
            // Redis takes no time to live of 0.
            .arg(ms(claim.guard()).max(1))
            .arg(claim.token.digest.to_string())
            .arg(match claim.repeat {
                RepeatPolicy::Ask => "ask",
                RepeatPolicy::Confirmed => "confirmed",
            });
        let reply = Reply::of("claim token", &call, connection).await?;
        match reply.parts().as_slice() {
            ["claimed"] => Ok(ClaimReply::Claimed),
            ["mismatch"] => Ok(ClaimReply::Mismatch),
            ["placed", order] => Ok(ClaimReply::Placed(reply.order(order)?)),
            ["busy", left_ms] => Ok(ClaimReply::Busy(Duration::from_millis(reply.number(left_ms)?))),
            ["repeat_running"] => Ok(ClaimReply::Repeat(None)),
            ["repeat_placed", order, placed_ms] => Ok(ClaimReply::Repeat(Some(EarlierOrder {
                id: reply.order(order)?,
                placed_at: Timestamp::from_unix_ms(reply.number(placed_ms)?),
            }))),
            _ => Err(reply.corrupt()),
        }
    }

    pub(crate) async fn settle<C: ConnectionLike>(
        &self,
        connection: &mut C,
        settle: &Settle,
    ) -> Result<Held, StoreError> {
        let mut call = self.settle.prepare_invoke();
        add_keys(&mut call, settle.token, &settle.product_urls);
        call.arg(settle.attempt.0.to_string())
            .arg(settle.order.id.to_string())
            .arg(ms(settle.keep))
            .arg(settle.token.digest.to_string())
            .arg(settled_guard(settle.token.digest, settle.order))
            .arg(ms(settle.repeat_window));
        let reply = Reply::of("settle token", &call, connection).await?;
        match reply.parts().as_slice() {
            ["settled"] => Ok(Held::Yes),
            ["lost"] => Ok(Held::No),
            _ => Err(reply.corrupt()),
        }
    }

    pub(crate) async fn release<C: ConnectionLike>(
        &self,
        connection: &mut C,
        release: &Release,
    ) -> Result<Held, StoreError> {
        let mut call = self.release.prepare_invoke();
        add_keys(&mut call, release.token, &release.product_urls);
        call.arg(release.attempt.0.to_string())
            .arg(release.token.digest.to_string());
        let reply = Reply::of("release token", &call, connection).await?;
        match reply.parts().as_slice() {
            ["released"] => Ok(Held::Yes),
            ["lost"] => Ok(Held::No),
            _ => Err(reply.corrupt()),
        }
    }

    pub(crate) async fn state<C: ConnectionLike>(
        &self,
        connection: &mut C,
        token: TokenRef,
    ) -> Result<TokenState, StoreError> {
        let call = self.state.key(ShopperKeys::of(token.shopper).token(token.digest));
        let reply = Reply::of("read token state", &call, connection).await?;
        match reply.parts().as_slice() {
            ["missing"] => Ok(TokenState::Missing),
            ["issued"] => Ok(TokenState::Issued),
            ["claimed", left_ms] => Ok(TokenState::Claimed(Duration::from_millis(reply.number(left_ms)?))),
            ["placed", order] => Ok(TokenState::Placed(reply.order(order)?)),
            _ => Err(reply.corrupt()),
        }
    }
}

/// The keys of every script that touches guards: the token's, then one for each product.
fn add_keys(call: &mut ScriptInvocation<'_>, token: TokenRef, product_urls: &[String]) {
    let keys = ShopperKeys::of(token.shopper);
    call.key(keys.token(token.digest));
    for url in product_urls {
        call.key(keys.guard(url));
    }
}

/// A tagged list: a word that says which answer it is, and what belongs to it.
struct Reply {
    operation: &'static str,
    parts: Vec<String>,
}

impl Reply {
    async fn of<C: ConnectionLike>(
        operation: &'static str,
        call: &ScriptInvocation<'_>,
        connection: &mut C,
    ) -> Result<Self, StoreError> {
        let parts = call
            .invoke_async(connection)
            .await
            .map_err(|error| store_error(operation, error))?;
        Ok(Self { operation, parts })
    }

    fn parts(&self) -> Vec<&str> {
        self.parts.iter().map(String::as_str).collect()
    }

    fn order(&self, text: &str) -> Result<OrderId, StoreError> {
        Uuid::parse_str(text).map(OrderId).map_err(|_| self.corrupt())
    }

    fn number(&self, text: &str) -> Result<u64, StoreError> {
        text.parse().map_err(|_| self.corrupt())
    }

    fn corrupt(&self) -> StoreError {
        corrupt(self.operation, &self.parts)
    }
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
