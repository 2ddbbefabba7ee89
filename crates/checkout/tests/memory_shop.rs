//! The shop in memory keeps the contracts that it stands in for, alone and behind the group commit.

use std::sync::Arc;

use checkout::testing::desk_contract::DeskFixture;
use checkout::testing::{MemoryShop, Shop};

fn shop() -> Shop {
    MemoryShop::default().shop()
}

checkout::shop_contract!(shop());

checkout::ledger_contract!(Arc::new(MemoryShop::default()));

checkout::desk_contract!(desk());

fn desk() -> DeskFixture {
    let shop = MemoryShop::default();
    DeskFixture {
        shop: shop.shop(),
        desk: Arc::new(shop),
    }
}

mod behind_the_group_commit {
    use std::sync::Arc;
    use std::time::Duration;

    use checkout::group_commit::{GroupCommit, Writers};

    use super::Shop;

    fn shop() -> Shop {
        let shop = super::shop();
        let writers = Writers {
            lanes: 1,
            batch: 8,
            queue: 128,
            patience: Duration::from_secs(10),
        };
        Shop {
            orders: Arc::new(GroupCommit::new(shop.orders, writers)),
            ..shop
        }
    }

    checkout::shop_contract!(shop());
}
