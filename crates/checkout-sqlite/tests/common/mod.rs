use std::path::{Path, PathBuf};

use checkout::settings::Timeouts;
use checkout::testing::{Fixture, Shop};
use checkout_sqlite::SqliteShop;

/// The address of a file that is not there yet.
pub fn new_url() -> String {
    let name = format!("{}.db", Fixture::new_uuid().simple());
    let path: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    format!("sqlite:{}", path.display())
}

pub async fn open(url: &str) -> SqliteShop {
    checkout_sqlite::open(url, &Timeouts::default())
        .await
        .expect("a shop opens")
}

pub fn ports(shop: &SqliteShop) -> Shop {
    Shop {
        products: shop.products.clone(),
        carts: shop.carts.clone(),
        orders: shop.orders.clone(),
        accounts: shop.accounts.clone(),
    }
}
