use leptos::prelude::*;
use leptos_meta::Meta;

use super::parts::Head;
use crate::context::RequestContext;

/// What the browser shows in the place of a page while there is no connection. It is kept there for everybody alike, and
/// its *Try again* leads to whatever page was asked for.
#[component]
pub fn OfflinePage() -> impl IntoView {
    let texts = &RequestContext::current().texts().errors;
    view! {
        <Head title=texts.offline_title/>
        <Meta name="robots" content="noindex"/>
        <div class="message-page">
            <h1>{texts.offline_title}</h1>
            <p>{texts.offline}</p>
            <p>{texts.kept}</p>
            <p class="actions">
                <a class="button button-main" href="">{texts.try_again}</a>
            </p>
        </div>
    }
}
