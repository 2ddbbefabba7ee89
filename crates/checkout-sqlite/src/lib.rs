//! The shop in one SQLite file: products, carts and orders, with the same contract as every other adapter.
//!
//! | module | what it holds |
//! |---|---|
//! | `open` | [`open()`]: finds or makes the file, checks its settings, migrates it |
//! | `pools` | one connection that writes, a few that read |
//! | `products`, `carts`, `orders` | one port each |
//! | `insert` | `insert_once`: the transaction that turns a cart into its one order |
//! | `rows` | what the columns hold, and what they can not |
//! | `fault` | what a failure means |

mod carts;
mod fault;
mod insert;
mod open;
mod orders;
mod pools;
mod products;
mod rows;
mod void;

pub use carts::SqliteCarts;
pub use open::{OpenError, SqliteShop, open};
pub use orders::SqliteOrders;
pub use products::SqliteProducts;
