use checkout::order::Order;
use leptos::prelude::*;
use leptos_meta::Title;

use super::load::{found, load, param};
use super::parts::{Totals, bought_line, line_price};
use crate::context::RequestContext;
use crate::wire::parse_order_id;
use crate::{routes, text};

/// For this long after it was placed, the receipt says thank you.
const FRESH_S: u64 = 120;

/// The receipt, for its shopper.
#[component]
pub fn OrderPage() -> impl IntoView {
    let ctx = RequestContext::current();
    let id = parse_order_id(&param("id"));
    load(async move {
        let order = match id {
            Some(id) => ctx
                .or_unavailable(ctx.checkout.find_order(ctx.shopper, id).await)
                .flatten(),
            None => None,
        };
        found(order, |order| {
            let fresh = ctx.clock.now().since(order.placed_at).as_secs() < FRESH_S;
            receipt(order, fresh)
        })
    })
}

fn receipt(order: Order, fresh: bool) -> impl IntoView {
    let number = order.id.number().to_string();
    let placed = text::moment(order.placed_at);
    let (title, lead) = if fresh {
        ("Thank you.".to_owned(), "Your order is placed, once.".to_owned())
    } else {
        (format!("Order {number}"), format!("Placed on {placed}."))
    };
    let lines = order.lines.into_iter().map(|line| {
        let price = line_price(line.unit_price, line.quantity).to_string();
        bought_line(line.name, line.quantity.get(), line.unit_price.to_string(), price)
    });
    let lines = lines.collect_view();
    let contact = order.contact;
    view! {
        <Title text=format!("Order {number}")/>
        <article class="receipt" data-order=order.id.to_string()>
            <h1 tabindex="-1">{title}</h1>
            <p class="lead">{lead}</p>
            <section class="slip" aria-label="Receipt">
                <p class="muted">"Order number"</p>
                <p class="code order-number">{number}</p>
                <p class="muted">{format!("Placed on {placed}")}</p>
                <ul class="lines">{lines}</ul>
                <Totals total=order.total.to_string()/>
                <h2>"Goes to"</h2>
                <address>
                    {contact.name} <br/> {contact.street} <br/> {contact.postcode} " " {contact.city} <br/> {contact.country}
                </address>
            </section>
            <section class="next" aria-labelledby="next">
                <h2 id="next">"What happens next"</h2>
                <ol>
                    <li>"We pack it. There is nothing more for you to do."</li>
                    <li>"This page stays here. You find it under your orders."</li>
                </ol>
            </section>
            <p class="no-print"><a href=routes::ORDERS>"Your orders"</a></p>
        </article>
    }
}
