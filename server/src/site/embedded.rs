//! The site inside the program, as it was when the program was built.

use std::fmt::Write as _;
use std::path::Path;

use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../target/site"]
struct Site;

/// What lies in a folder of the site.
pub(super) fn folder(_root: &str, name: &'static str) -> MethodRouter {
    get(async move |uri: Uri, headers: HeaderMap| answer(&format!("{name}{}", uri.path()), &headers))
}

/// One file of the site.
pub(super) fn file(_root: &str, name: &'static str) -> MethodRouter {
    get(async move |headers: HeaderMap| answer(name, &headers))
}

/// Whether the site has this file.
pub(crate) fn has(_root: &Path, name: &str) -> bool {
    Site::get(name).is_some()
}

/// Where it is.
pub(crate) fn place(_root: &Path) -> String {
    "in the program itself".to_owned()
}

fn answer(name: &str, headers: &HeaderMap) -> Response {
    let Some(file) = Site::get(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = tag(&file);
    if headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    let kind = file.metadata.mimetype().to_owned();
    ([(ETAG, tag), (CONTENT_TYPE, kind)], file.data).into_response()
}

/// Weak: what is compressed on the way has the same one.
fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let mut tag = "W/\"".to_owned();
    for byte in &hash[..16] {
        // Writing to a string never fails.
        let _ = write!(tag, "{byte:02x}");
    }
    tag + "\""
}
