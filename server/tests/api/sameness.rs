//! One case, three ways in – the server function, the plain form and the JSON API – and one outcome.
//!
//! Cases are drawn from `ONCE_SAMENESS_SEED`, `ONCE_SAMENESS_CASES` of them: `make sameness` draws 10,000. A difference names the
//! seed of its case, which with `ONCE_SAMENESS_CASES=1` draws that case alone.

mod case;
mod store;
mod ways;

use case::Case;
use store::Store;
use ways::{Guest, Way};

use crate::support::{Shop, Stores};

fn setting(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number"))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_has_one_outcome_through_all_three_ways_in() {
    let keys = format!("{}:{}", store::KEY_ID, store::KEY);
    let shop = Shop::open_with(Stores::SqliteAndMemory, &["--token-keys", &keys]).await;
    let mut store = Store::of(&shop).await;
    let (first, cases) = (setting("ONCE_SAMENESS_SEED", 1), setting("ONCE_SAMENESS_CASES", 300));
    let (mut ordered, mut differences) = (0, 0);
    let mut kinds = std::collections::BTreeMap::<String, u64>::new();
    for seed in first..first + cases {
        let case = Case::drawn(seed);
        let mut outcomes = Vec::new();
        for way in Way::ALL {
            store.reset().await;
            let guest = Guest::new(&shop).await;
            let told = guest.go(&case, way, &mut store).await;
            outcomes.push((way, told, store.sold().await));
        }
        let (_, told, _) = &outcomes[0];
        ordered += u64::from(told.iter().any(ways::Outcome::is_order));
        *kinds.entry(told[0].kind()).or_default() += 1;
        if !ways::agree(&outcomes) {
            differences += 1;
            println!("ONCE_SAMENESS_SEED={seed} ONCE_SAMENESS_CASES=1: {case:#?}\n{outcomes:#?}");
        }
    }
    println!("{cases} cases, {ordered} with an order, {differences} differences; first answers: {kinds:?}");
    assert_eq!(differences, 0, "of {cases} cases from seed {first}");
    // What is never drawn is never compared.
    let rare = |kind: &str| kinds.get(kind).copied().unwrap_or_default();
    if cases >= 300 {
        for kind in [
            "placed",
            "token_missing",
            "malformed",
            "token_refused",
            "token_mismatch",
            "token_expired",
            "invalid",
            "cart_changed",
            "out_of_stock",
            "repeat",
        ] {
            assert!(rare(kind) > 0, "no case was answered with {kind}");
        }
    }
}
