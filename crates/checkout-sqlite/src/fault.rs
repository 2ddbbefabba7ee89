//! What a failure means for whoever asked.

use checkout::adapter::ImpossibleRow;
use checkout::ports::{StoreError, StoreErrorKind};

/// A failure, before it is known which operation it belongs to.
#[derive(Debug)]
pub(crate) enum Fault {
    /// No connection, or a statement failed: nothing was committed.
    Statement(sqlx::Error),
    /// The commit failed: the disk may hold it or not.
    Commit(sqlx::Error),
    /// The file holds something that can not be.
    Impossible(ImpossibleRow),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Statement(error)
    }
}

impl From<ImpossibleRow> for Fault {
    fn from(row: ImpossibleRow) -> Self {
        Self::Impossible(row)
    }
}

impl Fault {
    /// Whether another process was writing, so that trying again makes sense.
    pub(crate) fn is_transient(&self) -> bool {
        /// `SQLITE_BUSY`, the low byte of its extended codes.
        const BUSY: u32 = 5;
        let Self::Statement(sqlx::Error::Database(error)) = self else {
            return false;
        };
        let code = error.code().and_then(|code| code.parse::<u32>().ok());
        code.is_some_and(|code| code & 0xFF == BUSY)
    }

    /// The failure of `operation`.
    pub(crate) fn of(self, operation: &'static str) -> StoreError {
        match self {
            Self::Statement(error) => StoreError::new(operation, meaning(&error), error),
            Self::Commit(error) => StoreError::new(operation, StoreErrorKind::Unknown, error),
            Self::Impossible(row) => StoreError::new(operation, StoreErrorKind::Corrupt, row),
        }
    }

    /// The failure of reading what was committed: the order stands, but nobody saw it.
    pub(crate) fn after_commit(self, operation: &'static str) -> StoreError {
        let error = self.of(operation);
        match error.kind {
            StoreErrorKind::NotDone => StoreError {
                kind: StoreErrorKind::Unknown,
                ..error
            },
            StoreErrorKind::Unknown | StoreErrorKind::Corrupt => error,
        }
    }
}

/// A value of another type than the query was checked with is wrong data, not a failed statement.
fn meaning(error: &sqlx::Error) -> StoreErrorKind {
    match error {
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreErrorKind::Corrupt,
        _ => StoreErrorKind::NotDone,
    }
}
