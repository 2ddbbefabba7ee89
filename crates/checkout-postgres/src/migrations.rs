//! The schema: which migrations the database had, and running those that it did not.

use std::time::Duration;

use checkout::schema::{Applied, Known, Standing, compare};
use sqlx::PgConnection;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgDatabaseError;
use tokio::time::{Instant, sleep};

use crate::OpenError;

/// This release's.
pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How long a start waits for another one that is just migrating, or for those who read what a migration changes.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long at a time: whoever wants a table queues behind the migration that waits for it.
const WAIT: &str = "500ms";

/// Between two tries, so that those who queued are served.
const PAUSE: Duration = Duration::from_millis(250);

/// How far the database is, if this release can run on it.
pub(crate) async fn standing(connection: &mut PgConnection, migrations: &Migrator) -> Result<Standing, OpenError> {
    let known: Vec<_> = migrations.iter().map(known).collect();
    let applied = applied(connection).await;
    let applied = applied.map_err(|error| OpenError::Migration(error.into()))?;
    Ok(compare(&known, &applied)?)
}

fn known(migration: &sqlx::migrate::Migration) -> Known<'_> {
    Known {
        version: migration.version,
        checksum: &migration.checksum,
    }
}

async fn applied(connection: &mut PgConnection) -> Result<Vec<Applied>, sqlx::Error> {
    // Not checked while building: the table is the library's own.
    let exists = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL");
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

/// Brings the database to this release's schema, under a lock that other servers wait for. Tells how far it was.
///
/// On a connection of its own: a migration may take longer than a statement of the shop. A database that lacks nothing
/// is only read, which a user who owns no table may do.
pub(crate) async fn migrate(connection: &mut PgConnection, migrations: &Migrator) -> Result<Standing, OpenError> {
    let before = standing(connection, migrations).await?;
    if !before.newer.is_empty() {
        tracing::warn!("the schema of the database is {before}");
    }
    if before.missing.is_empty() {
        return Ok(before);
    }
    let wait = sqlx::query!("SELECT set_config('lock_timeout', $1, false)", WAIT);
    let failed = |error: sqlx::Error| OpenError::Migration(error.into());
    wait.fetch_one(&mut *connection).await.map_err(failed)?;
    // What is newer was judged above.
    let mut migrator = Migrator::with_migrations(migrations.iter().cloned().collect());
    migrator.set_ignore_missing(true);
    let begun = Instant::now();
    loop {
        // `Migrator::run` would make this future impossible to spawn: its bound on the connection names one lifetime.
        match migrator.run_direct(None, &mut *connection, false).await {
            Ok(()) => return Ok(before),
            // Nothing of the migration is left (SQLSTATE 55P03, lock_not_available).
            Err(error) if code(&error).as_deref() == Some("55P03") && begun.elapsed() < PATIENCE => sleep(PAUSE).await,
            Err(error) => return Err(refusal(error)),
        }
    }
}

fn refusal(error: MigrateError) -> OpenError {
    match code(&error).as_deref() {
        Some("42501") => OpenError::NotTheOwner(error),
        Some("23505") => OpenError::Duplicates {
            rows: detail(&error),
            source: error,
        },
        _ => OpenError::Migration(error),
    }
}

fn database_error(error: &MigrateError) -> Option<&PgDatabaseError> {
    let (MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error else {
        return None;
    };
    error.as_database_error()?.try_downcast_ref()
}

fn code(error: &MigrateError) -> Option<String> {
    database_error(error).map(|error| error.code().to_owned())
}

fn detail(error: &MigrateError) -> String {
    let error = database_error(error);
    error
        .and_then(PgDatabaseError::detail)
        .unwrap_or_default()
        .trim_end_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests;
