use leptos::prelude::*;
use leptos::tachys::html::attribute::custom::custom_attribute;

use super::browser::take_over;
use crate::buy::State;
use crate::locale::Locale;
use crate::text;
use crate::wire::Failure;

/// The buy button of the plain form that it stands in, and what is said beside it. Where WASM runs, [`BuyButton`] takes
/// it over.
#[component]
pub fn BuyPanel(
    /// What the order costs, as shown.
    total: String,
    /// The language of the page.
    locale: Locale,
    /// The page that tells what became of this form's token.
    status_url: String,
    /// Where a script asks for the same.
    lookup_url: String,
    /// Said beside the button for as long as there is no news.
    note: &'static str,
    /// The question that the plain form was answered with, if it was.
    repeat: Option<Failure>,
) -> impl IntoView {
    let asked = repeat.as_ref().map(Failure::to_json);
    let state = repeat.map_or(State::Idle, State::Repeat);
    // An empty text would be rendered as a space, and the note gives way to whatever the line holds.
    let told = Some(state.status(locale)).filter(|told| !told.is_empty());
    view! {
        <div class="buy-panel" data-total=total.clone() data-lookup=lookup_url data-repeat=asked>
            <div class="error-summary" role="alert" tabindex="-1" hidden>
                <h2></h2>
                <ul></ul>
            </div>
            <button
                type="submit"
                class="buy-button"
                data-state="ssr"
                aria-disabled="false"
                {..custom_attribute("autocomplete", "off")}
            >
                <span class="buy-button__label">{state.label(&total, locale)}</span>
            </button>
            <p class="buy-status" role="status" aria-live="polite" tabindex="-1">
                {told}
            </p>
            <p class="buy-note">{note}</p>
            <p class="buy-look-up" hidden>
                <a href=status_url>{text::button(locale).look_up}</a>
            </p>
            <BuyButton/>
        </div>
    }
}

/// Performs what the state machine of the button decides. It has no properties and no view of its own: the panel is on
/// the page already, and what a reactive view and its properties would add to the download is more than all the rest.
#[island]
pub fn BuyButton() -> impl IntoView {
    take_over();
}
