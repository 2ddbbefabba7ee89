use leptos::prelude::*;
use leptos_meta::Title;

use crate::context::RequestContext;

/// What is not here, or not the shopper's: the two look the same. Also what a page shows that could not be made.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let status = RequestContext::current().status;
    status.set(404);
    let (title, said) = if status.get() == 404 {
        (
            "There is nothing here",
            "The address may be mistyped, or the thing is someone else's or no longer sold.",
        )
    } else {
        ("The shop can not answer just now", "Please try again in a minute.")
    };
    view! {
        <Title text=title/>
        <div class="message-page">
            <h1>{title}</h1>
            <p>{said} " Your cart and your orders are kept."</p>
            <a class="button button-main" href="/">"Look around the shop"</a>
        </div>
    }
}
