use checkout::contact::Field;
use checkout::order::{Order, OrderStanding};
use leptos::prelude::*;

use super::account_form::{TextField, summary, text_field};
use super::load::{found, load};
use super::parts::Head;
use crate::account::{AccountProblem, LookUp};
use crate::context::{Rejection, RequestContext};
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
            let (typed, problems) = match &ctx.rejection {
                Rejection::LookUp { typed, problems } => (typed.clone(), problems.clone()),
                _ => (LookUp::default(), vec![]),
            };
            let rows = orders.iter().map(|order| row(order, &ctx)).collect_view();
            view! {
                <Head title=texts.title/>
                <div class="receipt">
                    <h1>{texts.title}</h1>
                    {summary(&problems, &ctx)}
                    {empty}
                    <ul class="orders">{rows}</ul>
                    {look_up(typed, &problems, &ctx)}
                </div>
            }
        })
    })
}

/// An order of whoever knows its number and its address: placed with another browser, or before an account.
fn look_up(typed: LookUp, problems: &[AccountProblem], ctx: &RequestContext) -> impl IntoView + use<> {
    let texts = &ctx.texts().account;
    let number = TextField {
        name: "number",
        label: texts.number,
        input_type: "text",
        autocomplete: "off",
        hint: None,
        typed: typed.number,
    };
    let email = TextField {
        name: "email",
        label: text::field(Field::Email, ctx.locale),
        input_type: "email",
        autocomplete: "email",
        hint: None,
        typed: typed.email,
    };
    view! {
        <section class="account" aria-labelledby="look-up">
            <h2 id="look-up">{texts.look_up}</h2>
            <p>{texts.look_up_lead}</p>
            <form class="account" method="post" action=routes::ORDERS data-once="" novalidate>
                <div class="fields">{text_field(number, problems, ctx)} {text_field(email, problems, ctx)}</div>
                <button class="button">{texts.find}</button>
            </form>
        </section>
    }
}

fn row(order: &Order, ctx: &RequestContext) -> impl IntoView + use<> {
    let pieces: u32 = order.lines.iter().map(|line| line.quantity.get()).sum();
    let pieces = ctx.texts().layout.items.put(pieces.into());
    let placed = text::moment(order.placed_at, ctx.locale);
    let texts = &ctx.texts().orders;
    let standing = match order.standing {
        OrderStanding::Placed => String::new(),
        OrderStanding::Cancelled { .. } => format!(" · {}", texts.cancelled),
        OrderStanding::Refunded { .. } => format!(" · {}", texts.refunded),
    };
    view! {
        <li>
            <a class="code" href=routes::order(order.id)>{order.id.number().to_string()}</a>
            <span class="muted">{format!("{placed} · {pieces}{standing}")}</span>
            <span class="price">{ctx.money(order.total)}</span>
        </li>
    }
}
