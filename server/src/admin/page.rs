//! The document around every page of the administration.

use app::text;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use checkout::ports::StoreError;
use checkout::time::Timestamp;
use leptos::prelude::*;

/// Nothing but its own style, and forms that lead here. No script at all.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NO_INDEX: HeaderValue = HeaderValue::from_static("noindex");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

const STYLE: &str = include_str!("../../../style/admin.css");

/// Who sees a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visitor {
    /// Whoever comes by: the way in.
    Outside,
    /// Whoever is logged in.
    Inside,
}

/// A page.
pub(super) fn page(status: StatusCode, title: &str, visitor: Visitor, body: impl IntoView) -> Response {
    let title = format!("{title} – Once administration");
    let navigation = (visitor == Visitor::Inside).then(navigation);
    let document = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{title}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href="/pkg/once.css"/>
                <link rel="stylesheet" href="/admin/style.css"/>
            </head>
            <body class="admin">
                <a class="skip" href="#main">"Skip to the content"</a>
                <header class="site-header">
                    <a href="/admin">"Once"</a>
                    {navigation}
                </header>
                <main id="main" tabindex="-1">{body.into_view()}</main>
            </body>
        </html>
    };
    let headers = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, NO_STORE),
        (ROBOTS, NO_INDEX),
    ];
    (status, headers, Html(format!("<!DOCTYPE html>{}", document.to_html()))).into_response()
}

fn navigation() -> impl IntoView {
    view! {
        <nav aria-label="Administration">
            <a href="/admin">"Overview"</a>
            " "
            <a href="/admin/orders">"Orders"</a>
            " "
            <form method="post" action="/admin/logout"><button class="button-quiet">"Log out"</button></form>
        </nav>
    }
}

/// A table. A phone scrolls it and not the page, and whoever has no pointer scrolls it by its keys.
pub(super) fn table<const N: usize>(
    label: &'static str,
    heads: [&'static str; N],
    rows: impl IntoView + 'static,
) -> impl IntoView {
    let heads = heads.map(|head| view! { <th scope="col">{head}</th> }).collect_view();
    view! {
        <div class="admin-table" role="group" aria-label=label tabindex="0">
            <table>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// There is no such thing.
pub(super) fn not_found() -> Response {
    let body = view! {
        <h1>"There is nothing here"</h1>
        <p><a href="/admin/orders">"All orders"</a></p>
    };
    page(StatusCode::NOT_FOUND, "Not found", Visitor::Inside, body)
}

/// The database does not tell, or nobody knows whether it did what it was told.
pub(super) fn unavailable(error: &StoreError) -> Response {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "the administration met an error"
    );
    let body = view! {
        <h1>"The database does not answer"</h1>
        <p>"Try again: whatever was done already is not done twice."</p>
        <p><a href="/admin">"Overview"</a></p>
    };
    let mut response = page(StatusCode::SERVICE_UNAVAILABLE, "Unavailable", Visitor::Inside, body);
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from_static("2"));
    response
}

/// What the pages have besides the shop's own style.
pub(super) async fn style() -> impl IntoResponse {
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    (
        [
            (CONTENT_TYPE, kind),
            (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        ],
        STYLE,
    )
}

/// A point in time, as the shop writes it.
pub(super) fn moment(at: Timestamp) -> String {
    text::moment(at, app::locale::Locale::En)
}
