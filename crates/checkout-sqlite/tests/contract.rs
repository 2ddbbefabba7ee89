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
