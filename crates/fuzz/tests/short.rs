//! Every target in short, with the same cases each time, after those that failed once.

use fuzz::run::Amount;
use fuzz::shop::Shop;
use fuzz::targets::ALL;

#[test]
fn mi_09_whatever_is_read_is_understood_or_refused() {
    let shop = Shop::open().expect("a shop");
    for target in ALL {
        let outcome = target.run(Amount::Cases(300), &shop);
        assert!(outcome.failure.is_none(), "{}: {outcome:?}", target.name);
        assert!(outcome.cases >= 300, "{}: only {} cases", target.name, outcome.cases);
    }
}
