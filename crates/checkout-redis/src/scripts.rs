//! The Lua scripts. Each runs as one step of Redis, takes the time from Redis, and has one function here: its only
//! caller, which says what the keys and arguments are and reads the tagged reply.

use std::time::Duration;

use checkout::order::OrderId;
use checkout::ports::{
    Claim, ClaimReply, EarlierOrder, Held, Release, RepeatPolicy, Settle, StoreError, TokenRef, TokenState,
};
use checkout::quote::Fingerprint;
use checkout::time::Timestamp;
use redis::RedisError;
use redis::aio::ConnectionLike;
use uuid::Uuid;

use self::lua::{Call, Lua};
use crate::error::{corrupt, store_error};
use crate::keys::{NEWS_CHANNEL, ShopperKeys, hex, settled_guard};

mod lua;
#[cfg(test)]
mod tests;

/// Whether a token was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IssueReply {
    /// It was, and is kept.
    Issued,
    /// It was not, and stays as it is.
    Known,
    /// It was, and is not kept: the shopper has [`MOST_TOKENS`]. It can be claimed all the same.
    TooMany,
}

/// How many tokens of one shopper are kept within the life of one. Pages rendered beyond it, by whoever reloads without
/// end, cost Redis nothing.
pub(crate) const MOST_TOKENS: u32 = 200;

pub(crate) struct Scripts {
    issue: Lua,
    claim: Lua,
    settle: Lua,
    release: Lua,
    state: Lua,
}

impl Scripts {
    pub(crate) fn new() -> Self {
        Self {
            issue: Lua::new("issue.lua", include_str!("scripts/issue.lua")),
            claim: Lua::new("claim.lua", include_str!("scripts/claim.lua")),
            settle: Lua::new("settle.lua", include_str!("scripts/settle.lua")),
            release: Lua::new("release.lua", include_str!("scripts/release.lua")),
            state: Lua::new("state.lua", include_str!("scripts/state.lua")),
        }
    }

    /// Loads all of them, so that a syntax error stops the start and not the first sale; says which one failed.
    pub(crate) async fn load<C: ConnectionLike>(&self, connection: &mut C) -> Result<(), (&'static str, RedisError)> {
        for script in [&self.issue, &self.claim, &self.settle, &self.release, &self.state] {
            script.load(connection).await.map_err(|error| (script.name, error))?;
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
        let keys = ShopperKeys::of(token.shopper);
        let call = self
            .issue
            .call()
            .key(keys.token(token.digest))
            .key(keys.issued())
            .arg(hex(&fingerprint.0))
            .arg(ms(keep))
            .arg(MOST_TOKENS);
        let reply = Reply::of("issue token", &call, connection).await?;
        match reply.parts().as_slice() {
            ["issued"] => Ok(IssueReply::Issued),
            ["known"] => Ok(IssueReply::Known),
            ["too_many"] => Ok(IssueReply::TooMany),
            _ => Err(reply.corrupt()),
        }
    }

    pub(crate) async fn claim<C: ConnectionLike>(
        &self,
        connection: &mut C,
        claim: &Claim,
    ) -> Result<ClaimReply, StoreError> {
        let call = keyed(&self.claim, claim.token, &claim.product_urls)
            .arg(hex(&claim.fingerprint.0))
            .arg(claim.attempt.0)
            .arg(ms(claim.lease))
            .arg(ms(claim.keep))
            // Redis takes no time to live of 0.
            .arg(ms(claim.guard()).max(1))
            .arg(claim.token.digest)
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
        let call = keyed(&self.settle, settle.token, &settle.product_urls)
            .arg(settle.attempt.0)
            .arg(settle.order.id)
            .arg(ms(settle.keep))
            .arg(settle.token.digest)
            .arg(settled_guard(settle.token.digest, settle.order))
            .arg(ms(settle.repeat_window))
            .arg(NEWS_CHANNEL)
            .arg(ShopperKeys::of(settle.token.shopper).news());
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
        let call = keyed(&self.release, release.token, &release.product_urls)
            .arg(release.attempt.0)
            .arg(release.token.digest)
            .arg(NEWS_CHANNEL)
            .arg(ShopperKeys::of(release.token.shopper).news());
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
        let key = ShopperKeys::of(token.shopper).token(token.digest);
        let call = self.state.call().key(key);
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

/// A call with the keys of every script that touches guards: the token's, then one for each product.
fn keyed<'a>(lua: &'a Lua, token: TokenRef, product_urls: &[String]) -> Call<'a> {
    let keys = ShopperKeys::of(token.shopper);
    let guards = product_urls.iter().map(|url| keys.guard(url));
    lua.call().key(keys.token(token.digest)).keys(guards)
}

/// A tagged list: a word that says which answer it is, and what belongs to it.
struct Reply {
    operation: &'static str,
    parts: Vec<String>,
}

impl Reply {
    async fn of<C: ConnectionLike>(
        operation: &'static str,
        call: &Call<'_>,
        connection: &mut C,
    ) -> Result<Self, StoreError> {
        let answer = call.send(connection).await;
        let parts = answer.map_err(|error| store_error(operation, error))?;
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
