//! The database, behind the shop's back.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AnyConnection, Connection as _, Executor as _, Row as _};

use super::{Shop, server_url};

impl Shop {
    /// A connection of its own to the database.
    pub async fn connection(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        let connection = AnyConnection::connect(&self.database_url).await;
        connection.expect("the database answers")
    }

    /// How many orders stand, asked of the database itself.
    pub async fn count_orders(&self) -> i64 {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.database_url)
            .await
            .expect("the database answers");
        let row = connection
            .fetch_one("SELECT count(*) FROM orders")
            .await
            .expect("it counts");
        row.get(0)
    }

    /// Changes the database behind the shop's back.
    pub async fn execute(&self, sql: &'static str) {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.database_url)
            .await
            .expect("the database answers");
        connection.execute(sql).await.expect("it is done");
        connection.close().await.expect("closed");
    }

    /// A copy of a seeded product under another name.
    pub async fn add_product(&self, slug: &str) {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.database_url)
            .await
            .expect("the database answers");
        let copy = format!(
            "INSERT INTO products (slug, name, summary, description, price_minor, currency, stock) \
             SELECT '{slug}', name, summary, description, price_minor, currency, stock FROM products WHERE slug = \
             'enamel-mug'"
        );
        connection
            .execute(sqlx::AssertSqlSafe(copy))
            .await
            .expect("it is added");
    }
}

impl Shop {
    /// Gives a product this name.
    pub async fn rename_product(&self, slug: &str, name: &str) {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.database_url)
            .await
            .expect("the database answers");
        let quoted = name.replace('\'', "''");
        let renamed = format!("UPDATE products SET name = '{quoted}' WHERE slug = '{slug}'");
        connection.execute(sqlx::AssertSqlSafe(renamed)).await.expect("renamed");
        connection.close().await.expect("closed");
    }
}

pub(super) async fn new_database() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("api_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let server = server_url("TEST_POSTGRES_URL");
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&server).await.expect("PostgreSQL answers");
    connection
        .execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .await
        .expect("a database");
    let (root, _) = server.rsplit_once('/').expect("a database in the address");
    format!("{root}/{name}")
}

/// What a statement locks, until it is released.
pub struct Held(AnyConnection);

impl Shop {
    /// Holds what the statement locks.
    pub async fn hold(&self, sql: &'static str) -> Held {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.database_url)
            .await
            .expect("the database answers");
        connection.execute("BEGIN").await.expect("begun");
        connection.execute(sql).await.expect("it is locked");
        Held(connection)
    }
}

impl Held {
    pub async fn release(mut self) {
        self.0.execute("ROLLBACK").await.expect("it is free");
        self.0.close().await.expect("closed");
    }
}
