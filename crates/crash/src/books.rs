//! What the database says, asked of the database itself.

use std::collections::BTreeMap;

use anyhow::Context as _;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    fn of(url: &str) -> Self {
        if url.starts_with("sqlite") {
            Self::Sqlite
        } else {
            Self::Postgres
        }
    }

    fn id(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("lower(hex({column}))"),
            Self::Postgres => format!("replace({column}::text, '-', '')"),
        }
    }
}

/// An order as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: String,
    /// The intent that it came of.
    pub cart: String,
    /// How many events tell of it.
    pub events: i64,
    /// How many lines it has.
    pub lines: i64,
}

/// Orders and stock at one moment.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// Every order.
    pub orders: Vec<Order>,
    /// What is in stock, by product.
    pub stock: BTreeMap<String, i64>,
    /// What was ordered, by product.
    pub ordered: BTreeMap<String, i64>,
}

impl Books {
    /// Reads them, in one transaction.
    pub async fn read(url: &str) -> anyhow::Result<Self> {
        let dialect = Dialect::of(url);
        let mut connection = connect(url).await?;
        let begin = match dialect {
            Dialect::Sqlite => "BEGIN",
            Dialect::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        connection.execute(begin).await?;
        let books = Self {
            orders: orders(&mut connection, dialect).await?,
            stock: sums(&mut connection, "SELECT slug, stock FROM products").await?,
            ordered: sums(
                &mut connection,
                "SELECT slug, CAST(sum(quantity) AS bigint) FROM order_lines GROUP BY slug",
            )
            .await?,
        };
        connection.execute("ROLLBACK").await?;
        connection.close().await?;
        Ok(books)
    }
}

async fn orders(connection: &mut AnyConnection, dialect: Dialect) -> anyhow::Result<Vec<Order>> {
    let (id, cart) = (dialect.id("o.id"), dialect.id("o.cart_id"));
    let query = format!(
        "SELECT {id}, {cart}, (SELECT count(*) FROM outbox e WHERE e.order_id = o.id),
             (SELECT count(*) FROM order_lines l WHERE l.order_id = o.id) FROM orders o"
    );
    let rows = connection.fetch_all(AssertSqlSafe(query)).await?;
    let order = |row: sqlx::any::AnyRow| -> anyhow::Result<Order> {
        Ok(Order {
            id: row.try_get(0)?,
            cart: row.try_get(1)?,
            events: row.try_get(2)?,
            lines: row.try_get(3)?,
        })
    };
    rows.into_iter().map(order).collect()
}

async fn sums(connection: &mut AnyConnection, query: &'static str) -> anyhow::Result<BTreeMap<String, i64>> {
    let rows = connection.fetch_all(query).await?;
    rows.into_iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

async fn connect(url: &str) -> anyhow::Result<AnyConnection> {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(url)
        .await
        .context("the database answers the checker")
}

/// Changes something behind the shop's back.
pub async fn run(url: &str, statement: &str) -> anyhow::Result<()> {
    let mut connection = connect(url).await?;
    connection.execute(AssertSqlSafe(statement.to_owned())).await?;
    Ok(connection.close().await?)
}

/// One number.
pub async fn number(url: &str, query: &str) -> anyhow::Result<i64> {
    let mut connection = connect(url).await?;
    let number = connection
        .fetch_one(AssertSqlSafe(query.to_owned()))
        .await?
        .try_get(0)?;
    connection.close().await?;
    Ok(number)
}

/// How many sessions of a PostgreSQL have held a transaction open for ten seconds and do nothing.
pub async fn left_in_transaction(url: &str) -> anyhow::Result<i64> {
    let query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                 AND state LIKE 'idle in transaction%' AND state_change < now() - interval '10 s'";
    number(url, query).await
}

/// How many sessions of the database hold a transaction open and do nothing.
pub async fn idle_in_transaction(url: &str) -> anyhow::Result<i64> {
    if Dialect::of(url) == Dialect::Sqlite {
        return Ok(0);
    }
    let query = "SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()";
    number(url, query).await
}
