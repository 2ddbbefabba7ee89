//! Whether the file that is written is still the one that a restart finds.
//!
//! A file that is deleted or replaced while it is open goes on working for whoever has it open: every order would be
//! acknowledged, and all of them gone with the process. Looked at, never opened: to close a second handle of the file
//! would drop SQLite's locks on it. The log may be opened.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::SqlitePool;

use crate::pools::LONGEST_LOG_BYTES;

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
    /// It was one of these when a commit came back.
    #[error("{} changed under a commit, which may be lost; start again", .0.display())]
    Broken(PathBuf),
}

/// A file and its write-ahead log, which hold the commits together, as they were when they were opened.
#[derive(Clone)]
pub(crate) struct OpenFile(Arc<Opened>);

struct Opened {
    path: PathBuf,
    file: Identity,
    log_path: PathBuf,
    log: Identity,
    /// What the log was after the latest commit.
    committed: Mutex<Log>,
    /// Whether someone was told how long the log is.
    is_long: AtomicBool,
    /// A commit may be lost. What is read here from now on may not be on the disk, so nothing is acknowledged any more.
    is_broken: AtomicBool,
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
            committed: Mutex::default(),
            is_long: AtomicBool::new(false),
            is_broken: AtomicBool::new(false),
            path,
            log_path,
        })))
    }

    /// Whether what is written now would be found by a restart.
    pub(crate) fn check(&self) -> Result<(), NotTheFile> {
        let here = self.0.check().map(drop);
        if let Err(error) = &here {
            tracing::error!(error = error as &dyn std::error::Error, "nothing can be sold");
        }
        here
    }

    /// Whether what was just committed would be.
    pub(crate) fn check_commit(&self) -> Result<(), NotTheFile> {
        let here = self.0.check().and_then(|log| self.0.keep(log));
        if let Err(error) = &here {
            self.0.is_broken.store(true, Ordering::Relaxed);
            tracing::error!(error = error as &dyn std::error::Error, "a commit may be lost");
        }
        here
    }
}

impl Opened {
    /// A few questions to the file system, which has the answers in memory. The log as it is; none when it is empty.
    fn check(&self) -> Result<Option<Log>, NotTheFile> {
        if self.is_broken.load(Ordering::Relaxed) {
            return Err(NotTheFile::Broken(self.path.clone()));
        }
        let found = self.path.metadata().map_err(|source| gone(&self.path, source))?;
        same(&self.path, &found, self.file)?;
        let log = self.read_log()?;
        let committed = *self.committed();
        match log {
            Some(log) if log.salts == committed.salts && log.length < committed.length => {
                Err(NotTheFile::Cut(self.log_path.clone()))
            }
            log => Ok(log),
        }
    }

    /// Closing it loses no lock: SQLite keeps those elsewhere.
    fn read_log(&self) -> Result<Option<Log>, NotTheFile> {
        let gone = |source| gone(&self.log_path, source);
        let mut opened = File::open(&self.log_path).map_err(gone)?;
        let found = opened.metadata().map_err(gone)?;
        same(&self.log_path, &found, self.log)?;
        if found.len() == 0 {
            return Ok(None);
        }
        let mut header = [0; 24];
        opened.read_exact(&mut header).map_err(gone)?;
        let log = Log::of(header, found.len());
        log.map(Some).ok_or_else(|| NotTheFile::Cut(self.log_path.clone()))
    }

    /// Keeps what the log is after a commit, which stands in it.
    fn keep(&self, log: Option<Log>) -> Result<(), NotTheFile> {
        let log = log.ok_or_else(|| NotTheFile::Cut(self.log_path.clone()))?;
        *self.committed() = log;
        self.tell_length(log.length);
        Ok(())
    }

    /// Once when it becomes long, and once when it is short again.
    fn tell_length(&self, bytes: u64) {
        let is_long = bytes > LONGEST_LOG_BYTES;
        if self.is_long.swap(is_long, Ordering::Relaxed) == is_long {
            return;
        }
        if is_long {
            tracing::warn!(
                bytes,
                "the write-ahead log grows: someone reads without end, or the disk is too slow"
            );
        } else {
            tracing::info!(bytes, "the write-ahead log is short again");
        }
    }

    fn committed(&self) -> std::sync::MutexGuard<'_, Log> {
        self.committed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A write-ahead log with something in it.
#[derive(Clone, Copy, Default)]
struct Log {
    /// They change when the log begins anew, as it does when all of it was copied to the file. Until then it grows.
    salts: [u8; 8],
    length: u64,
}

impl Log {
    /// The log that begins like this; none if no log does. One that was cut off in front of SQLite's eyes begins with a
    /// hole, and a restart would read none of it.
    fn of(header: [u8; 24], length: u64) -> Option<Self> {
        const MARK: [u8; 3] = [0x37, 0x7f, 0x06];
        let salts = header[16..].try_into().ok()?;
        header.starts_with(&MARK).then_some(Self { salts, length })
    }
}

fn gone(path: &Path, source: std::io::Error) -> NotTheFile {
    let path = path.to_owned();
    NotTheFile::Gone { path, source }
}

fn same(path: &Path, found: &Metadata, opened: Identity) -> Result<(), NotTheFile> {
    if Identity::of(found) == opened {
        Ok(())
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
