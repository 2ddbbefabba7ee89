//! The administration: pages for whoever runs the shop, in plain HTML and in English. There is none unless a password is
//! set: then its addresses are as unknown as any other.
//!
//! | address | what is there |
//! |---|---|
//! | `GET /admin` | how the stores are, and which duplicates were prevented |
//! | `GET /admin/orders`, `GET /admin/orders/{id}` | the orders of all shoppers |
//! | `POST /admin/orders/{id}/cancel`, `POST /admin/orders/{id}/refund` | each confirmed, and done once |
//! | `GET /admin/login`, `POST /admin/login`, `POST /admin/logout` | the way in and out: a session of its own |
//! | `GET /admin/style.css` | what its pages have besides the shop's own style |

mod chart;
mod orders;
mod overview;
mod page;
mod password;
mod session;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum_extra::extract::cookie::Key;
use checkout::account::PasswordHash;
use checkout::back_office::BackOffice;
use checkout::ports::Clock;
use sha2::{Digest as _, Sha256};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;

use crate::AppState;
use crate::config::Config;
use crate::limits::body;
use crate::passwords::Argon2Passwords;
use crate::security::transport::Transport;
use crate::telemetry::refusals;

/// What the administration works with.
pub(crate) struct Admin {
    back_office: BackOffice,
    password: PasswordHash,
    passwords: Argon2Passwords,
    clock: Arc<dyn Clock>,
    key: Key,
    transport: Transport,
}

impl Admin {
    /// The administration that is set; none without a password.
    pub(crate) fn open(
        config: &Config,
        shop: &Key,
        back_office: BackOffice,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Option<Self>> {
        let Some(set) = password::of(config)? else {
            return Ok(None);
        };
        // Another password is another key: whoever had a session has none any more.
        let key = Sha256::new_with_prefix(b"once admin 1\n")
            .chain_update(shop.signing())
            .chain_update(&set.text);
        Ok(Some(Self {
            back_office,
            password: set.hash,
            passwords: Argon2Passwords::new(),
            clock,
            key: Key::derive_from(&key.finalize()),
            transport: config.transport(),
        }))
    }
}

/// Whether there is one; fails when its password can not be used.
pub(crate) fn examine(config: &Config) -> anyhow::Result<bool> {
    Ok(password::of(config)?.is_some())
}

/// Its addresses; none without a password.
pub(crate) fn routes(app: &AppState) -> Router<AppState> {
    let Some(admin) = &app.admin else { return Router::new() };
    let guarded = Router::new()
        .route("/admin", get(overview::overview))
        .route("/admin/orders", get(orders::search_orders))
        .route("/admin/orders/{id}", get(orders::order))
        .route("/admin/orders/{id}/cancel", post(orders::cancel_order))
        .route("/admin/orders/{id}/refund", post(orders::refund_order))
        .route("/admin/logout", post(session::log_out))
        .route_layer(from_fn_with_state(admin.clone(), session::admitted));
    Router::new()
        .merge(guarded)
        .route("/admin/login", get(session::login_page).post(session::log_in))
        .route("/admin/style.css", get(page::style))
        .layer(axum::Extension(admin.clone()))
        .layer(from_fn_with_state(app.body_patience, body::whole))
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(app.clone(), refusals::counted))
        .layer(CatchPanicLayer::new())
}
