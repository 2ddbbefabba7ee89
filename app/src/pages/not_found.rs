use leptos::prelude::*;
use leptos_meta::Title;

use crate::context::RequestContext;

/// What is not here, or not the shopper's: the two look the same.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let status = RequestContext::current().status;
    status.set(404);
    let (title, said) = if status.get() == 404 {
        ("Nothing here", "There is no such page, or it belongs to someone else.")
    } else {
        (
            "Not just now",
            "The shop can not answer at the moment. Please try again in a minute.",
        )
    };
    view! {
        <Title text=title/>
        <section class="error-page">
            <h1>{title}</h1>
            <p>{said}</p>
            <p><a class="button" href="/">"To the shop"</a></p>
        </section>
    }
}
