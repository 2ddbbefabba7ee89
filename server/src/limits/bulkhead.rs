//! Pages cost the most to make, and nobody needs an order to ask for one. However many are asked for, only so many are being
//! made at once, and those of the way to pay have room of their own.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER, VARY};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::security::headers;
use crate::{AppState, language};

/// Room for pages, apart for those who look around and those who buy.
#[derive(Clone)]
pub(crate) struct Bulkheads {
    looking: Arc<Semaphore>,
    buying: Arc<Semaphore>,
}

impl Bulkheads {
    pub(crate) fn new(pages_at_once: usize) -> Self {
        let room = || Arc::new(Semaphore::new(pages_at_once));
        Self {
            looking: room(),
            buying: room(),
        }
    }

    /// Room for a page that says what went wrong; none when there is no room for pages at all.
    pub(crate) fn for_an_error(&self) -> Option<SemaphorePermit<'_>> {
        self.looking.try_acquire().ok()
    }

    /// The room that the request takes some of; none for what has a limit elsewhere: orders, which the core counts, and what
    /// a program asks, which is no page.
    fn of(&self, request: &Request) -> Option<&Semaphore> {
        let path = request.uri().path();
        let is_order = || path.strip_prefix("/checkout/").is_some_and(|cart| !cart.contains('/'));
        let is_post = request.method() == Method::POST;
        if path.starts_with("/api/") || (is_post && is_order()) {
            return None;
        }
        let buys = is_post || path.starts_with("/checkout/") || path.starts_with("/orders");
        Some(if buys { &self.buying } else { &self.looking })
    }
}

/// Lets the request through, or refuses it at once.
pub(crate) async fn in_turn(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let Some(room) = app.bulkheads.of(&request) else {
        return next.run(request).await;
    };
    match room.try_acquire() {
        Ok(_held_until_answered) => next.run(request).await,
        Err(_full) => refused(&app, &request),
    }
}

/// The same for everybody who reads the same language: it is not rendered.
fn refused(app: &AppState, request: &Request) -> Response {
    let locale = language::of_request(app.transport, request.headers());
    let page = app::pages::busy_page(locale, &app.options);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_LANGUAGE, HeaderValue::from_static(locale.tag())),
        (VARY, HeaderValue::from_static("accept-language, cookie")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_SECURITY_POLICY, headers::of_page(None)),
        (RETRY_AFTER, HeaderValue::from_static("2")),
    ];
    (StatusCode::SERVICE_UNAVAILABLE, headers, page).into_response()
}
