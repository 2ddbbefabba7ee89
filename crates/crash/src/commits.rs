//! Commits to an SQLite file, one after the other: what a disk that forgets is tried with.

use std::convert::Infallible;
use std::io::Write as _;

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};

/// Commits rows until the process is killed. The number of each is printed once its commit was answered.
pub async fn run(url: &str, synchronous: &str) -> anyhow::Result<Infallible> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    let prepare = format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows_kept (number INTEGER PRIMARY KEY);
         PRAGMA wal_checkpoint(TRUNCATE); PRAGMA synchronous = {synchronous}"
    );
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut connection).await?;
    for number in 1_u64.. {
        let insert = format!("INSERT INTO rows_kept VALUES ({number})");
        connection.execute(AssertSqlSafe(insert)).await?;
        writeln!(std::io::stdout(), "committed {number}.")?;
    }
    anyhow::bail!("there are no more numbers")
}
