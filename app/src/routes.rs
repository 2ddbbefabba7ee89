//! Every address of the shop, spelled once.

use checkout::cart::CartId;
use checkout::catalogue::Slug;
use checkout::order::OrderId;

/// The cart page.
pub const CART: &str = "/cart";
/// The shopper's orders.
pub const ORDERS: &str = "/orders";
/// Where shoppers log in.
pub const LOG_IN: &str = "/login";
/// Where shoppers make an account.
pub const REGISTER: &str = "/register";
/// Where *Log out* posts to.
pub const LOG_OUT: &str = "/logout";
/// Where *Add to cart* posts to.
pub const ADD_TO_CART: &str = "/cart/lines";
/// Where the language switch posts to.
pub const LANGUAGE: &str = "/language";
/// Where *Buy now* posts to.
pub const BUY_NOW: &str = "/buy-now";

/// Where *Update* and *Remove* of a line of the basket post to.
#[must_use]
pub fn line(slug: &Slug) -> String {
    format!("{ADD_TO_CART}/{slug}")
}

/// The confirmation page of a cart, and where its form posts to.
#[must_use]
pub fn checkout(cart: CartId) -> String {
    format!("/checkout/{cart}")
}

/// Where *Update* of a line on the confirmation page posts to.
#[must_use]
pub fn checkout_line(cart: &str, slug: &str) -> String {
    format!("/checkout/{cart}/lines/{slug}")
}

/// Where *Cancel this purchase* posts to.
#[must_use]
pub fn cancel(cart: &str) -> String {
    format!("/checkout/{cart}/cancel")
}

/// The page that tells what became of a token.
#[must_use]
pub fn status(digest: &str) -> String {
    format!("/checkout/status/{digest}")
}

/// Where a script asks what became of a token.
#[must_use]
pub fn lookup(digest: &str) -> String {
    format!("/api/status/{digest}")
}

/// The receipt of an order.
#[must_use]
pub fn order(order: OrderId) -> String {
    format!("/orders/{order}")
}
