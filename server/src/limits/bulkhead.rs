//! Pages cost the most to make, and nobody needs an order to ask for one. However many are asked for, only so many are being
//! made at once, and those of the way to pay have room of their own. Whoever is on that way comes before whoever would begin
//! it: what was done for a shopper who is refused further on is lost. So nobody begins while half of the room further on is
//! taken, be it that of pages or that of orders.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER, VARY};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::security::headers;
use crate::telemetry::{Refusal, access};
use crate::{AppState, language};

/// Room for pages, apart for those who look around and those who buy.
#[derive(Clone)]
pub(crate) struct Bulkheads {
    looking: Arc<Semaphore>,
    buying: Arc<Semaphore>,
    /// So much room for pages must be left for those who buy, before anybody begins to.
    kept: usize,
    /// So many orders may be on their way, before nobody begins another.
    ordering: usize,
    /// How much room each part has.
    each: usize,
}

/// Where a request goes.
enum Way {
    /// It has a limit elsewhere: orders, which the core counts, and what a program asks, which is no page.
    Past,
    /// It looks around.
    Looking,
    /// It begins: a cart, a session.
    Beginning,
    /// It is about a cart or an order that is there.
    Buying,
}

impl Way {
    fn of(request: &Request) -> Self {
        let path = request.uri().path();
        let is_post = request.method() == Method::POST;
        let is_order = || path.strip_prefix("/checkout/").is_some_and(|cart| !cart.contains('/'));
        if path.starts_with("/api/") || (is_post && is_order()) {
            Self::Past
        } else if path.starts_with("/checkout/") || path.starts_with("/orders") {
            Self::Buying
        } else if is_post {
            Self::Beginning
        } else {
            Self::Looking
        }
    }
}

impl Bulkheads {
    pub(crate) fn new(pages_at_once: usize, orders_at_once: usize) -> Self {
        let room = || Arc::new(Semaphore::new(pages_at_once));
        Self {
            looking: room(),
            buying: room(),
            kept: pages_at_once.div_ceil(2),
            ordering: orders_at_once.div_ceil(2),
            each: pages_at_once,
        }
    }

    /// How many pages are being made in each part.
    pub(crate) fn busy(&self) -> [(&'static str, usize); 2] {
        let taken = |room: &Semaphore| self.each.saturating_sub(room.available_permits());
        [("looking", taken(&self.looking)), ("buying", taken(&self.buying))]
    }

    /// Room for a page that says what went wrong; none when there is no room for pages at all.
    pub(crate) fn for_an_error(&self) -> Option<SemaphorePermit<'_>> {
        self.looking.try_acquire().ok()
    }

    /// Whether there is no room further on for somebody who would begin, as so many orders are on their way.
    fn is_closed_to_beginners(&self, orders: usize) -> bool {
        orders >= self.ordering || self.buying.available_permits() < self.kept
    }

    /// What the request holds while it is answered, as so many orders are on their way; none when there is no room.
    fn enter(&self, request: &Request, orders: usize) -> Option<Entered<'_>> {
        let room = match Way::of(request) {
            Way::Past => return Some(Entered { _room: None }),
            Way::Looking => &self.looking,
            Way::Beginning if self.is_closed_to_beginners(orders) => return None,
            Way::Beginning | Way::Buying => &self.buying,
        };
        let room = room.try_acquire().ok()?;
        Some(Entered { _room: Some(room) })
    }
}

/// Holds its room until it is dropped.
struct Entered<'a> {
    _room: Option<SemaphorePermit<'a>>,
}

/// Where a shopper begins to buy.
const BEGINNINGS: [&str; 2] = ["/buy-now", "/cart/lines"];

/// Refuses those who would begin to buy before anything else is done for them: under overload they are nearly all, and what
/// each costs the orders do not get.
pub(crate) async fn at_the_door(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let (is_post, path) = (request.method() == Method::POST, request.uri().path());
    let beginning = BEGINNINGS.into_iter().find(|beginning| is_post && *beginning == path);
    match beginning {
        Some(route) if app.bulkheads.is_closed_to_beginners(app.checkout.attempts_running()) => {
            let metrics = &app.instruments.metrics;
            metrics.request(route, &Method::POST, StatusCode::SERVICE_UNAVAILABLE);
            metrics.refused(Refusal::Overload);
            let mut answer = headers::on_answer(app.transport, refused(&app, &request));
            access::name(&mut answer);
            answer
        }
        _ => next.run(request).await,
    }
}

/// Lets the request through, or refuses it at once.
pub(crate) async fn in_turn(State(app): State<AppState>, request: Request, next: Next) -> Response {
    match app.bulkheads.enter(&request, app.checkout.attempts_running()) {
        Some(_held_until_answered) => next.run(request).await,
        None => refused(&app, &request),
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
    (
        StatusCode::SERVICE_UNAVAILABLE,
        headers,
        Extension(Refusal::Overload),
        page,
    )
        .into_response()
}
