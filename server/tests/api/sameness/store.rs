//! The database and the keys, behind the shop's back.

use checkout::cart::{CartId, ShopperId};
use checkout::quote::Quote;
use checkout::time::Timestamp;
use checkout::token::{Intent, Key, KeyRing};
use sha2::{Digest as _, Sha256};
use sqlx::{AnyConnection, Executor as _, Row as _};
use uuid::Uuid;

use crate::support::Shop;

pub const KEY_ID: u8 = 7;
pub const KEY: &str = "the-key-of-these-cases-has-thirty-two-bytes";

const STOCK: i64 = 1_000;

pub struct Store {
    connection: AnyConnection,
    orders: i64,
}

impl Store {
    pub async fn of(shop: &Shop) -> Self {
        let connection = shop.connection().await;
        Self { connection, orders: 0 }
    }

    /// Every product is there again, at its price.
    pub async fn reset(&mut self) {
        self.execute(format!(
            "UPDATE products SET stock = {STOCK}, price_minor = 1000 + length(slug)"
        ))
        .await;
        self.orders = self.number("SELECT count(*) FROM orders").await;
    }

    /// How many orders there are since, and how many pieces are left.
    pub async fn sold(&mut self) -> (i64, i64) {
        let orders = self.number("SELECT count(*) FROM orders").await - self.orders;
        (orders, self.number("SELECT sum(stock) FROM products").await)
    }

    pub async fn price(&mut self, difference: i64) {
        self.execute(format!("UPDATE products SET price_minor = price_minor + {difference}"))
            .await;
    }

    pub async fn stock(&mut self, left: u32) {
        self.execute(format!("UPDATE products SET stock = {left}")).await;
    }

    async fn execute(&mut self, sql: String) {
        self.connection
            .execute(sqlx::AssertSqlSafe(sql))
            .await
            .expect("it is done");
    }

    async fn number(&mut self, sql: &'static str) -> i64 {
        let row = self.connection.fetch_one(sql).await;
        row.expect("a row").get(0)
    }
}

/// A token of the shop that was good until a moment ago.
pub fn expired(shopper: Uuid, quote: &Quote) -> String {
    let secret = Sha256::new_with_prefix(b"once secret 1\norder token\n")
        .chain_update(KEY)
        .finalize();
    let ring = KeyRing::new(
        Key {
            id: KEY_ID,
            secret: secret.into(),
        },
        Vec::new(),
    );
    let intent = Intent {
        shopper: ShopperId::from_uuid(shopper),
        cart: CartId(quote.cart.0),
        fingerprint: quote.fingerprint(),
    };
    ring.sign(quote.cart.0, &intent, Timestamp::from_unix_ms(1_600_000_000_000))
        .to_wire()
}
