use checkout::attempt_status::AttemptStatus;
use checkout::order::Order;
use checkout::token::TokenDigest;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

use super::load::{found, load, param};
use crate::context::RequestContext;
use crate::routes;

/// What became of a submission. Works without JavaScript: it refreshes itself until there is an answer.
#[component]
pub fn StatusPage() -> impl IntoView {
    let ctx = RequestContext::current();
    let digest = TokenDigest::parse(&param("digest"));
    load(async move {
        let status = match digest {
            Some(digest) => ctx.or_unavailable(ctx.checkout.attempt_status(ctx.shopper, digest).await),
            None => None,
        };
        found(status, |status| match status {
            AttemptStatus::Placed(order) => placed(&order).into_any(),
            AttemptStatus::Running => running().into_any(),
            AttemptStatus::NotOrdered => not_ordered().into_any(),
        })
    })
}

fn placed(order: &Order) -> impl IntoView + use<> {
    let url = routes::order(order.id);
    view! {
        <Title text="Your order is placed"/>
        <Meta http_equiv="refresh" content=format!("0;url={url}")/>
        <div class="message-page">
            <h1>"Your order is placed"</h1>
            <p>"Its number is " <span class="code">{order.id.number().to_string()}</span> "."</p>
            <a class="button button-main" href=url>"To the receipt"</a>
        </div>
    }
}

fn running() -> impl IntoView {
    view! {
        <Title text="Checking your order"/>
        <Meta http_equiv="refresh" content="2"/>
        <div class="message-page">
            <h1>"We’re checking your order"</h1>
            <div class="notice" role="status">
                <p>"It has reached us and is being placed. This page looks again every few seconds."</p>
            </div>
            <p>"You can close it: the order goes on without you, and you will not be charged twice."</p>
            <a class="button" href="">"Look again"</a>
        </div>
    }
}

fn not_ordered() -> impl IntoView {
    view! {
        <Title text="No order found yet"/>
        <div class="message-page">
            <h1>"No order found yet"</h1>
            <p>"Go back to the page and press the button again: that can't create a second order."</p>
            <a class="button button-main" href="">"Look again"</a>
            <p><a href=routes::ORDERS>"Your orders"</a></p>
        </div>
    }
}
