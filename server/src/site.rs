//! What is the same for everybody: scripts, styles, pictures. From a folder, or from the program itself.

#[cfg(feature = "embed-site")]
mod embedded;
#[cfg(not(feature = "embed-site"))]
mod on_disk;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::security::headers;
use crate::state::AppState;

#[cfg(feature = "embed-site")]
use embedded::{file, folder};
#[cfg(feature = "embed-site")]
pub(crate) use embedded::{has, place};
#[cfg(not(feature = "embed-site"))]
use on_disk::{file, folder};
#[cfg(not(feature = "embed-site"))]
pub(crate) use on_disk::{has, place};

/// Scripts, styles and the pages that name them are of one release: browsers ask each time whether theirs is still good. A
/// picture may be a day old.
pub(crate) fn files(root: &str) -> Router<AppState> {
    let cached = |how| SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static(how));
    let worker_policy = HeaderValue::from_static(headers::OF_WORKER);
    let worker = Router::new()
        .route_service("/offline.js", file(root, "offline.js"))
        .layer(SetResponseHeaderLayer::overriding(
            CONTENT_SECURITY_POLICY,
            worker_policy,
        ));
    let release = Router::new()
        .nest_service("/pkg", folder(root, "pkg"))
        .merge(worker)
        .layer(cached("no-cache"));
    Router::new()
        .nest_service("/pictures", folder(root, "pictures"))
        .route_service("/favicon.svg", file(root, "favicon.svg"))
        .route_service("/robots.txt", file(root, "robots.txt"))
        .layer(cached("public, max-age=86400"))
        .merge(release)
}
