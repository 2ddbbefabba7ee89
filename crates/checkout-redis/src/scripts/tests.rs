//! Every return that a script documents, against a real Redis.

mod desk;
mod many_tokens;

use redis::AsyncTypedCommands as _;

use super::*;
use desk::{Desk, MUG};

#[tokio::test]
async fn issue_answers_issued_then_known() {
    let mut desk = Desk::open().await;
    assert_eq!(desk.issue().await, IssueReply::Issued);
    assert_eq!(desk.issue().await, IssueReply::Known);
}

#[tokio::test]
async fn claim_answers_claimed_busy_and_mismatch() {
    let mut desk = Desk::open().await;
    let claim = desk.claim();
    assert_eq!(desk.ask(&claim).await, ClaimReply::Claimed);
    let other_attempt = desk.claim();
    let ClaimReply::Busy(left) = desk.ask(&other_attempt).await else {
        panic!("not busy")
    };
    assert!(left > Duration::ZERO && left <= claim.lease, "{left:?}");
    let edited = Claim {
        fingerprint: Fingerprint([8; 32]),
        ..claim
    };
    assert_eq!(
        desk.ask(&edited).await,
        ClaimReply::Mismatch,
        "even for the attempt that holds it"
    );
}

#[tokio::test]
async fn claim_answers_placed_and_repeat() {
    let mut desk = Desk::open().await;
    let (claim, rival) = (desk.claim(), desk.rival());
    desk.ask(&claim).await;
    assert_eq!(desk.ask(&rival).await, ClaimReply::Repeat(None));
    let (held, order) = desk.settle(&claim).await;
    assert_eq!(held, Held::Yes);
    assert_eq!(desk.ask(&claim).await, ClaimReply::Placed(order.id));
    assert_eq!(desk.ask(&rival).await, ClaimReply::Repeat(Some(order)));
}

#[tokio::test]
async fn a_running_guard_is_told_before_an_order_that_can_be_confirmed() {
    let mut desk = Desk::open().await;
    let (ordered, running) = (desk.claim(), desk.rival());
    desk.ask(&ordered).await;
    desk.settle(&ordered).await;
    let running = Claim {
        product_urls: vec!["/products/tea".into()],
        ..running
    };
    assert_eq!(desk.ask(&running).await, ClaimReply::Claimed);
    let third = Claim {
        product_urls: vec![MUG.into(), "/products/tea".into()],
        ..desk.rival()
    };
    assert_eq!(desk.ask(&third).await, ClaimReply::Repeat(None));
}

#[tokio::test]
async fn settle_and_release_answer_lost_to_whoever_does_not_hold_the_claim() {
    let mut desk = Desk::open().await;
    let claim = desk.claim();
    assert_eq!(desk.settle(&claim).await.0, Held::No, "a token nobody knows");
    assert_eq!(desk.release(&claim).await, Held::No, "a token nobody knows");
    desk.issue().await;
    assert_eq!(desk.settle(&claim).await.0, Held::No, "an issued token");
    desk.ask(&claim).await;
    let loser = desk.claim();
    assert_eq!(desk.settle(&loser).await.0, Held::No);
    assert_eq!(desk.release(&loser).await, Held::No);
    assert_eq!(desk.release(&claim).await, Held::Yes);
    assert_eq!(desk.release(&claim).await, Held::No, "released already");
}

#[tokio::test]
async fn whoever_lost_the_lease_neither_settles_nor_releases() {
    let mut desk = Desk::open().await;
    let late = Claim {
        lease: Duration::ZERO,
        ..desk.claim()
    };
    assert_eq!(desk.ask(&late).await, ClaimReply::Claimed);
    let owner = desk.claim();
    assert_eq!(desk.ask(&owner).await, ClaimReply::Claimed, "the lease is over");
    let before = desk.contents().await;
    assert_eq!(desk.settle(&late).await.0, Held::No);
    assert_eq!(desk.release(&late).await, Held::No);
    assert_eq!(desk.contents().await, before, "nothing was changed");
    let (held, order) = desk.settle(&owner).await;
    assert_eq!(held, Held::Yes);
    assert_eq!(desk.settle(&late).await.0, Held::No, "nor after the order");
    assert_eq!(desk.release(&late).await, Held::No);
    assert_eq!(desk.state().await, TokenState::Placed(order.id));
}

#[test]
fn no_script_is_longer_than_a_screen() {
    for script in [
        include_str!("claim.lua"),
        include_str!("issue.lua"),
        include_str!("release.lua"),
        include_str!("settle.lua"),
        include_str!("state.lua"),
    ] {
        assert!(script.lines().count() <= 30, "{script}");
        for documented in ["-- KEYS: ", "-- ARGV: ", "-- Returns: "] {
            assert!(script.contains(documented), "{script}");
        }
    }
}

#[tokio::test]
async fn state_answers_missing_issued_claimed_placed() {
    let mut desk = Desk::open().await;
    assert_eq!(desk.state().await, TokenState::Missing);
    desk.issue().await;
    assert_eq!(desk.state().await, TokenState::Issued);
    let claim = desk.claim();
    desk.ask(&claim).await;
    assert!(matches!(desk.state().await, TokenState::Claimed(left) if left > Duration::ZERO));
    let (_, order) = desk.settle(&claim).await;
    assert_eq!(desk.state().await, TokenState::Placed(order.id));
}

#[tokio::test]
async fn state_answers_zero_once_the_lease_is_over() {
    let mut desk = Desk::open().await;
    let claim = Claim {
        lease: Duration::ZERO,
        ..desk.claim()
    };
    desk.ask(&claim).await;
    assert_eq!(desk.state().await, TokenState::Claimed(Duration::ZERO));
}

#[tokio::test]
async fn every_key_has_a_ttl_after_every_verb() {
    let mut desk = Desk::open().await;
    desk.issue().await;
    desk.every_key_has_a_ttl(2).await;
    let claim = desk.claim();
    desk.ask(&claim).await;
    desk.every_key_has_a_ttl(3).await;
    desk.release(&claim).await;
    desk.every_key_has_a_ttl(2).await;
    desk.ask(&claim).await;
    desk.settle(&claim).await;
    desk.every_key_has_a_ttl(3).await;
}

#[tokio::test]
async fn a_token_that_nobody_knew_has_a_ttl_once_it_is_claimed() {
    let mut desk = Desk::open().await;
    let claim = desk.claim();
    desk.ask(&claim).await;
    desk.every_key_has_a_ttl(2).await;
}

#[tokio::test]
async fn a_settled_guard_holds_for_its_window() {
    let mut desk = Desk::open().await;
    let claim = desk.claim();
    desk.ask(&claim).await;
    desk.settle(&claim).await;
    let window = i64::try_from(claim.repeat_window.as_millis()).expect("it fits");
    let guard = ShopperKeys::of(claim.token.shopper).guard(MUG);
    let keys = desk.keys().await;
    let (_, ttl_ms) = keys
        .iter()
        .find(|(name, _)| *name == guard)
        .expect("the guard is there");
    assert!((1..=window).contains(ttl_ms), "{ttl_ms} ms");
}

#[tokio::test]
async fn nothing_of_shopper_or_token_reaches_a_key() {
    let mut desk = Desk::open().await;
    let claim = desk.claim();
    desk.ask(&claim).await;
    let id = *desk.token.shopper.as_uuid();
    for (name, _) in desk.keys().await {
        assert!(name.starts_with("once:{"), "{name}");
        assert!(!name.contains(&id.to_string()), "{name}");
        assert!(!name.contains(&id.simple().to_string()), "{name}");
    }
}

#[tokio::test]
async fn a_value_of_another_kind_is_an_error_and_not_a_claim() {
    let mut desk = Desk::open().await;
    let name = ShopperKeys::of(desk.token.shopper).token(desk.token.digest);
    desk.redis.set_ex(name, "not a hash", 60).await.expect("set");
    let claim = desk.claim();
    assert!(desk.scripts.claim(&mut desk.redis, &claim).await.is_err());
}

#[tokio::test]
async fn an_order_that_is_no_id_is_corrupt() {
    let mut desk = Desk::open().await;
    let name = ShopperKeys::of(desk.token.shopper).token(desk.token.digest);
    let fields = [("state", "placed"), ("order", "no id")];
    desk.redis.hset_multiple(&name, &fields).await.expect("set");
    desk.redis.expire(&name, 60).await.expect("set");
    let error = desk.scripts.state(&mut desk.redis, desk.token).await;
    let error = error.expect_err("no order has this id");
    assert_eq!(error.kind, checkout::ports::StoreErrorKind::Corrupt);
}

#[tokio::test]
async fn a_script_with_a_syntax_error_is_named_when_it_is_loaded() {
    let mut desk = Desk::open().await;
    desk.scripts.settle = Lua::new("settle.lua", "return {");
    let (name, _) = desk
        .scripts
        .load(&mut desk.redis)
        .await
        .expect_err("it can not be loaded");
    assert_eq!(name, "settle.lua");
}
