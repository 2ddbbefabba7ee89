use leptos::prelude::*;

use crate::locale::Locale;
use crate::text;
use crate::wire::Failure;

/// The id of the summary that the server renders for a form that it did not accept. It is about that submission: with
/// the next one the script takes it off the page, and has a summary of its own.
pub const REJECTION: &str = "rejection";

/// What is wrong, with a link to each field that must be mended. The page opens with the focus on it.
#[component]
pub fn FailureSummary(
    /// What is wrong.
    failure: Failure,
    /// The language of the page.
    locale: Locale,
    /// What else there is to say.
    #[prop(optional_no_strip)]
    more: Option<String>,
) -> impl IntoView {
    let said = text::failure(&failure, locale);
    let fields = failure.fields.into_iter().map(|error| {
        let href = format!("#{}", error.field.name());
        view! { <li><a href=href>{text::field_error(error, locale)}</a></li> }
    });
    view! {
        <div id=REJECTION class="error-summary" role="alert" tabindex="-1" autofocus>
            <h2>{said}</h2>
            {more.map(|more| view! { <p>{more}</p> })}
            <ul>{fields.collect_view()}</ul>
        </div>
    }
}
