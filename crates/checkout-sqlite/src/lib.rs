//! The shop in one SQLite file: products, carts and orders, with the same contract as every other adapter.
//!
//! | module | what it holds |
//! |---|---|
//! | `open` | [`open()`], [`migrate()`], [`examine()`]: find or make the file, check its settings |
//! | `migrations` | which migrations the file had, and running those that it did not |
//! | `pools` | one connection that writes, a few that read |
//! | `products`, `carts`, `orders`, `accounts`, `outbox` | one port each |
//! | `merge` | what comes along when a guest logs in |
//! | `batch` | `insert_once`: one transaction for many orders, and what each is told |
//! | `insert` | the statements that turn one cart into its one order |
//! | `file` | whether the file that is written is still the one that a restart finds |
//! | `place` | whether it lies on this machine |
//! | `rows` | what the columns hold, and what they can not |
//! | `fault` | what a failure means |

mod accounts;
mod batch;
mod carts;
mod fault;
mod file;
mod insert;
mod merge;
mod migrations;
mod open;
mod orders;
mod outbox;
mod place;
mod pools;
mod products;
mod rows;
#[cfg(test)]
mod test_file;
mod void;

pub use accounts::SqliteAccounts;
pub use carts::SqliteCarts;
pub use open::{OpenError, SqliteShop, examine, migrate, open};
pub use orders::SqliteOrders;
pub use outbox::SqliteOutbox;
pub use pools::writers;
pub use products::SqliteProducts;
