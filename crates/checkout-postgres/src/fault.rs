//! What a failure means for whoever asked.

use checkout::adapter::{ImpossibleRow, Remedy, Trouble};
use checkout::ports::{StoreError, StoreErrorKind};

/// A failure, before it is known which operation it belongs to.
#[derive(Debug)]
pub(crate) enum Fault {
    /// No connection was free in time, or none could be made: nothing was begun.
    NoConnection(sqlx::Error),
    /// The time was over before the commit was sent: the connection is closed, and the server rolls back.
    OutOfTime,
    /// A statement failed: nothing was committed.
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

    /// Whether it passes: the server rolled back because of someone else's transaction, or the connection was lost
    /// before the commit was sent.
    pub(crate) fn is_transient(&self) -> bool {
        let Self::Statement(error) = self else { return false };
        match class(error).as_deref() {
            Some("40" | "08") => true,
            Some("57") => matches!(code(error).as_deref(), Some("57P01" | "57P02" | "57P03")),
            Some(_) => false,
            None => matches!(error, sqlx::Error::Io(_) | sqlx::Error::Protocol(_)),
        }
    }

    /// Whether it is the trouble of one order, so that its neighbours in the transaction can go on once it is rolled
    /// back to its savepoint: wrong data, a constraint that spoke, a trigger that refused.
    pub(crate) fn is_of_one_order(&self) -> bool {
        match self {
            Self::Statement(error) => match class(error).as_deref() {
                Some(class) => matches!(class, "22" | "23" | "P0"),
                None => meaning(error) == StoreErrorKind::Corrupt,
            },
            Self::Impossible(_) => true,
            Self::NoConnection(_) | Self::OutOfTime | Self::Commit(_) => false,
        }
    }

    /// What a batch can do about it.
    pub(crate) fn trouble(self, operation: &'static str) -> Trouble {
        let remedy = match &self {
            fault if fault.is_transient() => Remedy::Again,
            Self::Statement(sqlx::Error::Database(_)) | Self::Impossible(_) => Remedy::Apart,
            Self::Statement(_) | Self::NoConnection(_) | Self::OutOfTime | Self::Commit(_) => Remedy::Nothing,
        };
        Trouble {
            error: self.of(operation),
            remedy,
        }
    }

    /// The failure of `operation`.
    pub(crate) fn of(self, operation: &'static str) -> StoreError {
        match self {
            Self::NoConnection(error) => StoreError::new(operation, StoreErrorKind::NotDone, error),
            Self::OutOfTime => StoreError::new(
                operation,
                StoreErrorKind::NotDone,
                "the time was over before the commit",
            ),
            Self::Statement(error) => StoreError::new(operation, meaning(&error), error),
            Self::Commit(error) => StoreError::new(operation, StoreErrorKind::Unknown, error),
            Self::Impossible(row) => StoreError::new(operation, StoreErrorKind::Corrupt, row),
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
