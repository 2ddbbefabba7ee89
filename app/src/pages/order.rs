use checkout::catalogue::VAT_PERCENT;
use checkout::order::{Order, OrderLine, OrderStanding};
use leptos::prelude::*;

use super::load::{found, load, param};
use super::parts::{BoughtLine, Head, Totals, line_price};
use crate::context::RequestContext;
use crate::wire::parse_order_id;
use crate::{routes, text};

/// For this long after it was placed, the receipt says thank you on its first visit.
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
        found(order, |order| receipt(order, &ctx))
    })
}

fn receipt(order: Order, ctx: &RequestContext) -> impl IntoView + use<> {
    let texts = &ctx.texts().receipt;
    let number = order.id.number().to_string();
    let title = texts.title.put(&number);
    let placed_on = texts.placed_on.put(&text::moment(order.placed_at, ctx.locale));
    let first_visit = ctx.placed.get() == Some(&order.id);
    let stands = order.standing == OrderStanding::Placed;
    let fresh = stands && first_visit && ctx.clock.now().since(order.placed_at).as_secs() < FRESH_S;
    let (heading, lead) = if fresh {
        (texts.thanks.to_owned(), texts.placed_once.to_owned())
    } else {
        (title.clone(), placed_on.clone())
    };
    let contact = order.contact;
    let lines = order.lines.into_iter().map(|line| order_line(line, ctx)).collect_view();
    let standing = order.standing;
    view! {
        <Head title=title/>
        <article class="receipt" data-order=order.id.to_string()>
            <h1 tabindex="-1" autofocus>{heading}</h1>
            <p class="lead">{lead}</p>
            <section class="slip" aria-label=texts.slip>
                <p class="muted">{texts.number}</p>
                <p class="code order-number">{number}</p>
                <p class="muted">{placed_on}</p>
                <ul class="lines">{lines}</ul>
                <Totals total=ctx.money(order.total) tax=ctx.money(order.total.tax_included(VAT_PERCENT))/>
                <h2>{texts.goes_to}</h2>
                <address>
                    <bdi>{contact.name}</bdi> <br/>
                    <bdi>{contact.street}</bdi> <br/>
                    <bdi>{contact.postcode}</bdi> " " <bdi>{contact.city}</bdi> <br/>
                    <bdi>{contact.country}</bdi>
                </address>
            </section>
            {what_next(standing, ctx)}
            <p class="actions no-print">
                <a class="button" href=routes::ORDERS>{texts.all_orders}</a>
                <a class="button" href="/">{texts.go_on}</a>
            </p>
        </article>
    }
}

/// What happens next; or that nothing does, because the order was cancelled.
fn what_next(standing: OrderStanding, ctx: &RequestContext) -> AnyView {
    let texts = &ctx.texts().receipt;
    let (cancelled_at, refunded_at) = match standing {
        OrderStanding::Placed => {
            let next = texts.next.map(|step| view! { <li>{step}</li> });
            return view! {
                <section class="next" aria-labelledby="next">
                    <h2 id="next">{texts.next_title}</h2>
                    <ol>{next.into_iter().collect_view()}</ol>
                </section>
            }
            .into_any();
        }
        OrderStanding::Cancelled { at } => (at, None),
        OrderStanding::Refunded { cancelled_at, at } => (cancelled_at, Some(at)),
    };
    let cancelled = texts.cancelled_on.put(&text::moment(cancelled_at, ctx.locale));
    let refunded = refunded_at.map(|at| view! { <p>{texts.refunded_on.put(&text::moment(at, ctx.locale))}</p> });
    view! { <section class="notice" data-standing="cancelled"><p>{cancelled}</p> {refunded}</section> }.into_any()
}

fn order_line(line: OrderLine, ctx: &RequestContext) -> impl IntoView + use<> {
    let name = text::product_name(&line.slug, line.name, ctx.locale);
    let (each, price) = (line.unit_price, line_price(line.unit_price, line.quantity));
    view! {
        <BoughtLine
            slug=line.slug.into()
            name=name
            quantity=line.quantity.get()
            unit_price=ctx.money(each)
            price=ctx.money(price)
        />
    }
}
