//! Whether the file that is written is still the one that a restart finds.
//!
//! A file that is deleted or replaced while it is open goes on working for whoever has it open: every order would be
//! acknowledged, and all of them gone with the process. Looked at, never opened: to close a second handle of the file
//! would drop SQLite's locks on it.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::SqlitePool;

/// The file is not what it was when it was opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotTheFile {
    /// It was deleted, or moved.
    #[error("{} is gone, though it is open; put it back, or start again", path.display())]
    Gone { path: PathBuf, source: std::io::Error },
    /// Another file stands in its place.
    #[error("{} was replaced while it was open; start again to use what is there now", .0.display())]
    Replaced(PathBuf),
    /// It lost commits that were in it.
    #[error("{} was cut while it was open; start again", .0.display())]
    Cut(PathBuf),
}

/// A file and its write-ahead log, which hold the commits together, as they were when they were opened.
#[derive(Clone)]
pub(crate) struct OpenFile(Arc<Opened>);

struct Opened {
    path: PathBuf,
    file: Identity,
    log_path: PathBuf,
    log: Identity,
    /// How long the log was after the latest commit. Between two starts it begins anew from its front and stays as
    /// long as it is; another process can empty it, when everything in it was copied to the file.
    log_length: AtomicU64,
}

impl OpenFile {
    /// The file at `path`, which `readers` have open.
    pub(crate) async fn of(readers: &SqlitePool, path: PathBuf) -> Result<Self, sqlx::Error> {
        // The first read opens the log.
        sqlx::query_scalar!("SELECT COUNT(*) FROM products WHERE slug = ''")
            .fetch_one(readers)
            .await?;
        // The log stands beside what a link leads to.
        let mut log_path = OsString::from(path.canonicalize()?);
        log_path.push("-wal");
        let log_path = PathBuf::from(log_path);
        Ok(Self(Arc::new(Opened {
            file: Identity::of(&path.metadata()?),
            log: Identity::of(&log_path.metadata()?),
            log_length: AtomicU64::new(0),
            path,
            log_path,
        })))
    }

    /// Whether what is written now would be found by a restart.
    pub(crate) fn check(&self) -> Result<(), NotTheFile> {
        let here = self.0.check();
        if let Err(error) = &here {
            tracing::error!(error = error as &dyn std::error::Error, "nothing can be sold");
        }
        here
    }

    /// Whether what was just committed would be.
    pub(crate) fn check_commit(&self) -> Result<(), NotTheFile> {
        let here = self.0.check().and_then(|()| self.0.check_log());
        if let Err(error) = &here {
            tracing::error!(error = error as &dyn std::error::Error, "a commit may be lost");
        }
        here
    }
}

impl Opened {
    /// Two questions to the file system, which has the answers in memory.
    fn check(&self) -> Result<(), NotTheFile> {
        same(&self.path, self.file)?;
        let length = same(&self.log_path, self.log)?;
        match length {
            0 => Ok(()),
            shorter if shorter < self.log_length.load(Ordering::Relaxed) => Err(NotTheFile::Cut(self.log_path.clone())),
            _ => Ok(()),
        }
    }

    /// A log with a commit in it begins with its mark; one that was cut off in front of SQLite's eyes begins with a hole,
    /// and a restart would read none of it. No lock is lost by closing it: SQLite keeps those elsewhere.
    fn check_log(&self) -> Result<(), NotTheFile> {
        const MARK: [u8; 3] = [0x37, 0x7f, 0x06];
        let gone = |source| NotTheFile::Gone {
            path: self.log_path.clone(),
            source,
        };
        let mut log = File::open(&self.log_path).map_err(gone)?;
        let mut begins = [0; 3];
        log.read_exact(&mut begins).map_err(gone)?;
        if begins != MARK {
            return Err(NotTheFile::Cut(self.log_path.clone()));
        }
        let length = log.metadata().map_err(gone)?.len();
        self.log_length.store(length, Ordering::Relaxed);
        Ok(())
    }
}

/// The length of what stands at `path`, if it is still what it was.
fn same(path: &Path, opened: Identity) -> Result<u64, NotTheFile> {
    let found = path.metadata().map_err(|source| NotTheFile::Gone {
        path: path.to_owned(),
        source,
    })?;
    if Identity::of(&found) == opened {
        Ok(found.len())
    } else {
        Err(NotTheFile::Replaced(path.to_owned()))
    }
}

/// What a file is, whatever it is called.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }

    /// Elsewhere an open file can be neither deleted nor replaced.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Self {
        Self { device: 0, inode: 0 }
    }
}
