use leptos::html::Div;
use leptos::prelude::*;

use crate::locale::Locale;
use crate::text;
use crate::wire::Failure;

/// The id of the summary that the server renders for a form that it did not accept. It is about that submission: the
/// island takes it off the page with the next one.
pub const REJECTION: &str = "rejection";

/// What is wrong, with a link to each field that must be mended.
#[component]
pub fn FailureSummary(
    /// What is wrong.
    failure: Failure,
    /// The language of the page.
    locale: Locale,
    /// Names the summary of the page, which goes away with the next submission.
    #[prop(optional)]
    id: Option<&'static str>,
    /// For moving the focus to it.
    #[prop(optional)]
    node_ref: NodeRef<Div>,
) -> impl IntoView {
    let said = text::failure(&failure, locale);
    let fields = failure.fields.into_iter().map(|error| {
        let href = format!("#{}", error.field.name());
        view! { <li><a href=href>{text::field_error(error, locale)}</a></li> }
    });
    view! {
        <div id=id class="error-summary" role="alert" tabindex="-1" node_ref=node_ref>
            <h2>{said}</h2>
            <ul>{fields.collect_view()}</ul>
        </div>
    }
}
