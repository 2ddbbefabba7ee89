use leptos::prelude::*;

use super::account_form::{TextField, summary, text_field};
use super::parts::Head;
use crate::account::{AccountProblem, TypedCredentials};
use crate::context::{Rejection, RequestContext};
use crate::{routes, text};

/// Log in; or, for whoever is logged in, log out.
#[component]
pub fn LogInPage() -> impl IntoView {
    let ctx = RequestContext::current();
    match &ctx.account {
        Some(email) => logged_in(email, &ctx).into_any(),
        None => log_in(&ctx).into_any(),
    }
}

fn log_in(ctx: &RequestContext) -> impl IntoView + use<> {
    let texts = &ctx.texts().account;
    let (typed, problems) = rejection(ctx);
    let fields = credentials(typed, &problems, ctx, "current-password");
    view! {
        <Head title=texts.log_in/>
        <div class="message-page">
            <h1>{texts.log_in}</h1>
            {summary(&problems, ctx)}
            <p>{texts.log_in_lead}</p>
            <form class="account" method="post" action=routes::LOG_IN data-once="" novalidate>
                <div class="fields">{fields}</div>
                <button class="button button-main">{texts.log_in}</button>
            </form>
            <p>{texts.not_yet} " " <a href=routes::REGISTER>{texts.register}</a></p>
        </div>
    }
}

/// Who is logged in, and the way out.
pub(super) fn logged_in(email: &str, ctx: &RequestContext) -> impl IntoView + use<> {
    let texts = &ctx.texts().account;
    let (_, problems) = rejection(ctx);
    view! {
        <Head title=texts.log_out/>
        <div class="message-page">
            <h1>{texts.log_out}</h1>
            {summary(&problems, ctx)}
            <p>{texts.logged_in_as.put(email)}</p>
            <form method="post" action=routes::LOG_OUT data-once="">
                <button class="button button-main">{texts.log_out}</button>
            </form>
            <p><a href=routes::ORDERS>{ctx.texts().orders.title}</a></p>
        </div>
    }
}

/// What was typed and not accepted.
pub(super) fn rejection(ctx: &RequestContext) -> (TypedCredentials, Vec<AccountProblem>) {
    match &ctx.rejection {
        Rejection::Credentials { typed, problems } => (typed.clone(), problems.clone()),
        _ => (TypedCredentials::default(), vec![]),
    }
}

/// The two fields of both forms.
pub(super) fn credentials(
    typed: TypedCredentials,
    problems: &[AccountProblem],
    ctx: &RequestContext,
    password: &'static str,
) -> impl IntoView + use<> {
    let texts = &ctx.texts().account;
    let email = TextField {
        name: "email",
        label: text::field(checkout::contact::Field::Email, ctx.locale),
        input_type: "email",
        autocomplete: "username",
        hint: None,
        typed: typed.email,
    };
    let password = TextField {
        name: "password",
        label: texts.password,
        input_type: "password",
        autocomplete: password,
        hint: (password == "new-password").then_some(texts.password_hint),
        typed: String::new(),
    };
    view! {
        {text_field(email, problems, ctx)}
        {text_field(password, problems, ctx)}
    }
}
