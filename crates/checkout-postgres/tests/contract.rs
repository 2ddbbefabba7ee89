//! The contract of every shop, kept by a real server.

mod common;

use checkout::testing::Shop;
use tokio::sync::OnceCell;

/// The shop of this test binary, through a pool of the calling test: a pool does not outlive its runtime.
async fn shop() -> Shop {
    static URL: OnceCell<String> = OnceCell::const_new();
    let url = URL.get_or_init(common::new_url).await;
    common::ports(&common::open(url).await)
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
        let writers = checkout_postgres::writers(&Timeouts::default());
        Shop {
            orders: Arc::new(GroupCommit::new(shop.orders, writers)),
            ..shop
        }
    }

    checkout::shop_contract!(shop().await);
}

/// The ledger of prevented duplicates, each in a database of its own.
mod ledger {
    use super::common;

    checkout::ledger_contract!(common::open(&common::new_url().await).await.ledger);
}

/// The orders of all shoppers.
mod desk {
    use checkout::testing::desk_contract::DeskFixture;

    use super::common;

    async fn fixture() -> DeskFixture {
        let shop = common::open(&common::new_url().await).await;
        DeskFixture {
            shop: common::ports(&shop),
            desk: shop.desk,
        }
    }

    checkout::desk_contract!(fixture().await);
}

/// What is to be told, each in a database of its own.
mod outbox {
    use checkout::testing::outbox_contract::OutboxFixture;

    use super::common;

    async fn fixture() -> OutboxFixture {
        let shop = common::open(&common::new_url().await).await;
        OutboxFixture {
            shop: common::ports(&shop),
            outbox: shop.outbox,
        }
    }

    checkout::outbox_contract!(fixture().await);
}
