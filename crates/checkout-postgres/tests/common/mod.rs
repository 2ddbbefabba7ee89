use checkout::settings::Timeouts;
use checkout::testing::{Fixture, Shop};
use checkout_postgres::PostgresShop;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};

/// The address of a new, empty database in the server that the tests were given.
pub async fn new_url() -> String {
    let server = std::env::var("TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!("these tests need a PostgreSQL: run `make test`, or `scripts/with-services --postgres -- cargo test`")
    });
    let name = format!("once_{}", Fixture::new_uuid().simple());
    run(&server, &format!("CREATE DATABASE {name}")).await;
    let (server, _) = server.rsplit_once('/').expect("the address ends with a database");
    format!("{server}/{name}")
}

/// A connection beside the shop's.
pub async fn connect(url: &str) -> PgConnection {
    let options: PgConnectOptions = url.parse().expect("an address");
    options.connect().await.expect("connected")
}

/// Runs statements on a connection of their own.
pub async fn run(url: &str, sql: &str) {
    let mut connection = connect(url).await;
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .expect("the statements run");
    connection.close().await.expect("closed");
}

pub async fn open(url: &str) -> PostgresShop {
    checkout_postgres::open(url, &Timeouts::default())
        .await
        .expect("a shop opens")
}

pub fn ports(shop: &PostgresShop) -> Shop {
    Shop {
        products: shop.products.clone(),
        carts: shop.carts.clone(),
        orders: shop.orders.clone(),
        accounts: shop.accounts.clone(),
    }
}
