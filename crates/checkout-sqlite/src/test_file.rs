use std::path::PathBuf;

use checkout::testing::Fixture;

/// Where a test may make a database. Ends with the value.
pub(crate) struct TestFile(PathBuf);

impl TestFile {
    pub(crate) fn new() -> Self {
        let name = format!("once-{}.db", Fixture::new_uuid().simple());
        Self(std::env::temp_dir().join(name))
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite:{}", self.0.display())
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm"] {
            // Not every test makes all of them.
            let _ = std::fs::remove_file(format!("{}{ending}", self.0.display()));
        }
    }
}
