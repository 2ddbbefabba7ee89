//! The schema: which migrations the file had, and running those that it did not.

use checkout::schema::{Applied, Known, Standing, compare};
use sqlx::migrate::{MigrateError, Migration, Migrator};
use sqlx::{Connection as _, SqliteConnection};

use crate::OpenError;

/// This release's.
pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// How far a file is that does not exist.
pub(crate) fn none() -> Standing {
    Standing {
        missing: MIGRATIONS.iter().map(|migration| migration.version).collect(),
        ..Standing::default()
    }
}

/// How far the file is, if this release can run on it.
pub(crate) async fn standing(connection: &mut SqliteConnection, migrations: &Migrator) -> Result<Standing, OpenError> {
    let known: Vec<_> = migrations.iter().map(known).collect();
    let applied = applied(connection).await;
    let applied = applied.map_err(|error| OpenError::Migration(error.into()))?;
    Ok(compare(&known, &applied)?)
}

fn known(migration: &Migration) -> Known<'_> {
    Known {
        version: migration.version,
        checksum: &migration.checksum,
    }
}

async fn applied(connection: &mut SqliteConnection) -> Result<Vec<Applied>, sqlx::Error> {
    // Not checked while building: the table is the library's own.
    let exists = sqlx::query_scalar("SELECT count(*) > 0 FROM sqlite_schema WHERE name = '_sqlx_migrations'");
    if !exists.fetch_one(&mut *connection).await? {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as("SELECT version, description, checksum, success FROM _sqlx_migrations ORDER BY version");
    let rows: Vec<(i64, String, Vec<u8>, bool)> = rows.fetch_all(connection).await?;
    let applied = |(version, description, checksum, finished)| Applied {
        version,
        description,
        checksum,
        finished,
    };
    Ok(rows.into_iter().map(applied).collect())
}

/// Brings the file to this release's schema, all of it or nothing. Tells how far it was.
///
/// Inside one write transaction, each migration a savepoint of it: sqlx takes no lock on SQLite, so that two processes
/// that start at once would both run the first migration. A file that lacks nothing is only read.
pub(crate) async fn migrate(connection: &mut SqliteConnection, migrations: &Migrator) -> Result<Standing, OpenError> {
    let before = standing(connection, migrations).await?;
    if !before.newer.is_empty() {
        tracing::warn!("the schema of the database is {before}");
    }
    if before.missing.is_empty() {
        return Ok(before);
    }
    // What is newer was judged above.
    let mut migrator = Migrator::with_migrations(migrations.iter().cloned().collect());
    migrator.set_ignore_missing(true);
    let failed = |error: sqlx::Error| OpenError::Migration(error.into());
    let mut write = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    // `Migrator::run` would make this future impossible to spawn: its bound on the connection names one lifetime.
    migrator.run_direct(None, &mut *write, false).await.map_err(refusal)?;
    write.commit().await.map_err(failed)?;
    Ok(before)
}

fn refusal(error: MigrateError) -> OpenError {
    let is_duplicate = match &error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error
            .as_database_error()
            .is_some_and(sqlx::error::DatabaseError::is_unique_violation),
        _ => false,
    };
    if is_duplicate {
        OpenError::Duplicates(error)
    } else {
        OpenError::Migration(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_file::TestFile;
    use sqlx::migrate::MigrationType;
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions as _, SqlSafeStr as _};
    use std::str::FromStr as _;

    fn release(statements: &[&'static str]) -> Migrator {
        let migrations = (1..).zip(statements).map(|(version, sql)| {
            let sql = sql.into_sql_str();
            Migration::new(version, "made up".into(), MigrationType::Simple, sql, false)
        });
        Migrator::with_migrations(migrations.collect())
    }

    async fn connect(file: &TestFile) -> SqliteConnection {
        let options = SqliteConnectOptions::from_str(&file.url()).expect("an address");
        options.create_if_missing(true).connect().await.expect("connected")
    }

    #[tokio::test]
    async fn up_08_duplicates_stop_a_migration_and_none_is_deleted() {
        let file = TestFile::new();
        let mut connection = connect(&file).await;
        let table = "CREATE TABLE intents (cart text); INSERT INTO intents VALUES ('a'), ('a'), ('b')";
        migrate(&mut connection, &release(&[table])).await.expect("migrated");
        let unique = release(&[
            table,
            "CREATE TABLE more (x); CREATE UNIQUE INDEX one ON intents (cart)",
        ]);
        let refused = migrate(&mut connection, &unique).await.expect_err("refused");
        assert!(matches!(refused, OpenError::Duplicates(_)), "{refused}");
        let left: (i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM intents), (SELECT count(*) FROM sqlite_schema WHERE name IN ('more', 'one'))",
        )
        .fetch_one(&mut connection)
        .await
        .expect("read");
        assert_eq!(left, (3, 0), "all rows are there, and nothing of the migration");
        sqlx::query("DELETE FROM intents WHERE rowid = 2")
            .execute(&mut connection)
            .await
            .expect("decided");
        migrate(&mut connection, &unique).await.expect("migrated");
    }

    #[tokio::test]
    async fn up_10_a_newer_schema_is_left_as_it_is() {
        let file = TestFile::new();
        let mut connection = connect(&file).await;
        let statements = [
            "CREATE TABLE intents (cart text)",
            "ALTER TABLE intents ADD COLUMN note text",
        ];
        migrate(&mut connection, &release(&statements)).await.expect("migrated");
        let standing = migrate(&mut connection, &release(&statements[..1])).await;
        assert_eq!(standing.expect("it can run").newer, [2]);
    }
}
