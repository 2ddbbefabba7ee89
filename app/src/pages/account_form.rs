//! What the forms of an account and of the order look-up share.

use leptos::prelude::*;

use crate::account::AccountProblem;
use crate::context::RequestContext;
use crate::text;

/// One field of a form.
pub(super) struct TextField {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) input_type: &'static str,
    pub(super) autocomplete: &'static str,
    pub(super) hint: Option<&'static str>,
    /// What was typed; never a password.
    pub(super) typed: String,
}

/// What is wrong with a form, with a link to each field that must be mended.
pub(super) fn summary(problems: &[AccountProblem], ctx: &RequestContext) -> Option<impl IntoView + use<>> {
    if problems.is_empty() {
        return None;
    }
    let said = |problem: &AccountProblem| text::account_problem(*problem, ctx.locale);
    let of_fields = problems.iter().filter_map(|problem| {
        let href = format!("#{}", problem.field()?);
        Some(view! { <li><a href=href>{said(problem)}</a></li> })
    });
    let of_fields = of_fields.collect_view();
    let of_form = problems.iter().find(|problem| problem.field().is_none());
    let heading = of_form.map_or_else(|| ctx.texts().account.check.to_owned(), said);
    Some(view! {
        <div class="error-summary" role="alert" tabindex="-1">
            <h2>{heading}</h2>
            <ul>{of_fields}</ul>
        </div>
    })
}

/// The field, with its hint and with what is wrong with it.
pub(super) fn text_field(field: TextField, problems: &[AccountProblem], ctx: &RequestContext) -> impl IntoView + use<> {
    let TextField {
        name,
        label,
        input_type,
        autocomplete,
        hint,
        typed,
    } = field;
    let problem = problems.iter().find(|problem| problem.field() == Some(name));
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described_by: Vec<_> = [hint.map(|_| &*hint_id), problem.map(|_| &*error_id)]
        .into_iter()
        .flatten()
        .collect();
    let described_by = (!described_by.is_empty()).then(|| described_by.join(" "));
    let wrong = problem.map(|_| "true");
    let error = problem.map(|problem| {
        view! { <p class="field-error" id=error_id.clone()>{text::account_problem(*problem, ctx.locale)}</p> }
    });
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type=input_type
                autocomplete=autocomplete
                value=typed
                required
                aria-invalid=wrong
                aria-describedby=described_by
            />
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id.clone()>{hint}</p> })}
            {error}
        </div>
    }
}
