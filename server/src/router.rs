//! Every address of the shop, and what stands before it.

use std::net::SocketAddr;

use app::shell::Pages;
use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use leptos_axum::{LeptosRoutes as _, generate_route_list};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::state::AppState;
use crate::telemetry::access;
use crate::{admin, errors, forms, functions, health, language, look_up, pages, session};

/// The most bytes that a request's body may have. The longest form is far smaller.
const MOST_BODY_BYTES: usize = 64 * 1024;

/// The whole shop, told who connects.
pub fn service(app: AppState) -> IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
    router(app).into_make_service_with_connect_info()
}

/// The whole shop.
pub(crate) fn router(app: AppState) -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .merge(files(&app.options.site_root))
        .merge(shop(&app))
        .merge(admin::routes(&app))
        .layer(CompressionLayer::new())
        .layer(SetResponseHeaderLayer::if_not_present(
            X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            X_FRAME_OPTIONS,
            HeaderValue::from_static("DENY"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(app.clone(), access::told))
        .with_state(app)
}

/// What is the same for everybody. Scripts, styles and the pages that name them are of one release: browsers ask each time
/// whether theirs is still good. A picture may be a day old.
fn files(site: &str) -> Router<AppState> {
    let cached = |how| SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static(how));
    let file = |name: &str| ServeFile::new(format!("{site}/{name}"));
    let release = Router::new()
        .nest_service("/pkg", ServeDir::new(format!("{site}/pkg")))
        .route_service("/offline.js", file("offline.js"))
        .layer(cached("no-cache"));
    Router::new()
        .nest_service("/pictures", ServeDir::new(format!("{site}/pictures")))
        .route_service("/favicon.svg", file("favicon.svg"))
        .route_service("/robots.txt", file("robots.txt"))
        .layer(cached("public, max-age=86400"))
        .merge(release)
}

/// What belongs to a shopper: pages, forms and server functions.
fn shop(app: &AppState) -> Router<AppState> {
    let opening_carts = Router::new()
        .route("/cart/lines", post(forms::add_line))
        .route("/buy-now", post(forms::buy_now))
        .route_layer(from_fn_with_state(app.clone(), session::renewed));
    Router::new()
        .merge(opening_carts)
        .route("/cart/lines/{slug}", post(forms::set_line))
        .route("/login", post(forms::log_in))
        .route("/register", post(forms::register))
        .route("/logout", post(forms::log_out))
        .route("/orders", post(forms::look_up_order))
        .route("/language", post(language::choose))
        .route("/api/open_checkout", post(functions::function))
        .route("/api/submit_order", post(functions::function))
        .route("/api/status/{digest}", get(look_up::look_up))
        .route("/checkout/{cart}", post(forms::submit_order))
        .route("/checkout/{cart}/lines/{slug}", post(forms::set_checkout_line))
        .route("/checkout/{cart}/cancel", post(forms::cancel_cart))
        .leptos_routes_with_handler(generate_route_list(Pages), pages::page)
        .fallback(pages::page)
        .layer(from_fn_with_state(app.clone(), session::session))
        .layer(CsrfLayer::new())
        .layer(RequestBodyLimitLayer::new(MOST_BODY_BYTES))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(app.clone(), errors::as_pages))
}
