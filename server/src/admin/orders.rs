//! The orders of all shoppers, and what can be done about one of them.

use std::sync::Arc;

use app::text;
use app::wire::parse_order_id;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Extension, Form};
use checkout::back_office::OrderPage;
use checkout::money::Money;
use checkout::order::{Order, OrderId, OrderStanding};
use checkout::ports::{StandingChange, StoreError};
use leptos::prelude::*;
use serde::Deserialize;

use super::Admin;
use super::page::{Visitor, moment, not_found, page, table, unavailable};
use crate::forms::see_other;

/// What is looked for.
#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
    before: Option<String>,
}

/// The orders that are looked for, latest first.
pub(super) async fn search_orders(
    Extension(admin): Extension<Arc<Admin>>,
    Query(Search { q, before }): Query<Search>,
) -> Response {
    let before = before.as_deref().and_then(parse_order_id);
    match admin.back_office.search_orders(&q, before).await {
        Ok(found) => page(StatusCode::OK, "Orders", Visitor::Inside, list(q, found)),
        Err(error) => unavailable(&error),
    }
}

fn list(q: String, found: OrderPage) -> impl IntoView {
    let older = found.before.map(|before| {
        view! {
            <form method="get" action="/admin/orders">
                <input type="hidden" name="q" value=q.clone()/>
                <input type="hidden" name="before" value=before.to_string()/>
                <button>"Older ones"</button>
            </form>
        }
    });
    let rows = found.orders.iter().map(row).collect_view();
    let heads = ["Number", "State", "Name", "Total", "Placed"];
    let found = match found.orders[..] {
        [] => view! { <p>"No such order."</p> }.into_any(),
        _ => table("Orders", heads, rows).into_any(),
    };
    view! {
        <h1>"Orders"</h1>
        <form class="admin-search" method="get" action="/admin/orders" role="search">
            <label for="q">"Number, name or e-mail address"</label>
            <input id="q" name="q" type="search" value=q autocomplete="off"/>
            <button class="button-main">"Find"</button>
        </form>
        {found}
        {older}
    }
}

fn row(order: &Order) -> impl IntoView + use<> {
    let state = state(order.standing);
    view! {
        <tr>
            <td><a class="code" href=address(order.id)>{order.id.number().to_string()}</a></td>
            <td data-state=state>{state}</td>
            <td class="admin-name"><bdi>{order.contact.name.clone()}</bdi></td>
            <td>{money(order.total)}</td>
            <td>{moment(order.placed_at)}</td>
        </tr>
    }
}

/// One order.
pub(super) async fn order(Extension(admin): Extension<Arc<Admin>>, Path(id): Path<String>) -> Response {
    match read(&admin, &id).await {
        Ok(Some(order)) => shown(StatusCode::OK, &order, None),
        Ok(None) => not_found(),
        Err(error) => unavailable(&error),
    }
}

/// What a change sends.
#[derive(Deserialize)]
pub(super) struct Confirmation {
    #[serde(default)]
    confirm: String,
}

/// *Cancel this order*. Asked for again, it answers as the first time.
pub(super) async fn cancel_order(
    Extension(admin): Extension<Arc<Admin>>,
    Path(id): Path<String>,
    Form(sent): Form<Confirmation>,
) -> Response {
    let Some(id) = confirmed(&id, &sent) else {
        return unconfirmed(&admin, &id).await;
    };
    answer(id, "cancelled", admin.back_office.cancel_order(id).await)
}

/// *Mark as refunded*. Asked for again, it answers as the first time.
pub(super) async fn refund_order(
    Extension(admin): Extension<Arc<Admin>>,
    Path(id): Path<String>,
    Form(sent): Form<Confirmation>,
) -> Response {
    let Some(id) = confirmed(&id, &sent) else {
        return unconfirmed(&admin, &id).await;
    };
    answer(id, "refunded", admin.back_office.refund_order(id).await)
}

fn confirmed(id: &str, sent: &Confirmation) -> Option<OrderId> {
    parse_order_id(id).filter(|_| sent.confirm == "yes")
}

async fn unconfirmed(admin: &Admin, id: &str) -> Response {
    match read(admin, id).await {
        Ok(Some(order)) => {
            let problem = "Tick the box to confirm. Nothing was changed.";
            shown(StatusCode::UNPROCESSABLE_ENTITY, &order, Some(problem))
        }
        Ok(None) => not_found(),
        Err(error) => unavailable(&error),
    }
}

fn answer(id: OrderId, what: &'static str, changed: Result<Option<StandingChange>, StoreError>) -> Response {
    match changed {
        Ok(Some(StandingChange::Refused(order))) => {
            let problem = "Only a cancelled order can be marked as refunded. Nothing was changed.";
            shown(StatusCode::CONFLICT, &order, Some(problem))
        }
        Ok(Some(change)) => {
            if matches!(change, StandingChange::Changed(_)) {
                tracing::info!(order = %id, what, "the administration changed an order");
            }
            see_other(&address(id))
        }
        Ok(None) => not_found(),
        Err(error) => unavailable(&error),
    }
}

async fn read(admin: &Admin, id: &str) -> Result<Option<Order>, StoreError> {
    match parse_order_id(id) {
        Some(id) => admin.back_office.read_order(id).await,
        None => Ok(None),
    }
}

fn shown(status: StatusCode, order: &Order, problem: Option<&'static str>) -> Response {
    let number = order.id.number().to_string();
    let title = format!("Order {number}");
    let problem = problem.map(|problem| view! { <p class="field-error" role="alert">{problem}</p> });
    let lines = order.lines.iter().map(|line| {
        let pieces = format!("{} × {}", line.quantity.get(), line.name);
        view! { <li><span>{pieces}</span> <span class="price">{money(line.unit_price)}</span></li> }
    });
    let contact = order.contact.clone();
    let body = view! {
        <h1>"Order " <span class="code">{number}</span></h1>
        {problem}
        <dl class="admin-facts">
            <div><dt class="muted">"Placed"</dt><dd>{moment(order.placed_at)}</dd></div>
            <div><dt class="muted">"Total"</dt><dd>{money(order.total)}</dd></div>
            {standing(order.standing)}
        </dl>
        <ul class="admin-lines">{lines.collect_view()}</ul>
        <h2>"Goes to"</h2>
        <address>
            <bdi>{contact.name}</bdi> <br/>
            <bdi>{contact.street}</bdi> <br/>
            <bdi>{contact.postcode}</bdi> " " <bdi>{contact.city}</bdi> <br/>
            <bdi>{contact.country}</bdi> <br/>
            <bdi>{contact.email}</bdi>
        </address>
        {next_step(order)}
    };
    page(status, &title, Visitor::Inside, body)
}

fn standing(standing: OrderStanding) -> impl IntoView {
    let (cancelled, refunded) = match standing {
        OrderStanding::Placed => (None, None),
        OrderStanding::Cancelled { at } => (Some(at), None),
        OrderStanding::Refunded { cancelled_at, at } => (Some(cancelled_at), Some(at)),
    };
    let since = |name: &'static str, at| view! { <div><dt class="muted">{name}</dt><dd>{moment(at)}</dd></div> };
    view! {
        <div><dt class="muted">"State"</dt><dd data-state=state(standing)>{state(standing)}</dd></div>
        {cancelled.map(|at| since("Cancelled", at))}
        {refunded.map(|at| since("Refunded", at))}
    }
}

/// The one thing that can be done about the order, if any.
fn next_step(order: &Order) -> Option<impl IntoView + use<>> {
    let pieces: u32 = order.lines.iter().map(|line| line.quantity.get()).sum();
    let (verb, button, confirm) = match order.standing {
        OrderStanding::Placed => (
            "cancel",
            "Cancel this order",
            format!("It is not delivered, and its pieces ({pieces}) go back into the stock. This can not be undone."),
        ),
        OrderStanding::Cancelled { .. } => (
            "refund",
            "Mark as refunded",
            "The money was given back. The shop takes none itself: this is a record, and pays nothing.".to_owned(),
        ),
        OrderStanding::Refunded { .. } => return None,
    };
    let action = format!("{}/{verb}", address(order.id));
    Some(view! {
        <form class="admin-change" method="post" action=action>
            <label><input type="checkbox" name="confirm" value="yes" required/> <span>{confirm}</span></label>
            <button>{button}</button>
        </form>
    })
}

const fn state(standing: OrderStanding) -> &'static str {
    match standing {
        OrderStanding::Placed => "placed",
        OrderStanding::Cancelled { .. } => "cancelled",
        OrderStanding::Refunded { .. } => "refunded",
    }
}

fn address(id: OrderId) -> String {
    format!("/admin/orders/{id}")
}

fn money(amount: Money) -> String {
    text::format(amount, app::locale::Locale::En)
}
