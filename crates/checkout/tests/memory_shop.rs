//! The shop in memory keeps the contracts that it stands in for.

use checkout::testing::{MemoryShop, Shop};

fn shop() -> Shop {
    MemoryShop::default().shop()
}

checkout::shop_contract!(shop());
