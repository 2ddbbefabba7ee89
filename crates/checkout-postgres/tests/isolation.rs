//! Another default is a setting of the database, not of the shop: every sentence of the contract holds all the same.

mod common;

use checkout::testing::Shop;
use tokio::sync::OnceCell;

/// A shop of a database whose transactions begin at `level` unless told otherwise.
async fn shop(url: &OnceCell<String>, level: &str) -> Shop {
    let url = url.get_or_init(|| strict_url(level)).await;
    common::ports(&common::open(url).await)
}

async fn strict_url(level: &str) -> String {
    let url = common::new_url().await;
    let (_, database) = url.rsplit_once('/').expect("an address");
    let set = format!("ALTER DATABASE {database} SET default_transaction_isolation = '{level}'");
    common::run(&url, &set).await;
    url
}

mod db_24_serializable {
    use super::OnceCell;

    static URL: OnceCell<String> = OnceCell::const_new();

    checkout::shop_contract!(super::shop(&URL, "serializable").await);
}

mod db_24_repeatable_read {
    use super::OnceCell;

    static URL: OnceCell<String> = OnceCell::const_new();

    checkout::shop_contract!(super::shop(&URL, "repeatable read").await);
}
