//! The core of Once: the words of a purchase, its rules, and the protocol by which one buying intent becomes exactly
//! one order.
//!
//! Nothing here does I/O. What the core needs from outside are its `ports`: traits whose verbs are atomic, which the
//! adapters (`checkout-sqlite`, `checkout-postgres`, `checkout-redis`, `checkout-memory`) implement and which all pass
//! the contract suites of `testing`.
//!
//! | module | what it holds |
//! |---|---|
//! | [`money`], [`catalogue`], [`cart`], [`quote`], [`order`], [`contact`], [`locale`] | the words and their rules; shared with the browser |
//! | [`token`] | the one-time order token: layout, MAC, key ring |
//! | `place_order`, `issue_token`, `find_order`, `attempt_status`, `cancel_cart`, `carts`, `tell_orders` | one file per use case |
//! | `service` | `Checkout`, the handle that a server holds |
//! | `account` | the words of an account: e-mail address, password, session |
//! | `register_account`, `log_in`, `log_out`, `resume_session`, `look_up_order` | one file per use case about who a visitor is |
//! | `accounts` | `Accounts`, the handle for these |
//! | `ports`, `settings` | what the adapters provide; every limit and time-out |
//! | `breaker`, `group_commit`, `news` | what stands between the use cases and the adapters: outages paid for once, orders that share a commit, losers that need not ask |
//! | `fail_point` | where a build for crash tests can be stopped |
//! | `schema` | whether a release can run on a database that another one migrated |
//! | `adapter`, `events`, `mail` | what the SQL adapters share; what the shop tells others, and its words to the shopper |

pub mod cart;
pub mod catalogue;
pub mod contact;
pub mod locale;
pub mod money;
pub mod order;
pub mod quote;
pub mod time;
pub mod token;

#[cfg(feature = "service")]
pub mod account;
#[cfg(feature = "service")]
pub mod accounts;
#[cfg(feature = "service")]
pub mod adapter;
#[cfg(feature = "service")]
pub mod attempt_status;
#[cfg(feature = "service")]
mod attempts;
#[cfg(feature = "service")]
pub mod breaker;
#[cfg(feature = "service")]
pub mod cancel_cart;
#[cfg(feature = "service")]
pub mod carts;
#[cfg(feature = "service")]
pub mod events;
#[cfg(feature = "service")]
pub mod fail_point;
#[cfg(feature = "service")]
pub mod find_order;
#[cfg(feature = "service")]
pub mod group_commit;
#[cfg(feature = "service")]
pub mod issue_token;
#[cfg(feature = "service")]
pub mod log_in;
#[cfg(feature = "service")]
mod log_out;
#[cfg(feature = "service")]
mod look_up_order;
#[cfg(feature = "service")]
pub mod mail;
#[cfg(feature = "service")]
pub mod news;
#[cfg(feature = "service")]
pub mod place_order;
#[cfg(feature = "service")]
pub mod ports;
#[cfg(feature = "service")]
pub mod register_account;
#[cfg(feature = "service")]
mod resume_session;
#[cfg(feature = "service")]
pub mod schema;
#[cfg(feature = "service")]
pub mod service;
#[cfg(feature = "service")]
pub mod settings;
#[cfg(feature = "service")]
pub mod tell_orders;
#[cfg(feature = "testing")]
pub mod testing;

#[cfg(feature = "service")]
pub use accounts::Accounts;
#[cfg(feature = "service")]
pub use service::Checkout;
