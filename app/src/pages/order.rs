use checkout::order::Order;
use leptos::prelude::*;
use leptos_meta::Title;

use super::load::{found, load, param};
use crate::context::RequestContext;
use crate::text;
use crate::wire::parse_order_id;

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
        let now = ctx.clock.now();
        found(order, |order| {
            let age = text::duration(now.since(order.placed_at).as_secs());
            receipt(order, &age)
        })
    })
}

fn receipt(order: Order, age: &str) -> impl IntoView + use<> {
    let number = order.id.number().to_string();
    let lines = order.lines.iter().map(|line| {
        let price = line.unit_price.times(line.quantity.get()).unwrap_or(line.unit_price);
        view! {
            <li class="summary__line">
                <span>{format!("{} × {}", line.quantity, line.name)}</span>
                <span>{price.to_string()}</span>
            </li>
        }
    });
    let lines = lines.collect_view();
    let contact = order.contact;
    view! {
        <Title text=format!("Order {number}")/>
        <article class="receipt" data-order=order.id.to_string()>
            <h1>"Order " <span class="receipt__number">{number}</span></h1>
            <p class="lead">{format!("Placed {age} ago. Thank you.")}</p>
            <ul class="summary__lines">{lines}</ul>
            <dl class="totals">
                <dt>"Total, tax included"</dt>
                <dd>{order.total.to_string()}</dd>
            </dl>
            <h2>"What happens next"</h2>
            <p>{format!("We pack it and write to {} when it leaves.", contact.email)}</p>
            <address>
                {contact.name} <br/> {contact.street} <br/> {contact.postcode} " " {contact.city} <br/> {contact.country}
            </address>
            <p><a href="/">"Back to the shop"</a></p>
        </article>
    }
}
