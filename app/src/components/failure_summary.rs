use leptos::prelude::*;

use crate::text;
use crate::wire::Failure;

/// What is wrong, with a link to each field that must be mended.
#[component]
pub fn FailureSummary(
    /// What is wrong.
    failure: Failure,
    /// For moving the focus to it.
    #[prop(optional)]
    node_ref: NodeRef<leptos::html::Div>,
) -> impl IntoView {
    let said = text::failure(&failure);
    let fields = failure.fields.into_iter().map(|error| {
        let href = format!("#{}", error.field.name());
        view! { <li><a href=href>{text::field_error(error)}</a></li> }
    });
    view! {
        <div class="notice notice--error" role="alert" tabindex="-1" node_ref=node_ref>
            <p>{said}</p>
            <ul>{fields.collect_view()}</ul>
        </div>
    }
}
