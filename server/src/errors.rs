//! What no way in takes – too much at once, not a form, from another site – and what went wrong: the framework answers
//! those with a line of its own, and the shop with a page that says what happened to the order.

use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::Response;

use crate::session::Visitor;
use crate::{AppState, api, language, pages};

/// Puts a page in the place of an error that has none. Programs are told in their own way: what they ask is under `/api`.
pub(crate) async fn as_pages(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let locale = language::of_request(app.transport, request.headers());
    let readable = request.method().is_safe();
    let address = request.uri().path_and_query().filter(|_| readable);
    let address = address.map_or_else(|| "/".to_owned(), ToString::to_string);
    let path = request.uri().path();
    let program = path.starts_with("/api/").then(|| path.to_owned());
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    if let Some(path) = program {
        return api::as_problem(&path, response);
    }
    if is_page(&response) {
        return response;
    }
    let Some(_held_until_answered) = app.bulkheads.for_an_error() else {
        return response;
    };
    // The session stands behind what refused the request: this page is about nobody's cart.
    let nobody = Visitor::new(&app, locale);
    let mut page = pages::failed(&app, &nobody, status, address).await;
    if let Some(allowed) = response.headers().get(ALLOW) {
        page.headers_mut().insert(ALLOW, allowed.clone());
    }
    page
}

fn is_page(response: &Response) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE);
    content_type.is_some_and(|content_type| content_type.as_bytes().starts_with(b"text/html"))
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::StatusCode;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use clap::Parser as _;
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;
    use crate::config::Config;
    use crate::startup;

    async fn fails() -> StatusCode {
        panic!("a bug")
    }

    #[tokio::test]
    async fn a_bug_is_a_page_that_says_what_happened_to_the_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = format!("sqlite://{}", folder.path().join("once.db").display());
        let secret = folder.path().join("secret").display().to_string();
        let line = ["once", "--database-url", &database, "--secret-file", &secret];
        let config = Config::try_parse_from(line).expect("a configuration");
        let (app, _) = startup::open(&config).await.expect("it opens");
        let router = Router::new()
            .route("/fails", get(fails))
            .route("/api/fails", get(fails))
            .layer(CatchPanicLayer::new())
            .layer(from_fn_with_state(app.clone(), as_pages));
        // Making the shop's own router is what starts the executor that pages are rendered on.
        let _ = crate::router::router(app);
        let ask = async |path: &str| {
            let request = Request::get(path).header("accept-language", "de").body(Body::empty());
            let request = request.expect("a request");
            let response = router.clone().oneshot(request).await.expect("an answer");
            let status = response.status();
            let body = to_bytes(response.into_body(), 100_000).await.expect("a body");
            (status, String::from_utf8_lossy(&body).into_owned())
        };
        let (status, page) = ask("/fails").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(page.contains("Bei uns ist etwas schiefgegangen"), "{page}");
        assert!(
            page.contains("Das kann keine zweite auslösen") && !page.contains("a bug"),
            "{page}"
        );
        let (status, text) = ask("/api/fails").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!text.contains("<html"), "{text}");
    }
}
