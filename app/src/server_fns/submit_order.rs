use leptos::prelude::*;

use crate::wire::{Failure, Receipt, SubmitOrder};

/// Turns a submitted confirmation page into its one order.
#[server(name = SubmitOrderFn, prefix = "/api", endpoint = "submit_order")]
pub async fn submit_order(
    /// What the page sends.
    order: SubmitOrder,
) -> Result<Receipt, Failure> {
    crate::context::RequestContext::current().submit_order(&order).await
}
