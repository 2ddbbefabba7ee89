use super::*;

use std::str::FromStr as _;

use checkout::testing::Fixture;
use sqlx::migrate::{Migration, MigrationType};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, SqlSafeStr as _};

const TABLE: &str = "CREATE TABLE intents (cart text); INSERT INTO intents VALUES ('a'), ('a'), ('b')";

fn release(statements: &[&'static str]) -> Migrator {
    let migrations = (1..).zip(statements).map(|(version, sql)| {
        let sql = sql.into_sql_str();
        Migration::new(version, "made up".into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// A new database.
async fn database() -> PgConnectOptions {
    let url = std::env::var("TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!("this test needs a PostgreSQL: run `make test`, or `scripts/with-services --postgres -- cargo test`")
    });
    let options = PgConnectOptions::from_str(&url).expect("an address");
    let name = format!("migrations_{}", Fixture::new_uuid().simple());
    let mut root = options.connect().await.expect("connected");
    run(&mut root, &format!("CREATE DATABASE {name}")).await;
    options.database(&name)
}

async fn run(connection: &mut PgConnection, statement: &str) {
    let ran = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(connection)
        .await;
    ran.expect(statement);
}

async fn count(connection: &mut PgConnection, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(connection).await.expect(query)
}

#[tokio::test]
async fn up_08_duplicates_stop_a_migration_are_named_and_none_is_deleted() {
    let mut connection = database().await.connect().await.expect("connected");
    migrate(&mut connection, &release(&[TABLE])).await.expect("migrated");
    let unique = release(&[TABLE, "CREATE TABLE more (); CREATE UNIQUE INDEX one ON intents (cart)"]);
    let refused = migrate(&mut connection, &unique)
        .await
        .expect_err("refused")
        .to_string();
    assert!(
        refused.contains("Key (cart)=(a) is duplicated; nothing was changed"),
        "{refused}"
    );
    assert_eq!(count(&mut connection, "SELECT count(*) FROM intents").await, 3);
    assert_eq!(
        count(
            &mut connection,
            "SELECT count(*) FROM pg_class WHERE relname IN ('more', 'one')"
        )
        .await,
        0
    );
    run(
        &mut connection,
        "DELETE FROM intents WHERE ctid = (SELECT min(ctid) FROM intents)",
    )
    .await;
    migrate(&mut connection, &unique).await.expect("migrated");
}

#[tokio::test]
async fn up_10_a_newer_schema_is_left_as_it_is() {
    let mut connection = database().await.connect().await.expect("connected");
    let statements = [TABLE, "ALTER TABLE intents ADD COLUMN note text"];
    migrate(&mut connection, &release(&statements)).await.expect("migrated");
    let standing = migrate(&mut connection, &release(&statements[..1])).await;
    assert_eq!(standing.expect("it can run").newer, [2]);
}

#[tokio::test]
async fn up_04_a_migration_that_has_to_wait_holds_nobody_up_for_a_second() {
    let options = database().await;
    let mut connection = options.connect().await.expect("connected");
    migrate(&mut connection, &release(&[TABLE])).await.expect("migrated");
    let mut report = options.connect().await.expect("connected");
    run(&mut report, "BEGIN; SELECT * FROM intents").await;
    let migrating = tokio::spawn(async move {
        let more = release(&[TABLE, "ALTER TABLE intents ADD COLUMN note text"]);
        migrate(&mut connection, &more).await.map(drop)
    });
    let mut shopper = options.connect().await.expect("connected");
    let (mut longest, mut waited) = (Duration::ZERO, 0);
    // Until the migration was tried three times: each try makes the shopper queue behind it.
    while waited < 3 {
        let begun = Instant::now();
        run(&mut shopper, "INSERT INTO intents VALUES ('c')").await;
        longest = longest.max(begun.elapsed());
        waited += u8::from(begun.elapsed() > Duration::from_millis(200));
        assert!(!migrating.is_finished(), "the report holds the table");
    }
    assert!(longest < Duration::from_secs(1), "{longest:?}");
    run(&mut report, "COMMIT").await;
    migrating.await.expect("no panic").expect("migrated");
    assert_eq!(count(&mut shopper, "SELECT count(note) FROM intents").await, 0);
}

#[tokio::test]
async fn se_36_a_user_who_owns_no_table_is_told_who_has_to_migrate() {
    let options = database().await;
    let mut owner = options.connect().await.expect("connected");
    let role = format!("app_{}", Fixture::new_uuid().simple());
    migrate(&mut owner, &release(&[TABLE])).await.expect("migrated");
    run(
        &mut owner,
        &format!("CREATE ROLE {role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"),
    )
    .await;
    let mut app = options.username(&role).connect().await.expect("connected");
    migrate(&mut app, &release(&[TABLE]))
        .await
        .expect("there is nothing to do");
    let more = release(&[TABLE, "ALTER TABLE intents ADD COLUMN note text"]);
    let refused = migrate(&mut app, &more).await.expect_err("refused");
    assert!(matches!(refused, OpenError::NotTheOwner(_)), "{refused}");
    run(&mut owner, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}
