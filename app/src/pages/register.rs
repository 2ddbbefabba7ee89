use leptos::prelude::*;

use super::account_form::summary;
use super::login::{credentials, logged_in, rejection};
use super::parts::Head;
use crate::context::RequestContext;
use crate::routes;

/// Make an account.
#[component]
pub fn RegisterPage() -> impl IntoView {
    let ctx = RequestContext::current();
    match &ctx.account {
        Some(email) => logged_in(email, &ctx).into_any(),
        None => register(&ctx).into_any(),
    }
}

fn register(ctx: &RequestContext) -> impl IntoView + use<> {
    let texts = &ctx.texts().account;
    let (typed, problems) = rejection(ctx);
    let fields = credentials(typed, &problems, ctx, "new-password");
    view! {
        <Head title=texts.register/>
        <div class="message-page">
            <h1>{texts.register}</h1>
            {summary(&problems, ctx)}
            <p>{texts.register_lead}</p>
            <form class="account" method="post" action=routes::REGISTER data-once="" novalidate>
                <div class="fields">{fields}</div>
                <button class="button button-main">{texts.create}</button>
            </form>
            <p>{texts.already} " " <a href=routes::LOG_IN>{texts.log_in}</a></p>
        </div>
    }
}
