//! The shop in PostgreSQL: products, carts and orders, with the same contract as every other adapter.
//!
//! | module | what it holds |
//! |---|---|
//! | `open` | [`open()`], [`migrate()`], [`examine()`]: connects, checks the settings |
//! | `migrations` | which migrations the database had, and running those that it did not |
//! | `pool` | connections that are never handed on inside someone's transaction |
//! | `products`, `carts`, `orders`, `accounts`, `outbox`, `desk`, `ledger` | one port each |
//! | `merge` | what comes along when a guest logs in |
//! | `batch` | `insert_once`: one transaction for many orders, and what each is told |
//! | `locks` | the order in which a batch takes its locks, so that none waits in a circle |
//! | `insert` | the statements that turn one cart into its one order |
//! | `stock` | the pieces that a batch takes |
//! | `rows` | what the columns hold, and what they can not |
//! | `fault` | what a failure means |

mod accounts;
mod batch;
mod carts;
mod desk;
mod fault;
mod insert;
mod ledger;
mod locks;
mod merge;
mod migrations;
mod open;
mod orders;
mod outbox;
mod pool;
mod products;
mod rows;
mod stock;
mod void;

pub use accounts::PostgresAccounts;
pub use carts::PostgresCarts;
pub use desk::PostgresDesk;
pub use ledger::PostgresLedger;
pub use open::{OpenError, PostgresShop, examine, migrate, open};
pub use orders::PostgresOrders;
pub use outbox::PostgresOutbox;
pub use pool::writers;
pub use products::PostgresProducts;
