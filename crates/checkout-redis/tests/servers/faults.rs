//! Load, and callers that go away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use checkout::ports::{Claim, Settle, TokenState, TokenStore as _};
use checkout_redis::RedisTokens;
use tokio::task::{JoinSet, yield_now};

use super::common::{Server, claim_of, claimed, connect, new_token, settle_of};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tk_24_scripts_flushed_again_and_again_fail_no_claim() {
    let server = Server::start(&[]).await;
    let store = Arc::new(connect(&server.url()).await);
    let load_runs = AtomicBool::new(true);
    let flushing = async {
        let mut admin = server.admin().await;
        let mut count = 0;
        while load_runs.load(Ordering::Relaxed) {
            let flushed = redis::cmd("SCRIPT").arg("FLUSH").query_async::<()>(&mut admin).await;
            flushed.expect("the scripts are gone");
            count += 1;
        }
        count
    };
    let claiming = async {
        let mut tasks = JoinSet::new();
        for _ in 0..8 {
            let store = Arc::clone(&store);
            tasks.spawn(async move {
                for _ in 0..125 {
                    claimed(store.as_ref(), &claim_of(new_token())).await;
                }
            });
        }
        tasks.join_all().await;
        load_runs.store(false, Ordering::Relaxed);
    };
    let (count, ()) = tokio::join!(flushing, claiming);
    assert!(count > 10, "the claims were hardly disturbed: {count}");
}

/// Fifty tokens, each with an order of its own.
async fn ordered(store: &RedisTokens) -> Vec<Settle> {
    let mut orders = Vec::new();
    for _ in 0..50 {
        let claim: Claim = claim_of(new_token());
        claimed(store, &claim).await;
        let settle = settle_of(&claim);
        store.settle(&settle).await.expect("settled");
        orders.push(settle);
    }
    orders
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rd_06_callers_that_go_away_leave_every_answer_with_its_question() {
    const DROPS: usize = 10_000;
    let server = Server::start(&[]).await;
    let store = Arc::new(connect(&server.url()).await);
    let orders = Arc::new(ordered(&store).await);
    let mut dropping = JoinSet::new();
    for part in 0..4 {
        let (store, orders) = (Arc::clone(&store), Arc::clone(&orders));
        dropping.spawn(async move {
            for number in 0..DROPS / 4 {
                let asked = &orders[(number + part) % orders.len()];
                let going_away = async {
                    for _ in 0..number % 4 {
                        yield_now().await;
                    }
                };
                tokio::select! {
                    biased;
                    answer = store.state(asked.token) => {
                        assert_eq!(answer.expect("an answer"), TokenState::Placed(asked.order.id));
                    }
                    () = going_away => {}
                }
            }
        });
    }
    let dropped = Arc::new(AtomicBool::new(false));
    let asking: Vec<_> = (0..4)
        .map(|part| {
            let (store, orders, dropped) = (Arc::clone(&store), Arc::clone(&orders), Arc::clone(&dropped));
            tokio::spawn(async move {
                let mut answers = 0;
                while !dropped.load(Ordering::Relaxed) {
                    let asked = &orders[(answers * 7 + part) % orders.len()];
                    let answer = store.state(asked.token).await.expect("an answer");
                    assert_eq!(answer, TokenState::Placed(asked.order.id), "another question's answer");
                    answers += 1;
                }
                answers
            })
        })
        .collect();
    dropping.join_all().await;
    dropped.store(true, Ordering::Relaxed);
    for asked in asking {
        assert!(asked.await.expect("every answer is right") > 10, "hardly anybody asked");
    }
}
