//! What every answer of the shop tells browsers to refuse, and what is unavailable, when to come again.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, RETRY_AFTER,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::transport::Transport;

/// What is no page – a file, a redirect, JSON – loads nothing, runs nothing and is framed by nobody.
const NO_PAGE: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The service worker fetches the pages that are asked for, and nothing of another origin.
pub(crate) const OF_WORKER: &str = "default-src 'none'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The documentation of the API runs the scripts that lie beside it, and asks the API of this shop.
pub(crate) const OF_DOCUMENTATION: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                                           connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Two years, so that a browser that comes once a year is still held to it.
const TLS_ONLY: &str = "max-age=63072000";

/// Of every answer. `same-origin` referrers, for the guard against forged requests also works where they are all there is.
const ALWAYS: [(HeaderName, &str); 6] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Sets them on every answer, whoever made it: a page, a file, an error, a redirect, a panic.
pub(crate) async fn on_every_answer(State(transport): State<Transport>, request: Request, next: Next) -> Response {
    on_answer(transport, next.run(request).await)
}

/// The same for an answer that is given before that.
pub(crate) fn on_answer(transport: Transport, mut response: Response) -> Response {
    let is_unavailable = response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if transport == Transport::Https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TLS_ONLY));
    }
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(NO_PAGE));
    // What did not say that it may be kept is not.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if is_unavailable {
        headers.entry(RETRY_AFTER).or_insert(HeaderValue::from_static("2"));
    }
    say_the_charset(headers);
    response
}

/// Every text of the shop is UTF-8, and says so.
fn say_the_charset(headers: &mut HeaderMap) {
    let Some(kind) = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else {
        return;
    };
    let is_text = kind.starts_with("text/") || kind == "image/svg+xml";
    if is_text
        && !kind.contains("charset")
        && let Ok(with) = HeaderValue::from_str(&format!("{kind}; charset=utf-8"))
    {
        headers.insert(CONTENT_TYPE, with);
    }
}

/// What a page may load and run: what it names itself, and what a script with this answer's nonce asks for. Nothing inline
/// without it, nothing of another origin, no `eval` – but WebAssembly may be compiled. A page without a nonce runs no script.
pub(crate) fn of_page(nonce: Option<&str>) -> HeaderValue {
    let scripts = match nonce {
        Some(nonce) => format!("'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'"),
        None => "'none'".to_owned(),
    };
    let policy = format!(
        "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self'; connect-src 'self'{reload}; worker-src 'self'; object-src \
         'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        reload = reload()
    );
    // A nonce is base64: what it is made of can stand in a header.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(NO_PAGE))
}

/// While `cargo leptos watch` runs the shop, its page asks on another port whether there is a new build.
fn reload() -> &'static str {
    if std::env::var_os("LEPTOS_WATCH").is_some() {
        " ws:"
    } else {
        ""
    }
}
