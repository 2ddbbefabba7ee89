//! Pages: rendered in full before they are sent, so that status and cookies are right.

use std::str::FromStr as _;
use std::sync::{Arc, OnceLock};

use app::context::{PageStatus, Rejection, RequestContext};
use app::shell::shell;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER, VARY};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use leptos::nonce::use_nonce;
use leptos::prelude::provide_context;

use crate::security::headers;
use crate::session::Visitor;
use crate::{AppState, placed};

/// Where there is nothing: the error pages stand there.
pub(crate) const NOWHERE: &str = "/404";

/// Answers a GET with its page.
pub(crate) async fn page(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let ctx = context(&app, &visitor, Rejection::None);
    let before = placed::of_request(app.transport, &request);
    if let Some(order) = before {
        // It is new, and nothing was set in it.
        let _ = ctx.placed.set(order);
    }
    let placed = Arc::clone(&ctx.placed);
    let mut response = render(ctx, request).await;
    match (before, placed.get()) {
        (Some(_), _) => placed::forget(app.transport, &mut response),
        (None, Some(order)) => placed::remember(app.transport, &mut response, *order),
        (None, None) => {}
    }
    response
}

/// Answers a form that was not accepted with the page it came from, which shows what was typed and what is wrong.
pub(crate) async fn rejected(
    app: &AppState,
    visitor: Visitor,
    page: &str,
    status: u16,
    rejection: Rejection,
) -> Response {
    let ctx = context(app, &visitor, rejection);
    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::GET;
    // The addresses are ours; one that is none would render the 404 page.
    *request.uri_mut() = Uri::from_str(page).unwrap_or_default();
    let page_status = ctx.status.clone();
    let mut response = render(ctx, request).await;
    if page_status.get() == 200 {
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    }
    response
}

/// Answers what is no request to a page with the page of its status.
pub(crate) async fn failed(app: &AppState, visitor: &Visitor, status: StatusCode, address: String) -> Response {
    let ctx = context(app, visitor, Rejection::None);
    ctx.status.set(status.as_u16());
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = Uri::from_static(NOWHERE);
    render_at(ctx, request, address).await
}

/// Says that the shop can not answer now, and when to ask again.
pub(crate) async fn unavailable(app: &AppState, visitor: &Visitor) -> Response {
    let mut response = failed(app, visitor, StatusCode::SERVICE_UNAVAILABLE, "/".to_owned()).await;
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from_static("2"));
    response
}

/// What pages and server functions know of a request.
pub(crate) fn context(app: &AppState, visitor: &Visitor, rejection: Rejection) -> RequestContext {
    RequestContext {
        checkout: app.checkout.clone(),
        clock: app.clock.clone(),
        accounts: app.accounts.clone(),
        shopper: visitor.shopper,
        account: visitor.email(),
        locale: visitor.locale,
        address: String::new(),
        placed: Arc::default(),
        status: PageStatus::default(),
        rejection,
        options: app.options.clone(),
    }
}

async fn render(ctx: RequestContext, request: Request) -> Response {
    let address = request.uri().path_and_query().map(ToString::to_string);
    render_at(ctx, request, address.unwrap_or_default()).await
}

async fn render_at(mut ctx: RequestContext, request: Request, address: String) -> Response {
    let status = ctx.status.clone();
    let language = HeaderValue::from_static(ctx.locale.tag());
    ctx.address = address;
    let nonce = Arc::new(OnceLock::new());
    let seen = Arc::clone(&nonce);
    let about = move || {
        provide_context(ctx.clone());
        // The framework makes one for each page, and the page's scripts carry it.
        if let Some(nonce) = use_nonce() {
            let _ = seen.set(nonce);
        }
    };
    let mut response = leptos_axum::render_app_async_with_context(about, shell)(request).await;
    *response.status_mut() = StatusCode::from_u16(status.get()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let policy = headers::of_page(nonce.get().map(|nonce| &**nonce));
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // Every page shows something of its shopper: the cart at least.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_LANGUAGE, language);
    headers.append(VARY, HeaderValue::from_static("accept-language, cookie"));
    response
}
