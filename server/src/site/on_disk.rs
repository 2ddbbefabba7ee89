//! The site in a folder.

use std::path::Path;

use tower_http::services::{ServeDir, ServeFile};

/// What lies in a folder of the site.
pub(super) fn folder(root: &str, name: &str) -> ServeDir {
    ServeDir::new(format!("{root}/{name}"))
}

/// One file of the site.
pub(super) fn file(root: &str, name: &str) -> ServeFile {
    ServeFile::new(format!("{root}/{name}"))
}

/// Whether the site has this file.
pub(crate) fn has(root: &Path, name: &str) -> bool {
    root.join(name).is_file()
}

/// Where it is.
pub(crate) fn place(root: &Path) -> String {
    format!("in {}", root.display())
}
