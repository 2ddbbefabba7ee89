//! What is remembered, and the verbs over it. Every verb is told the time and does all of its work or nothing.

use std::collections::HashMap;
use std::time::Duration;

use checkout::cart::ShopperId;
use checkout::order::OrderId;
use checkout::ports::{
    AttemptId, Claim, ClaimReply, EarlierOrder, Held, Release, RepeatPolicy, Settle, TokenRef, TokenState,
};
use checkout::quote::Fingerprint;
use checkout::time::Timestamp;
use checkout::token::TokenDigest;

/// How often the book is looked through for what has expired: rarely enough that a verb costs the same on average
/// however many entries there are.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(10);

#[derive(Clone, Copy)]
enum Stage {
    Issued,
    Claimed { attempt: AttemptId, lease_ends: Timestamp },
    Placed(OrderId),
}

struct Token {
    fingerprint: Fingerprint,
    stage: Stage,
    kept_until: Timestamp,
}

struct Guard {
    owner: TokenDigest,
    /// `None` while the owner's attempt runs.
    order: Option<EarlierOrder>,
    ends: Timestamp,
}

type GuardKey = (ShopperId, String);

pub(crate) struct Book {
    tokens: HashMap<TokenRef, Token>,
    guards: HashMap<GuardKey, Guard>,
    most_tokens: usize,
    next_sweep: Timestamp,
}

impl Book {
    pub(crate) fn new(most_tokens: usize) -> Self {
        Self {
            tokens: HashMap::new(),
            guards: HashMap::new(),
            most_tokens,
            next_sweep: Timestamp::default(),
        }
    }

    pub(crate) fn issue(&mut self, now: Timestamp, token: TokenRef, fingerprint: Fingerprint, keep: Duration) {
        self.sweep(now);
        if self.token(now, token).is_some() || self.tokens.len() >= self.most_tokens {
            return;
        }
        let issued = Token {
            fingerprint,
            stage: Stage::Issued,
            kept_until: now.after(keep),
        };
        self.tokens.insert(token, issued);
    }

    pub(crate) fn claim(&mut self, now: Timestamp, claim: &Claim) -> ClaimReply {
        self.sweep(now);
        if let Some(refused) = self.held_by_others(now, claim).or_else(|| self.repeated(now, claim)) {
            return refused;
        }
        let claimed = Token {
            fingerprint: claim.fingerprint,
            stage: Stage::Claimed {
                attempt: claim.attempt,
                lease_ends: now.after(claim.lease),
            },
            kept_until: now.after(claim.keep),
        };
        self.tokens.insert(claim.token, claimed);
        for url in &claim.product_urls {
            let guard = Guard {
                owner: claim.token.digest,
                order: None,
                ends: now.after(claim.guard()),
            };
            self.guards.insert((claim.token.shopper, url.clone()), guard);
        }
        ClaimReply::Claimed
    }

    pub(crate) fn settle(&mut self, now: Timestamp, settle: &Settle) -> Held {
        let Some(token) = self.claimed_by(now, settle.token, settle.attempt) else {
            return Held::No;
        };
        token.stage = Stage::Placed(settle.order.id);
        token.kept_until = now.after(settle.keep);
        for url in &settle.product_urls {
            if self.guarded_by_another(now, settle.token, url) {
                continue;
            }
            let guard = Guard {
                owner: settle.token.digest,
                order: Some(settle.order),
                ends: now.after(settle.repeat_window),
            };
            self.guards.insert((settle.token.shopper, url.clone()), guard);
        }
        Held::Yes
    }

    pub(crate) fn release(&mut self, now: Timestamp, release: &Release) -> Held {
        let Some(token) = self.claimed_by(now, release.token, release.attempt) else {
            return Held::No;
        };
        token.stage = Stage::Issued;
        for url in &release.product_urls {
            if !self.guarded_by_another(now, release.token, url) {
                self.guards.remove(&(release.token.shopper, url.clone()));
            }
        }
        Held::Yes
    }

    pub(crate) fn state(&self, now: Timestamp, token: TokenRef) -> TokenState {
        match self.token(now, token).map(|token| token.stage) {
            None => TokenState::Missing,
            Some(Stage::Issued) => TokenState::Issued,
            Some(Stage::Claimed { lease_ends, .. }) => TokenState::Claimed(lease_ends.since(now)),
            Some(Stage::Placed(order)) => TokenState::Placed(order),
        }
    }

    /// Why the token itself can not be claimed, in the order of the protocol.
    fn held_by_others(&self, now: Timestamp, claim: &Claim) -> Option<ClaimReply> {
        let token = self.token(now, claim.token)?;
        if token.fingerprint != claim.fingerprint {
            return Some(ClaimReply::Mismatch);
        }
        match token.stage {
            Stage::Placed(order) => Some(ClaimReply::Placed(order)),
            Stage::Claimed { attempt, lease_ends } if attempt != claim.attempt && lease_ends > now => {
                Some(ClaimReply::Busy(lease_ends.since(now)))
            }
            Stage::Issued | Stage::Claimed { .. } => None,
        }
    }

    /// Whether another token holds a guard. One that runs comes first: nothing passes it.
    fn repeated(&self, now: Timestamp, claim: &Claim) -> Option<ClaimReply> {
        let mut earlier = None;
        for url in &claim.product_urls {
            let guard = self.guards.get(&(claim.token.shopper, url.clone()));
            let of_another = guard.filter(|guard| guard.ends > now && guard.owner != claim.token.digest);
            match of_another.map(|guard| guard.order) {
                None => {}
                Some(None) => return Some(ClaimReply::Repeat(None)),
                Some(order) => earlier = earlier.or(order),
            }
        }
        match claim.repeat {
            RepeatPolicy::Ask => earlier.map(|order| ClaimReply::Repeat(Some(order))),
            RepeatPolicy::Confirmed => None,
        }
    }

    fn token(&self, now: Timestamp, token: TokenRef) -> Option<&Token> {
        self.tokens.get(&token).filter(|token| token.kept_until > now)
    }

    fn claimed_by(&mut self, now: Timestamp, token: TokenRef, owner: AttemptId) -> Option<&mut Token> {
        let token = self.tokens.get_mut(&token).filter(|token| token.kept_until > now)?;
        matches!(token.stage, Stage::Claimed { attempt, .. } if attempt == owner).then_some(token)
    }

    fn guarded_by_another(&self, now: Timestamp, token: TokenRef, url: &str) -> bool {
        let guard = self.guards.get(&(token.shopper, url.to_owned()));
        guard.is_some_and(|guard| guard.ends > now && guard.owner != token.digest)
    }

    /// Forgets what has expired; looks through the book at most once in [`BETWEEN_SWEEPS`]. When the book is still full
    /// then, it forgets the orders as well: the database knows them.
    fn sweep(&mut self, now: Timestamp) {
        if now < self.next_sweep {
            return;
        }
        self.next_sweep = now.after(BETWEEN_SWEEPS);
        self.guards.retain(|_, guard| guard.ends > now);
        self.tokens.retain(|_, token| token.kept_until > now);
        if self.tokens.len() >= self.most_tokens {
            self.tokens.retain(|_, token| !matches!(token.stage, Stage::Placed(_)));
        }
    }

    /// How many entries there are, expired ones included.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.tokens.len() + self.guards.len()
    }
}
