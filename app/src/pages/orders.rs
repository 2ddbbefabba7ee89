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
        let now = ctx.clock.now();
        found(orders, |orders| {
            let empty = orders.is_empty();
            let rows = orders
                .iter()
                .map(|order| row(order, &text::duration(now.since(order.placed_at).as_secs())));
            view! {
                <Title text="Your orders"/>
                <h1>"Your orders"</h1>
                {empty.then(|| view! { <p class="empty">"You have not ordered anything yet."</p> })}
                <ul class="orders">{rows.collect_view()}</ul>
            }
        })
    })
}

fn row(order: &Order, age: &str) -> impl IntoView + use<> {
    let pieces: u32 = order.lines.iter().map(|line| line.quantity.get()).sum();
    let unit = if pieces == 1 { "piece" } else { "pieces" };
    view! {
        <li class="orders__row">
            <a href=routes::order(order.id)>{order.id.number().to_string()}</a>
            <span>{format!("{pieces} {unit}, {age} ago")}</span>
            <span>{order.total.to_string()}</span>
        </li>
    }
}
