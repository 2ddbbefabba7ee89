//! Who holds which token, by what the token store told them: at most one attempt at a time.

use std::collections::HashMap;

use checkout::ports::{Clock as _, TokenRef};
use checkout::time::Timestamp;

use crate::checker::Kind;
use crate::history::Request;
use crate::world::World;

/// Who holds which token, and until when. An owner whose lease is over may be a loser by now.
#[derive(Debug, Default)]
pub(crate) struct Holders(HashMap<TokenRef, (Option<Request>, Timestamp)>);

impl Holders {
    /// An attempt was told that it holds the token.
    pub(crate) fn claimed(&mut self, world: &World, token: TokenRef, by: Option<Request>, ends: Timestamp) {
        let held = self.0.insert(token, (by, ends));
        if let Some((holder, _)) = held.filter(|(holder, ends)| *holder != by && *ends > world.clock.now()) {
            let text = format!("{by:?} was given the token that {holder:?} holds");
            world.history().violated(Kind::Claim, text);
        }
    }

    /// An attempt was told that it ended its claim.
    pub(crate) fn ended(&mut self, world: &World, token: TokenRef, by: Option<Request>) {
        if let Some((holder, _)) = self.0.remove(&token).filter(|(holder, _)| *holder != by) {
            let text = format!("{by:?} ended the claim of {holder:?}");
            world.history().violated(Kind::Claim, text);
        }
    }

    /// The token store forgot.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }
}
