use leptos::prelude::*;
use leptos_meta::Meta;

use super::parts::Head;
use crate::context::RequestContext;
use crate::routes;

/// What is not here, or not the shopper's: the two look the same. Also what a page shows that could not be made, and what
/// a request gets that is no request to this shop.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let ctx = RequestContext::current();
    let texts = &ctx.texts().errors;
    ctx.status.set(404);
    let (title, said) = match ctx.status.get() {
        404 | 405 => (texts.not_found_title, texts.not_found),
        403 => (texts.forbidden_title, texts.forbidden),
        413 => (texts.too_large_title, texts.too_large),
        429 => (texts.too_often_title, texts.too_often),
        503 => (texts.unavailable_title, texts.unavailable),
        400..500 => (texts.not_understood_title, texts.not_understood),
        _ => (texts.mistake_title, texts.mistake),
    };
    view! {
        <Head title=title/>
        <Meta name="robots" content="noindex"/>
        <div class="message-page">
            <h1>{title}</h1>
            <p>{said}</p>
            <p>{texts.kept}</p>
            <p class="actions">
                <a class="button button-main" href="/">{texts.look_around}</a>
                <a class="button" href=routes::ORDERS>{texts.orders}</a>
            </p>
        </div>
    }
}
