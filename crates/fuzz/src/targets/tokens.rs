//! Order tokens, their MAC, and what Redis answers about them.

use checkout::cart::{CartId, ShopperId};
use checkout::ports::TokenRef;
use checkout::quote::Fingerprint;
use checkout::time::Timestamp;
use checkout::token::{Intent, Key, KeyRing, OrderToken, TokenDigest};
use checkout_redis::testing::understood;
use proptest::prelude::*;
use uuid::Uuid;

use super::kept;
use crate::inputs::{bytes_like, text_like};
use crate::run::{Amount, Outcome, must, run};
use crate::shop::Shop;

fn intent(of: u128) -> Intent {
    Intent {
        shopper: ShopperId::from_uuid(Uuid::from_u128(of)),
        cart: CartId(Uuid::from_u128(of.rotate_left(64))),
        fingerprint: Fingerprint([of.to_le_bytes()[0]; 32]),
    }
}

fn ring() -> KeyRing {
    let key = |id| Key { id, secret: [id; 32] };
    KeyRing::new(key(1), vec![key(2)])
}

fn genuine() -> OrderToken {
    ring().sign(
        Uuid::from_u128(7),
        &intent(1),
        Timestamp::from_unix_ms(1_800_000_000_000),
    )
}

/// A text is a token in one way only, and a token and its digest are read as they were written.
pub(super) fn parse(amount: Amount, _: &Shop) -> Outcome {
    let wire = genuine().to_wire();
    run(kept!("token-parse"), &text_like(&[&wire, ""]), amount, |text| {
        let Ok(token) = OrderToken::parse(&text) else {
            return Ok(());
        };
        must(token.to_wire() == text, || "another text is the same token".to_owned())?;
        let digest = token.digest();
        must(TokenDigest::parse(&digest.to_string()) == Some(digest), || {
            format!("{digest} is not read as it is written")
        })?;
        let _ = token.expires_at();
        Ok(())
    })
}

/// Nothing but the very token is accepted, from nobody but its shopper, for nothing but its intent.
pub(super) fn verify(amount: Amount, _: &Shop) -> Outcome {
    let wire = genuine().to_wire();
    let inputs = (text_like(&[&wire]), prop_oneof![Just(1_u128), any::<u128>()]);
    run(kept!("mac-verify"), &inputs, amount, |(text, of)| {
        let Ok(token) = OrderToken::parse(&text) else {
            return Ok(());
        };
        let accepted = ring().verify(&token, &intent(of)).is_ok();
        must(accepted == (text == wire && of == 1), || {
            format!("accepted: {accepted}")
        })
    })
}

/// Whatever Redis answers, a verb understands it or refuses it.
pub(super) fn lua_replies(amount: Amount, _: &Shop) -> Outcome {
    let id = Uuid::from_u128(9).simple().to_string();
    let list = |words: &[&str]| {
        let words: Vec<_> = words
            .iter()
            .map(|word| format!("${}\r\n{word}\r\n", word.len()))
            .collect();
        format!("*{}\r\n{}", words.len(), words.concat())
    };
    let genuine = [
        list(&["claimed"]),
        list(&["placed", &id]),
        list(&["busy", "1500"]),
        list(&["repeat_placed", &id, "1800000000000"]),
        list(&["settled"]),
        "-NOSCRIPT No matching script.\r\n".to_owned(),
        "$-1\r\n".to_owned(),
        ":1\r\n".to_owned(),
    ];
    let genuine = genuine.map(String::into_bytes).to_vec();
    let token = TokenRef {
        shopper: intent(1).shopper,
        digest: TokenDigest(Uuid::from_u128(9)),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime that does nothing else can be made");
    run(kept!("lua-replies"), &bytes_like(genuine), amount, |reply| {
        let verbs = runtime.block_on(understood(&reply, token));
        // The same words mean the same to settle and release, and to claim and state.
        must(verbs <= 2, || format!("{verbs} verbs took it for their answer"))
    })
}
