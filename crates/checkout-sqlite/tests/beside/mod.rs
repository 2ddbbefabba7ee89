//! What else uses the file of a shop.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

/// Runs statements on a connection of their own.
pub async fn run(url: &str, sql: &str) {
    let options: SqliteConnectOptions = url.parse().expect("an address");
    let mut connection = options.connect().await.expect("connected");
    let ran = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await;
    ran.expect("the statements run");
    connection.close().await.expect("closed");
}
