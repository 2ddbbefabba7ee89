//! The few things that the island asks of the browser.

use checkout::contact::Field;
use leptos::web_sys::{Element, Event, FormData, HtmlElement, HtmlFormElement, window};
use wasm_bindgen::JsCast as _;

use super::REJECTION;
use crate::wire::SubmitOrder;

/// Reads the form as it stands now.
pub(super) fn read_form(form: &HtmlFormElement) -> SubmitOrder {
    let data = FormData::new_with_form(form).ok();
    let field = |name: &str| {
        data.as_ref()
            .and_then(|data| data.get(name).as_string())
            .unwrap_or_default()
    };
    SubmitOrder {
        token: field("token"),
        cart: field("cart"),
        quote: field("quote"),
        repeat: field("repeat"),
        name: field("name"),
        email: field("email"),
        street: field("street"),
        postcode: field("postcode"),
        city: field("city"),
        country: field("country"),
    }
}

/// Whether `event` happened to `form`.
pub(super) fn is_target(event: &Event, form: &HtmlFormElement) -> bool {
    event.target().is_some_and(|target| target.loose_eq(form))
}

/// Goes to `url`; the page is not kept in the history.
pub(super) fn replace_page(url: &str) {
    if let Some(window) = window() {
        // Only an address that is no URL fails, and ours are.
        let _ = window.location().replace(url);
    }
}

/// Moves the focus out of `form` to `target` if it is inside: a control that is about to be disabled would drop a
/// keyboard user at the top of the page.
pub(super) fn move_focus(form: &HtmlFormElement, target: &HtmlElement) {
    let active = window()
        .and_then(|window| window.document())
        .and_then(|document| document.active_element());
    if active.is_some_and(|active| form.contains(Some(&active))) {
        let _ = target.focus();
    }
}

/// Lets the inline guard of the page pass the form's next submission.
pub(super) fn unlock(form: &HtmlFormElement) {
    let form: &HtmlElement = form.unchecked_ref();
    form.dataset().delete("sent");
}

/// Marks these fields of the form as wrong, and no others.
pub(super) fn mark_fields(form: &HtmlFormElement, wrong: &[Field]) {
    for field in Field::ALL {
        let Some(input) = form.get_with_name(field.name()) else {
            continue;
        };
        let input: &Element = input.unchecked_ref();
        // Neither fails for an attribute name that is one.
        let _ = if wrong.contains(&field) {
            input.set_attribute("aria-invalid", "true")
        } else {
            input.remove_attribute("aria-invalid")
        };
    }
}

/// Takes what the server said of the last submission off the page: it is not about this one.
pub(super) fn remove_rejection() {
    let document = window().and_then(|window| window.document());
    if let Some(rejection) = document.and_then(|document| document.get_element_by_id(REJECTION)) {
        rejection.remove();
    }
}
