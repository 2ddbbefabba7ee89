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
