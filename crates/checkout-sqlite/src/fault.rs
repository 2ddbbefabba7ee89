//! What a failure means for whoever asked.

use checkout::adapter::{ImpossibleRow, Remedy, Trouble};
use checkout::ports::{StoreError, StoreErrorKind};

use crate::file::NotTheFile;

/// A failure, before it is known which operation it belongs to.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The file is not where it was opened: nothing was begun, or what was committed may be lost.
    File(NotTheFile),
    /// The connection that writes was not free in time: nothing was begun.
    NoConnection(sqlx::Error),
    /// The time was over before the commit was sent: it is rolled back.
    OutOfTime,
    /// A statement failed: nothing was committed.
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

impl From<NotTheFile> for Fault {
    fn from(file: NotTheFile) -> Self {
        Self::File(file)
    }
}

/// SQLite's result codes, which are the low byte of its extended ones.
mod code {
    pub(super) const BUSY: u32 = 5;
    pub(super) const TOO_BIG: u32 = 18;
    pub(super) const CONSTRAINT: u32 = 19;
    pub(super) const MISMATCH: u32 = 20;
}

impl Fault {
    /// Whether another process was writing, so that trying again makes sense.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Statement(error) if is_busy(error))
    }

    /// Whether it is the trouble of one order, so that its neighbours in the transaction can go on once it is rolled
    /// back to its savepoint: wrong data, a constraint that spoke, a trigger that refused.
    pub(crate) fn is_of_one_order(&self) -> bool {
        match self {
            Self::Statement(error) => match result_code(error) {
                Some(code) => matches!(code, code::TOO_BIG | code::CONSTRAINT | code::MISMATCH),
                None => meaning(error) == StoreErrorKind::Corrupt,
            },
            Self::Impossible(_) => true,
            Self::File(_) | Self::NoConnection(_) | Self::OutOfTime | Self::Commit(_) => false,
        }
    }

    /// What a batch can do about it.
    pub(crate) fn trouble(self, operation: &'static str) -> Trouble {
        let remedy = match &self {
            fault if fault.is_transient() => Remedy::Again,
            Self::Statement(sqlx::Error::Database(_)) | Self::Impossible(_) => Remedy::Apart,
            Self::Statement(_) | Self::File(_) | Self::NoConnection(_) | Self::OutOfTime | Self::Commit(_) => {
                Remedy::Nothing
            }
        };
        Trouble {
            error: self.of(operation),
            remedy,
        }
    }

    /// The failure of `operation`.
    pub(crate) fn of(self, operation: &'static str) -> StoreError {
        match self {
            Self::File(gone) => StoreError::new(operation, StoreErrorKind::NotDone, gone),
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

/// Whether someone else has the file.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    result_code(error) == Some(code::BUSY)
}

fn result_code(error: &sqlx::Error) -> Option<u32> {
    let extended: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xFF)
}

/// A value of another type than the query was checked with is wrong data, not a failed statement.
fn meaning(error: &sqlx::Error) -> StoreErrorKind {
    match error {
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreErrorKind::Corrupt,
        _ => StoreErrorKind::NotDone,
    }
}
