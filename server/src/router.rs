//! Every address of the shop, and what stands before it.

use std::net::SocketAddr;

use app::shell::Pages;
use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use leptos_axum::{LeptosRoutes as _, generate_route_list};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use crate::limits::{body, bulkhead, changes};
use crate::security::headers;
use crate::state::AppState;
use crate::telemetry::{access, refusals};
use crate::{admin, api, errors, forms, functions, health, language, look_up, pages, session, site};

/// The whole shop, told who connects.
pub fn service(app: AppState) -> IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
    router(app).into_make_service_with_connect_info()
}

/// The whole shop.
pub(crate) fn router(app: AppState) -> Router {
    let door = from_fn_with_state(app.clone(), bulkhead::at_the_door);
    Router::new().fallback_service(rooms(app)).layer(door)
}

/// Every address of the shop, behind the door at which too many are turned away.
pub fn rooms(app: AppState) -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .merge(site::files(&app.options.site_root))
        .merge(api::documentation())
        .merge(shop(&app))
        .merge(admin::routes(&app))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(app.transport, headers::on_every_answer))
        .layer(from_fn_with_state(app.clone(), access::told))
        .with_state(app)
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
        .layer(from_fn_with_state(app.clone(), changes::counted))
        .layer(from_fn_with_state(app.clone(), session::session))
        .merge(api::router(app))
        .layer(from_fn_with_state(app.clone(), bulkhead::in_turn))
        .layer(from_fn_with_state(app.body_patience, body::whole))
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(app.clone(), refusals::counted))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(app.clone(), errors::as_pages))
}
