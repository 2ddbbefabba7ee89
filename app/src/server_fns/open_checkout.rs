use leptos::prelude::*;

use crate::wire::{Failure, OpenedCheckout};

/// Prices the shopper's cart and issues the one-time order token for it.
#[server(name = OpenCheckout, prefix = "/api", endpoint = "open_checkout")]
pub async fn open_checkout(
    /// The id of the cart.
    cart: String,
) -> Result<OpenedCheckout, Failure> {
    crate::context::RequestContext::current().open_checkout(&cart).await
}
