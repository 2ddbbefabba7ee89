//! What a failure means for whoever asked.

use checkout::adapter::ImpossibleRow;
use checkout::ports::{StoreError, StoreErrorKind};

/// A failure, before it is known which operation it belongs to.
#[derive(Debug)]
pub(crate) enum Fault {
    /// No connection, or a statement failed: nothing was committed.
    Statement(sqlx::Error),
    /// The commit was sent, and no clear answer came back.
    Commit(sqlx::Error),
    /// The database holds something that can not be.
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
    /// What a failed commit means.
    pub(crate) fn of_commit(error: sqlx::Error) -> Self {
        match class(&error).as_deref() {
            // The server said that it does not know (SQLSTATE 40003, statement_completion_unknown).
            _ if code(&error).as_deref() == Some("40003") => Self::Commit(error),
            // The server said that it rolled back: a constraint that was checked last, or two transactions in conflict.
            Some("23" | "40") => Self::Statement(error),
            _ => Self::Commit(error),
        }
    }

    /// Whether the server rolled back because of someone else's transaction, so that trying again makes sense.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Statement(error) if class(error).as_deref() == Some("40"))
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

/// The class of the server's SQLSTATE; none when the server did not answer.
fn class(error: &sqlx::Error) -> Option<String> {
    Some(code(error)?.get(..2)?.to_owned())
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}
