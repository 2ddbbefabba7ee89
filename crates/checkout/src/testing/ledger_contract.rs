//! The contract of [`LedgerStore`], a sentence a function. Each has a store of its own: a ledger is everybody's.

use std::sync::Arc;
use std::time::Duration;

use super::{Fixture, ManualClock};
use crate::observer::{FirstOrder, KeyMatch, Layer, StoppedDuplicate, WayIn};
use crate::order::OrderId;
use crate::ports::{Clock as _, FORGOTTEN_AT_ONCE, LedgerStore, Tally};
use crate::time::Timestamp;

const HOUR: Duration = Duration::from_hours(1);

fn start() -> Timestamp {
    ManualClock::default().now()
}

fn stopped(after: Duration, layer: Layer) -> StoppedDuplicate {
    StoppedDuplicate {
        at: start().after(after),
        layer,
        key: KeyMatch::Same,
        way_in: WayIn::Form,
        first: None,
    }
}

async fn record(ledger: &Arc<dyn LedgerStore>, stopped: &[StoppedDuplicate]) {
    ledger.record(stopped).await.expect("recorded");
}

async fn latest(ledger: &Arc<dyn LedgerStore>, limit: u32) -> Vec<StoppedDuplicate> {
    ledger.list_latest(limit).await.expect("read")
}

/// Every layer, key and way in, with and without a first order; latest first, and no more than asked for.
pub async fn what_was_recorded_is_listed_latest_first(ledger: Arc<dyn LedgerStore>) {
    let mut all = Vec::new();
    for layer in Layer::ALL {
        for way_in in WayIn::ALL {
            for key in [KeyMatch::Same, KeyMatch::Other] {
                let first = (key == KeyMatch::Same).then(|| FirstOrder {
                    id: OrderId(Fixture::new_uuid()),
                    delay: Duration::from_millis(40_001),
                });
                let at = start().after(Duration::from_millis(all.len() as u64));
                all.push(StoppedDuplicate {
                    at,
                    layer,
                    key,
                    way_in,
                    first,
                });
            }
        }
    }
    record(&ledger, &all).await;
    all.reverse();
    assert_eq!(latest(&ledger, 100).await, all);
    assert_eq!(latest(&ledger, 3).await, all[..3]);
}

/// A store that is asked to write nothing writes nothing.
pub async fn nothing_is_recorded_of_nothing(ledger: Arc<dyn LedgerStore>) {
    record(&ledger, &[]).await;
    assert_eq!(latest(&ledger, 10).await, []);
    let none = ledger.tally(start(), HOUR, 24).await;
    assert_eq!(none.expect("counted"), []);
}

/// A slot holds what was stopped at its first millisecond, and nothing of its end.
pub async fn duplicates_are_counted_by_slot_and_layer(ledger: Arc<dyn LedgerStore>) {
    let before_it_ends = HOUR.saturating_sub(Duration::from_millis(1));
    let all = [
        stopped(Duration::ZERO, Layer::Token),
        stopped(before_it_ends, Layer::Token),
        stopped(before_it_ends, Layer::Repeat),
        stopped(HOUR, Layer::Unique),
        stopped(2 * HOUR, Layer::Token),
    ];
    record(&ledger, &all).await;
    let tally = |slot, layer, count| Tally { slot, layer, count };
    let counted = async |from, slots| {
        let mut counted = ledger.tally(from, HOUR, slots).await.expect("counted");
        counted.sort_by_key(|tally| (tally.slot, tally.layer));
        counted
    };
    assert_eq!(
        counted(start(), 2).await,
        [
            tally(0, Layer::Token, 2),
            tally(0, Layer::Repeat, 1),
            tally(1, Layer::Unique, 1)
        ]
    );
    assert_eq!(
        counted(start().after(HOUR), 5).await,
        [tally(0, Layer::Unique, 1), tally(1, Layer::Token, 1)]
    );
}

/// What is older goes, what is not stays.
pub async fn old_entries_are_forgotten(ledger: Arc<dyn LedgerStore>) {
    let all = [
        stopped(Duration::ZERO, Layer::Token),
        stopped(HOUR, Layer::Repeat),
        stopped(2 * HOUR, Layer::Unique),
    ];
    record(&ledger, &all).await;
    let forget = async || ledger.forget_before(start().after(HOUR)).await.expect("forgotten");
    assert_eq!(forget().await, 1);
    assert_eq!(forget().await, 0);
    assert_eq!(latest(&ledger, 10).await, [all[2], all[1]]);
}

/// Whoever orders meanwhile waits for a bounded number.
pub async fn no_more_than_a_bounded_number_is_forgotten_at_once(ledger: Arc<dyn LedgerStore>) {
    let many = vec![stopped(Duration::ZERO, Layer::Token); FORGOTTEN_AT_ONCE as usize + 1];
    record(&ledger, &many).await;
    let forget = async || ledger.forget_before(start().after(HOUR)).await.expect("forgotten");
    assert_eq!(forget().await, u64::from(FORGOTTEN_AT_ONCE));
    assert_eq!(forget().await, 1);
}

/// The first order may be one that the database lost, and the token store remembers.
pub async fn a_first_order_need_not_be_there(ledger: Arc<dyn LedgerStore>) {
    let first = FirstOrder {
        id: OrderId(Fixture::new_uuid()),
        delay: Duration::ZERO,
    };
    let stopped = StoppedDuplicate {
        first: Some(first),
        ..stopped(Duration::ZERO, Layer::Repeat)
    };
    record(&ledger, &[stopped]).await;
    assert_eq!(latest(&ledger, 1).await, [stopped]);
}
