use checkout::testing::Fixture;
use checkout::token::TokenDigest;

use super::desk::Desk;
use super::*;

/// Whoever reloads the page without end fills Redis no further, and can still buy.
#[tokio::test]
async fn tk_19_of_a_shoppers_many_tokens_redis_keeps_a_few() {
    let mut desk = Desk::open().await;
    let (mut issued, mut refused) = (0, 0);
    for _ in 0..MOST_TOKENS + 50 {
        desk.token.digest = TokenDigest(Fixture::new_uuid());
        match desk.issue().await {
            IssueReply::Issued => issued += 1,
            IssueReply::TooMany => refused += 1,
            IssueReply::Known => panic!("it is new"),
        }
    }
    assert_eq!((issued, refused), (MOST_TOKENS, 50));
    let and_their_count = usize::try_from(MOST_TOKENS).expect("a count") + 1;
    desk.every_key_has_a_ttl(and_their_count).await;
    let claim = desk.claim();
    assert_eq!(
        desk.ask(&claim).await,
        ClaimReply::Claimed,
        "the last one is as good as the first"
    );
}
