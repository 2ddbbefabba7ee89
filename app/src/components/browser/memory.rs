//! What a reload must know of: the submission that is under way. Kept for this tab alone, and forgotten once the outcome
//! is known.

use web_sys::{HtmlFormElement, Storage, window};

use super::fields::{set_value, value};
use super::panel::Panel;

/// Names this cart to the tab's storage and to the other tabs.
pub(super) fn key(form: &HtmlFormElement) -> String {
    ["once:", &value(form, "cart")].concat()
}

/// Storage can be switched off; then nothing is kept, and the server's one order per cart still holds.
pub(super) fn storage() -> Option<Storage> {
    window()?.session_storage().ok()?
}

/// Notes what is about to be sent.
pub(super) fn note(panel: &Panel) {
    let form = &panel.form;
    let noted = [
        value(form, "token"),
        value(form, "quote"),
        panel.lookup_url(),
        panel.status_url(),
    ]
    .join("\n");
    if let Some(storage) = storage() {
        let _ = storage.set_item(&key(form), &noted);
    }
}

/// Whether a submission of this cart was under way when the page went away. Its token comes back with it: a fresh one
/// is for whoever knows that nothing was ordered.
pub(super) fn recall(panel: &Panel) -> bool {
    let noted = storage().and_then(|storage| storage.get_item(&key(&panel.form)).ok()?);
    let Some(noted) = noted else { return false };
    let mut parts = noted.split('\n');
    let mut part = || parts.next().unwrap_or_default();
    set_value(&panel.form, "token", part());
    set_value(&panel.form, "quote", part());
    panel.set_urls(part(), part());
    true
}

pub(super) fn forget(form: &HtmlFormElement) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&key(form));
    }
}
