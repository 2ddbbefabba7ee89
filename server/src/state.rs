use std::sync::Arc;

use axum::extract::FromRef;
use axum_extra::extract::cookie::Key;
use checkout::ports::Clock;
use checkout::tell_orders::Teller;
use checkout::{Accounts, Checkout};
use leptos::config::LeptosOptions;

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
    /// Where the scripts are.
    pub options: LeptosOptions,
    /// Tells shoppers of their orders, if mail is sent at all.
    #[from_ref(skip)]
    pub teller: Option<Teller>,
    /// What hears the order protocol.
    #[from_ref(skip)]
    pub instruments: Arc<crate::telemetry::Instruments>,
    /// The administration, if it has a password.
    #[from_ref(skip)]
    pub(crate) admin: Option<Arc<crate::admin::Admin>>,
    /// Whether the stores answer.
    #[from_ref(skip)]
    pub stores: Arc<dyn crate::health::Stores>,
}
