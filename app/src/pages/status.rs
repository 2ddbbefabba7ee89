use checkout::attempt_status::AttemptStatus;
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
            AttemptStatus::Placed(order) => {
                let (url, number) = (routes::order(order.id), order.id.number().to_string());
                view! {
                    <Title text="Your order is placed"/>
                    <Meta http_equiv="refresh" content=format!("0;url={url}")/>
                    <h1>"Your order is placed"</h1>
                    <p>"Order " {number} ". " <a href=url>"To the receipt"</a></p>
                }
                .into_any()
            }
            AttemptStatus::Running => view! {
                <Title text="Checking your order"/>
                <Meta http_equiv="refresh" content="2"/>
                <h1>"Checking your order…"</h1>
                <p role="status">"We're finding out whether your order went through. This page refreshes itself."</p>
            }
            .into_any(),
            AttemptStatus::NotOrdered => view! {
                <Title text="No order yet"/>
                <h1>"No order was placed"</h1>
                <p>"Nothing was ordered with that page. You can go back to it and try again safely."</p>
                <p><a class="button" href=routes::CART>"To your cart"</a></p>
            }
            .into_any(),
        })
    })
}
