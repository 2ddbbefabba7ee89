//! The contract of every shop, kept by a real file.

mod common;

use std::sync::OnceLock;

use checkout::testing::Shop;

/// The shop of this test binary, through a pool of the calling test: tests write to one file at once.
async fn shop() -> Shop {
    static URL: OnceLock<String> = OnceLock::new();
    common::ports(&common::open(URL.get_or_init(common::new_url)).await)
}

checkout::shop_contract!(shop().await);

/// As a server holds it: behind the writer that gathers orders.
mod gathered {
    use std::sync::Arc;

    use checkout::group_commit::GroupCommit;
    use checkout::settings::Timeouts;
    use checkout::testing::Shop;

    async fn shop() -> Shop {
        let shop = super::shop().await;
        let writers = checkout_sqlite::writers(&Timeouts::default());
        Shop {
            orders: Arc::new(GroupCommit::new(shop.orders, writers)),
            ..shop
        }
    }

    checkout::shop_contract!(shop().await);
}

/// The ledger of prevented duplicates, each in a file of its own.
mod ledger {
    use super::common;

    checkout::ledger_contract!(common::open(&common::new_url()).await.ledger);
}

/// The orders of all shoppers.
mod desk {
    use checkout::testing::desk_contract::DeskFixture;

    use super::common;

    async fn fixture() -> DeskFixture {
        let shop = common::open(&common::new_url()).await;
        DeskFixture {
            shop: common::ports(&shop),
            desk: shop.desk,
        }
    }

    checkout::desk_contract!(fixture().await);
}

/// What is to be told, each in a file of its own.
mod outbox {
    use checkout::testing::outbox_contract::OutboxFixture;

    use super::common;

    async fn fixture() -> OutboxFixture {
        let shop = common::open(&common::new_url()).await;
        OutboxFixture {
            shop: common::ports(&shop),
            outbox: shop.outbox,
        }
    }

    checkout::outbox_contract!(fixture().await);
}
