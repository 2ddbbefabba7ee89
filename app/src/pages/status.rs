use checkout::attempt_status::AttemptStatus;
use checkout::order::Order;
use checkout::token::TokenDigest;
use leptos::prelude::*;
use leptos_meta::Meta;

use super::load::{found, load, param};
use super::parts::Head;
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
            AttemptStatus::Placed(order) => placed(&order, &ctx).into_any(),
            AttemptStatus::Running => running(&ctx).into_any(),
            AttemptStatus::NotOrdered => not_ordered(&ctx).into_any(),
        })
    })
}

fn placed(order: &Order, ctx: &RequestContext) -> impl IntoView + use<> {
    let texts = &ctx.texts().status;
    let url = routes::order(order.id);
    // The receipt is about to be seen for the first time; if this page was seen before, it already knows.
    let _ = ctx.placed.set(order.id);
    view! {
        <Head title=texts.placed_title/>
        <Meta http_equiv="refresh" content=format!("0;url={url}")/>
        <div class="message-page">
            <h1>{texts.placed_title}</h1>
            <p>{texts.number_is} " " <span class="code">{order.id.number().to_string()}</span> "."</p>
            <a class="button button-main" href=url>{texts.to_the_receipt}</a>
        </div>
    }
}

fn running(ctx: &RequestContext) -> impl IntoView + use<> {
    let texts = &ctx.texts().status;
    view! {
        <Head title=texts.running_title/>
        <Meta http_equiv="refresh" content="2"/>
        <div class="message-page">
            <h1>{texts.running_title}</h1>
            <div class="notice" role="status">
                <p>{texts.running}</p>
            </div>
            <p>{texts.running_goes_on}</p>
            <a class="button" href="">{texts.look_again}</a>
        </div>
    }
}

fn not_ordered(ctx: &RequestContext) -> impl IntoView + use<> {
    let texts = &ctx.texts().status;
    view! {
        <Head title=texts.none_title/>
        <div class="message-page">
            <h1>{texts.none_title}</h1>
            <p>{texts.none}</p>
            <p class="actions">
                <a class="button button-main" href="">{texts.look_again}</a>
                <a class="button" href=routes::ORDERS>{ctx.texts().layout.orders}</a>
            </p>
        </div>
    }
}
