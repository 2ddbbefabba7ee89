//! Steps that the protocol does not have: what the variants do with a token instead of claiming it.

use crate::answers::Answer;
use crate::invariants::Broken;
use crate::model::{Model, Nexts};
use crate::phase::Phase;
use crate::protocol::go;
use crate::rules::TokenRule;
use crate::token_store::Reply;
use crate::world::{Id, Token, World};

impl Model {
    /// Reads a token that is consumed by deleting it.
    pub fn consumes(&self, world: &World, id: Id, nexts: &mut Nexts) {
        if world.token(id) == Token::Missing {
            nexts.add(
                world,
                id,
                "finds no token and is answered \"already submitted\"",
                |world| self.tell(world, id, Answer::AlreadySubmitted),
            );
        } else if self.rules.token == TokenRule::GetThenDelete {
            nexts.add(world, id, "finds the token (GET)", |world| go(world, id, Phase::Take));
        } else {
            nexts.add(world, id, "finds and deletes the token (GETDEL)", |world| {
                delete(world, id)
            });
        }
    }

    /// The second of two steps that should be one.
    pub fn takes(&self, world: &World, id: Id, nexts: &mut Nexts) {
        if self.rules.token == TokenRule::GetThenDelete {
            nexts.add(world, id, "deletes the token (DEL)", |world| delete(world, id));
        } else {
            nexts.add(world, id, "writes its claim", |world| {
                let broken = self.grant(world, id);
                broken | self.claimed(world, id, Reply::Claimed)
            });
        }
    }
}

fn delete(world: &mut World, id: Id) -> Broken {
    *world.token_mut(id) = Token::Missing;
    go(world, id, Phase::Insert(0))
}
