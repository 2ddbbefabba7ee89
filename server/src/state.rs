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
use crate::security::transport::Transport;
use crate::throttle::Throttle;

/// What every handler can reach. Cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// The shop's service.
    pub checkout: Checkout,
    /// Who a visitor is.
    pub accounts: Accounts,
    /// How often somebody may guess.
    #[from_ref(skip)]
    pub(crate) throttle: Arc<Throttle>,
    /// The time, for saying how long ago something was.
    #[from_ref(skip)]
    pub clock: Arc<dyn Clock>,
    /// Signs the session cookie.
    pub session_key: Key,
    /// Whose word on where requests come from is taken.
    #[from_ref(skip)]
    pub(crate) trusted_proxies: Arc<[IpNet]>,
    /// Room for pages.
    #[from_ref(skip)]
    pub(crate) bulkheads: Bulkheads,
    /// How long a request's body may take to arrive.
    #[from_ref(skip)]
    pub(crate) body_patience: Duration,
    /// How browsers reach the shop.
    #[from_ref(skip)]
    pub transport: Transport,
    /// Where the scripts are.
    pub options: LeptosOptions,
    /// Tells shoppers of their orders, if mail is sent at all.
    #[from_ref(skip)]
    pub teller: Option<Teller>,
    /// Whether the stores answer.
    #[from_ref(skip)]
    pub stores: Arc<dyn crate::health::Stores>,
}
