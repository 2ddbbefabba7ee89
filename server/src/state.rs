use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use axum_extra::extract::cookie::Key;
use checkout::ports::Clock;
use checkout::tell_orders::Teller;
use checkout::{Accounts, Checkout};
use ipnet::IpNet;
use leptos::config::LeptosOptions;

use crate::limits::bulkhead::Bulkheads;
use crate::limits::counts::Counts;
use crate::security::transport::Transport;
use crate::throttle::Throttle;

/// What every handler can reach. Every layer clones it for every request, also for one that is refused: it is one pointer.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

impl AppState {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<AppState> for Key {
    fn from_ref(app: &AppState) -> Self {
        app.session_key.clone()
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(app: &AppState) -> Self {
        app.options.clone()
    }
}

/// What the state holds.
pub struct Parts {
    /// The shop's service.
    pub checkout: Checkout,
    /// Who a visitor is.
    pub accounts: Accounts,
    /// How often somebody may guess.
    pub(crate) throttle: Arc<Throttle>,
    /// The time, for saying how long ago something was.
    pub clock: Arc<dyn Clock>,
    /// Signs the session cookie.
    pub session_key: Key,
    /// Whose word on where requests come from is taken.
    pub(crate) trusted_proxies: Arc<[IpNet]>,
    /// How many connections there are.
    pub connections: Arc<Counts>,
    /// Room for pages.
    pub(crate) bulkheads: Bulkheads,
    /// How long a request's body may take to arrive.
    pub(crate) body_patience: Duration,
    /// How browsers reach the shop.
    pub transport: Transport,
    /// Where the scripts are.
    pub options: LeptosOptions,
    /// Tells shoppers of their orders, if mail is sent at all.
    pub teller: Option<Teller>,
    /// What hears the order protocol.
    pub instruments: Arc<crate::telemetry::Instruments>,
    /// The administration, if it has a password.
    pub(crate) admin: Option<Arc<crate::admin::Admin>>,
    /// Whether the stores answer.
    pub stores: Arc<dyn crate::health::Stores>,
}
