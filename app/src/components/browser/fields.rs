//! The fields of the form: what is typed, and what is wrong with it.

use checkout::contact::{Field, FieldError};
use wasm_bindgen::JsCast as _;
use web_sys::{Document, Element, HtmlElement, HtmlFormElement, HtmlInputElement, window};

use super::memory::storage;
use crate::components::REJECTION;
use crate::locale::Locale;
use crate::text;

fn input(form: &HtmlFormElement, name: &str) -> Option<HtmlInputElement> {
    form.get_with_name(name).map(wasm_bindgen::JsCast::unchecked_into)
}

pub(super) fn value(form: &HtmlFormElement, name: &str) -> String {
    input(form, name).map(|input| input.value()).unwrap_or_default()
}

pub(super) fn set_value(form: &HtmlFormElement, name: &str, value: &str) {
    if let Some(input) = input(form, name) {
        input.set_value(value);
    }
}

/// Keeps what is typed for a page that is loaded anew.
pub(super) fn note(form: &HtmlFormElement) {
    let Some(storage) = storage() else { return };
    for field in Field::ALL {
        let _ = storage.set_item(&key(field), &value(form, field.name()));
    }
}

/// Brings back what was typed, where the page has nothing.
pub(super) fn restore(form: &HtmlFormElement) {
    let Some(storage) = storage() else { return };
    for field in Field::ALL {
        if let (true, Ok(Some(typed))) = (value(form, field.name()).is_empty(), storage.get_item(&key(field))) {
            set_value(form, field.name(), &typed);
        }
    }
}

/// Forgets what was typed: the order stands.
pub(super) fn forget() {
    let Some(storage) = storage() else { return };
    for field in Field::ALL {
        let _ = storage.remove_item(&key(field));
    }
}

fn key(field: Field) -> String {
    ["once-", field.name()].concat()
}

pub(super) fn document() -> Option<Document> {
    window()?.document()
}

fn by_id(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// Moves the focus to what the server says of the last submission, if it says anything.
pub(super) fn focus_rejection() {
    if let Some(rejection) = by_id(REJECTION) {
        let _ = rejection.unchecked_ref::<HtmlElement>().focus();
    }
}

/// Takes what was said of the last submission off the page: it is not about this one.
pub(super) fn clear_errors(form: &HtmlFormElement) {
    if let Some(rejection) = by_id(REJECTION) {
        rejection.remove();
    }
    mark(form, &[], Locale::default());
}

/// Says at each field what is wrong with it, as the server does for the plain form, and takes back the rest.
pub(super) fn mark(form: &HtmlFormElement, errors: &[FieldError], locale: Locale) {
    for field in Field::ALL {
        let Some(input) = input(form, field.name()) else {
            continue;
        };
        let id = [field.name(), "-error"].concat();
        if let Some(said) = by_id(&id) {
            said.remove();
        }
        let Some(error) = errors.iter().find(|error| error.field == field) else {
            let _ = input.remove_attribute("aria-invalid");
            let _ = input.remove_attribute("aria-describedby");
            continue;
        };
        set(&input, "aria-invalid", "true");
        set(&input, "aria-describedby", &id);
        if let (Some(said), Some(around)) = (element("p", &text::field_error(*error, locale)), input.parent_element()) {
            set(&said, "class", "field-error");
            said.set_id(&id);
            let _ = around.append_child(&said);
        }
    }
}

/// Fails for no name that is one.
pub(super) fn set(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

pub(super) fn element(tag: &str, said: &str) -> Option<Element> {
    let element = document()?.create_element(tag).ok()?;
    element.set_text_content(Some(said));
    Some(element)
}
