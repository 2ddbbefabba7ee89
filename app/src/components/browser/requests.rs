//! What is sent: the plain form's fields, to the server function.

use js_sys::Promise;
use web_sys::{AbortController, HtmlFormElement, RequestInit, UrlSearchParams};

use super::fields::value;
use super::panel::Panel;
use crate::wire::SubmitOrder;

/// Where the server function is, which takes one argument of this name.
const FUNCTION: &str = "/api/submit_order";
const ARGUMENT: &str = "order";

/// A form as it stood at a click; sent again, it is the same.
pub(super) struct Order(UrlSearchParams);

impl Order {
    pub(super) fn read(form: &HtmlFormElement, repeat_confirmed: bool) -> Option<Self> {
        let order = UrlSearchParams::new().ok()?;
        for name in SubmitOrder::FIELDS {
            let value = match name {
                "repeat" if repeat_confirmed => SubmitOrder::REPEAT_CONFIRMED.to_owned(),
                name => value(form, name),
            };
            order.append(&[ARGUMENT, "[", name, "]"].concat(), &value);
        }
        Some(Self(order))
    }

    pub(super) fn send(&self, abort: Option<&AbortController>) -> Promise {
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_body(&self.0);
        request.set_signal(abort.map(AbortController::signal).as_ref());
        fetch(FUNCTION, &request)
    }
}

pub(super) fn look_up(panel: &Panel) -> Promise {
    fetch(&panel.lookup_url(), &RequestInit::new())
}

fn fetch(url: &str, request: &RequestInit) -> Promise {
    match web_sys::window() {
        Some(window) => window.fetch_with_str_and_init(url, request),
        // An island is in a window.
        None => Promise::reject(&wasm_bindgen::JsValue::NULL),
    }
}

/// Chance, in thousandths.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000")]
pub(super) fn jitter() -> u32 {
    (js_sys::Math::random() * 1_000.0) as u32
}
