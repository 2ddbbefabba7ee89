//! The shop in PostgreSQL: products, carts and orders, with the same contract as every other adapter.
//!
//! | module | what it holds |
//! |---|---|
//! | `open` | [`open()`]: connects, checks the settings, migrates |
//! | `pool` | connections that are never handed on inside someone's transaction |
//! | `products`, `carts`, `orders` | one port each |
//! | `insert` | `insert_once`: the transaction that turns a cart into its one order |
//! | `rows` | what the columns hold, and what they can not |
//! | `fault` | what a failure means |

mod carts;
mod fault;
mod insert;
mod open;
mod orders;
mod pool;
mod products;
mod rows;
mod void;

pub use carts::PostgresCarts;
pub use open::{OpenError, PostgresShop, open};
pub use orders::PostgresOrders;
pub use products::PostgresProducts;
