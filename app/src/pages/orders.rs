use checkout::order::Order;
use leptos::prelude::*;
use leptos_meta::Title;

use super::load::{found, load};
use crate::context::RequestContext;
use crate::{routes, text};

/// The shopper's own orders.
#[component]
pub fn OrdersPage() -> impl IntoView {
    let ctx = RequestContext::current();
    load(async move {
        let orders = ctx.or_unavailable(ctx.checkout.list_orders(ctx.shopper).await);
        found(orders, |orders| {
            let empty = orders
                .is_empty()
                .then(|| view! { <p>"You have not ordered anything yet."</p> });
            view! {
                <Title text="Your orders"/>
                <div class="receipt">
                    <h1>"Your orders"</h1>
                    {empty}
                    <ul class="orders">{orders.iter().map(row).collect_view()}</ul>
                </div>
            }
        })
    })
}

fn row(order: &Order) -> impl IntoView + use<> {
    let pieces: u32 = order.lines.iter().map(|line| line.quantity.get()).sum();
    let unit = if pieces == 1 { "item" } else { "items" };
    view! {
        <li>
            <a class="code" href=routes::order(order.id)>{order.id.number().to_string()}</a>
            <span class="muted">{format!("{} · {pieces} {unit}", text::moment(order.placed_at))}</span>
            <span class="price">{order.total.to_string()}</span>
        </li>
    }
}
