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
