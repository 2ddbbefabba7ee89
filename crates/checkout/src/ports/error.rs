use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// What a failed store operation means for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// It was certainly not done: the store was not reached, or it rolled back.
    NotDone,
    /// It may have been done: contact was lost in the middle.
    Unknown,
    /// The store holds something that can not be: the data is wrong, or this code is.
    Corrupt,
}

/// A store operation failed. For the log; shoppers never read it. Orders that fail together share one cause.
#[derive(Clone, Debug)]
pub struct StoreError {
    /// What was being done, such as `insert order`.
    pub operation: &'static str,
    /// What that means.
    pub kind: StoreErrorKind,
    /// Why.
    pub source: Arc<dyn Error + Send + Sync>,
}

impl StoreError {
    /// `operation` failed by `source`.
    pub fn new(operation: &'static str, kind: StoreErrorKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            operation,
            kind,
            source: Arc::from(source.into()),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            StoreErrorKind::NotDone => write!(f, "{} failed", self.operation),
            StoreErrorKind::Unknown => write!(f, "{} has an unknown outcome", self.operation),
            StoreErrorKind::Corrupt => write!(f, "{} met data that can not be", self.operation),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_reads_what_failed_what_that_means_and_why() {
        for (kind, text) in [
            (StoreErrorKind::NotDone, "insert order failed"),
            (StoreErrorKind::Unknown, "insert order has an unknown outcome"),
            (StoreErrorKind::Corrupt, "insert order met data that can not be"),
        ] {
            let error = StoreError::new("insert order", kind, "connection reset");
            assert_eq!(error.to_string(), text);
            assert_eq!(error.source().expect("a cause").to_string(), "connection reset");
        }
    }
}
