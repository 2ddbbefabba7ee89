//! The panel that the server rendered, as the state wants it.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlAnchorElement, HtmlButtonElement, HtmlElement, HtmlFormElement, window};

use super::answers;
use super::fields::{document, element, set, value};
use crate::buy::State;
use crate::locale::Locale;
use crate::text;
use crate::wire::Failure;

pub(super) struct Panel {
    pub(super) form: HtmlFormElement,
    /// Lists what is wrong.
    pub(super) summary: HtmlElement,
    /// The language of the page.
    pub(super) locale: Locale,
    around: Element,
    button: HtmlButtonElement,
    label: Element,
    status: HtmlElement,
    look_up: HtmlAnchorElement,
}

impl Panel {
    pub(super) fn find() -> Option<Self> {
        let around = document()?.query_selector(".buy-panel").ok()??;
        let part = |selector: &str| around.query_selector(selector).ok()?;
        let button: HtmlButtonElement = part(".buy-button")?.unchecked_into();
        Some(Self {
            form: button.form()?,
            locale: locale().unwrap_or_default(),
            summary: part(".error-summary")?.unchecked_into(),
            label: part(".buy-button__label")?,
            status: part(".buy-status")?.unchecked_into(),
            look_up: part(".buy-look-up a")?.unchecked_into(),
            button,
            around,
        })
    }

    /// The question that the plain form was answered with, if it was.
    pub(super) fn asked(&self) -> Option<Failure> {
        answers::asked(&self.around.get_attribute("data-repeat")?)
    }

    fn carried(&self, name: &str) -> String {
        self.around.get_attribute(name).unwrap_or_default()
    }

    pub(super) fn lookup_url(&self) -> String {
        self.carried("data-lookup")
    }

    pub(super) fn status_url(&self) -> String {
        self.look_up.get_attribute("href").unwrap_or_default()
    }

    pub(super) fn set_urls(&self, lookup: &str, status: &str) {
        set(&self.around, "data-lookup", lookup);
        set(&self.look_up, "href", status);
    }

    /// Where a fresh token is, with the reason to show there, and the total that this page showed.
    pub(super) fn fresh_page(&self, failure: &Failure) -> String {
        let total = value(&self.form, "shown_total");
        [&*self.form.action(), "?notice=", failure.code.as_str(), "&was=", &total].concat()
    }

    /// Shows the state. What is the same already is left alone: it would be announced again.
    pub(super) fn show(&self, state: &State) {
        self.show_summary(state.summary().as_ref());
        let locked = state.is_locked();
        if locked && !self.button.disabled() {
            self.move_focus();
        }
        self.button.set_disabled(locked);
        set(&self.button, "aria-disabled", if locked { "true" } else { "false" });
        set(&self.button, "data-state", state.name());
        say(&self.label, &state.label(&self.carried("data-total"), self.locale));
        say(&self.status, &state.status(self.locale));
        if let Some(around) = self.look_up.parent_element() {
            around
                .unchecked_ref::<HtmlElement>()
                .set_hidden(!state.offers_look_up());
        }
    }

    /// The inline guard of the page lets the next submission pass, where the state does.
    pub(super) fn let_pass(&self, state: &State) {
        if !state.is_locked() {
            let _ = self.form.remove_attribute("data-sent");
        }
    }

    /// A control that is about to be disabled would drop a keyboard user at the top of the page.
    fn move_focus(&self) {
        let active = document().and_then(|document| document.active_element());
        if active.is_some_and(|active| self.form.contains(Some(&active))) {
            let _ = self.status.focus();
        }
    }

    /// Puts this before the title of the page, and nothing else that says whether something is wrong.
    pub(super) fn set_title(&self, before: &str) {
        let Some(document) = document() else { return };
        let title = document.title();
        let plain = title.strip_prefix(text::error_prefix(self.locale)).unwrap_or(&title);
        document.set_title(&[before, plain].concat());
    }

    fn show_summary(&self, failure: Option<&Failure>) {
        let was_hidden = self.summary.hidden();
        self.summary.set_hidden(failure.is_none());
        let Some(failure) = failure else {
            if !was_hidden {
                self.set_title("");
            }
            return;
        };
        self.set_title(text::error_prefix(self.locale));
        let part = |selector: &str| self.summary.query_selector(selector).ok()?;
        let (Some(heading), Some(list)) = (part("h2"), part("ul")) else {
            return;
        };
        say(&heading, &text::failure(failure, self.locale));
        list.set_text_content(None);
        for error in &failure.fields {
            let (Some(item), Some(link)) = (element("li", ""), element("a", &text::field_error(*error, self.locale)))
            else {
                return;
            };
            set(&link, "href", &["#", error.field.name()].concat());
            let _ = item.append_child(&link);
            let _ = list.append_child(&item);
        }
    }
}

fn locale() -> Option<Locale> {
    Locale::from_tag(&document()?.document_element()?.get_attribute("lang")?)
}

fn say(element: &Element, said: &str) {
    if element.text_content().as_deref() != Some(said) {
        element.set_text_content(Some(said));
    }
}

/// Takes the reason for which this page was fetched out of its address: a reload would tell it again.
pub(super) fn forget_notice() {
    let Some(window) = window() else { return };
    let (location, history) = (window.location(), window.history());
    if let (Ok(path), Ok(history)) = (location.pathname(), history) {
        // Fails for no address of the page itself.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path));
    }
}

/// Goes to `url`; the page is not kept in the history.
pub(super) fn replace_page(url: &str) {
    if let Some(window) = window() {
        // Only an address that is no URL fails, and ours are.
        let _ = window.location().replace(url);
    }
}
