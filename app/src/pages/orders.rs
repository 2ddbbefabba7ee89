use checkout::order::Order;
use leptos::prelude::*;

use super::load::{found, load};
use super::parts::Head;
use crate::context::RequestContext;
use crate::{routes, text};

/// The shopper's own orders.
#[component]
pub fn OrdersPage() -> impl IntoView {
    let ctx = RequestContext::current();
    load(async move {
        let texts = &ctx.texts().orders;
        let orders = ctx.or_unavailable(ctx.checkout.list_orders(ctx.shopper).await);
        found(orders, |orders| {
            let empty = orders.is_empty().then(|| {
                view! {
                    <p class="lead">{texts.none}</p>
                    <p class="actions"><a class="button button-main" href="/">{texts.look_around}</a></p>
                }
            });
            let rows = orders.iter().map(|order| row(order, &ctx)).collect_view();
            view! {
                <Head title=texts.title/>
                <div class="receipt">
                    <h1>{texts.title}</h1>
                    {empty}
                    <ul class="orders">{rows}</ul>
                </div>
            }
        })
    })
}

fn row(order: &Order, ctx: &RequestContext) -> impl IntoView + use<> {
    let pieces: u32 = order.lines.iter().map(|line| line.quantity.get()).sum();
    let pieces = ctx.texts().layout.items.put(pieces.into());
    let placed = text::moment(order.placed_at, ctx.locale);
    view! {
        <li>
            <a class="code" href=routes::order(order.id)>{order.id.number().to_string()}</a>
            <span class="muted">{format!("{placed} · {pieces}")}</span>
            <span class="price">{ctx.money(order.total)}</span>
        </li>
    }
}
