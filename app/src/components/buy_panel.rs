use gloo_timers::future::TimeoutFuture;
use leptos::ev;
use leptos::html::{Button as ButtonElement, Div, P};
use leptos::prelude::*;
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::task::spawn_local;
use leptos::web_sys::HtmlFormElement;

use super::{FailureSummary, browser};
use crate::buy::{self, Button, Event, Patience, Submission, step};
use crate::locale::Locale;
use crate::server_fns::submit_order;
use crate::text;
use crate::wire::{Failure, SubmitOrder};

/// The buy button of the plain form that it stands in. With WASM it takes the form's submissions over: it sends the
/// same fields to the server function and stays on the page.
#[island]
pub fn BuyPanel(
    /// What the order costs, as shown.
    total: String,
    /// The language of the page.
    locale: Locale,
    /// The page that tells what became of this form's token.
    status_url: String,
    /// The question that the plain form was answered with, if it was.
    repeat: Option<Failure>,
) -> impl IntoView {
    let panel = Panel::new(repeat);
    let live = RwSignal::new(false);
    Effect::new(move |_| {
        live.set(true);
        let listener = window_event_listener(ev::submit, move |event| panel.submitted(&event));
        on_cleanup(move || listener.remove());
    });

    let button = panel.button;
    let label = move || button.with(|button| button.state().label(&total, locale));
    let told = move || button.with(|button| button.state().status(locale));
    let locked = move || button.with(|button| !button.state().can_send());
    let state = move || {
        if live.get() {
            button.with(|button| button.state().name())
        } else {
            "ssr"
        }
    };
    let failed = move || button.with(|button| button.state().failed().cloned());
    let late = move || matches!(state(), "very-slow" | "unresolved");

    view! {
        <div class="buy-panel">
            {move || failed().map(|failure| view! { <FailureSummary failure=failure locale=locale node_ref=panel.summary/> })}
            <button
                type="submit"
                class="buy-button"
                data-state=state
                aria-disabled=move || if locked() { "true" } else { "false" }
                prop:disabled=locked
                node_ref=panel.element
                {..custom_attribute("autocomplete", "off")}
            >
                <span class="buy-button__label">{label}</span>
            </button>
            <p class="buy-status" role="status" aria-live="polite" tabindex="-1" node_ref=panel.status>
                {told}
            </p>
            <p hidden=move || !late()>
                <a href=status_url>{text::button(locale).look_up}</a>
            </p>
        </div>
    }
}

/// Performs the effects of the state machine.
#[derive(Clone, Copy)]
struct Panel {
    button: RwSignal<Button>,
    element: NodeRef<ButtonElement>,
    status: NodeRef<P>,
    summary: NodeRef<Div>,
}

impl Panel {
    fn new(repeat: Option<Failure>) -> Self {
        Self {
            button: RwSignal::new(Button::opening(repeat)),
            element: NodeRef::new(),
            status: NodeRef::new(),
            summary: NodeRef::new(),
        }
    }

    /// The form that the button stands in.
    fn form(self) -> Option<HtmlFormElement> {
        self.element.get_untracked().and_then(|button| button.form())
    }

    /// Takes a submission of the form over.
    fn submitted(self, event: &leptos::web_sys::SubmitEvent) {
        let Some(form) = self.form().filter(|form| browser::is_target(event, form)) else {
            return;
        };
        event.prevent_default();
        if let Some(status) = self.status.get_untracked() {
            browser::move_focus(&form, &status);
        }
        self.dispatch(Event::Submit);
    }

    /// Steps at once, inside the event: whoever clicks twice in one task meets the new state.
    fn dispatch(self, event: Event) {
        let (next, effects) = step(&self.button.get_untracked(), event);
        self.button.set(next);
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(self, effect: buy::Effect) {
        let Some(form) = self.form() else { return };
        match effect {
            buy::Effect::Send {
                submission,
                repeat_confirmed,
            } => self.send(&form, submission, repeat_confirmed),
            buy::Effect::Unlock => browser::unlock(&form),
            buy::Effect::ShowErrors(fields) => {
                browser::mark_fields(&form, &fields);
                self.focus_summary();
            }
            buy::Effect::ShowReceipt(url) => browser::replace_page(&url),
            buy::Effect::FreshPage(code) => {
                browser::replace_page(&format!("{}?notice={}", form.action(), code.as_str()));
            }
        }
    }

    fn send(self, form: &HtmlFormElement, submission: Submission, repeat_confirmed: bool) {
        browser::remove_rejection();
        browser::mark_fields(form, &[]);
        let mut order = browser::read_form(form);
        if repeat_confirmed {
            SubmitOrder::REPEAT_CONFIRMED.clone_into(&mut order.repeat);
        }
        spawn_local(async move {
            let answer = submit_order(order).await;
            self.dispatch(Event::Answered(submission, answer));
        });
        for (patience, after_ms) in Patience::STEPS {
            spawn_local(async move {
                TimeoutFuture::new(after_ms).await;
                self.dispatch(Event::Waited(submission, patience));
            });
        }
    }

    /// After the summary was rendered.
    fn focus_summary(self) {
        spawn_local(async move {
            TimeoutFuture::new(0).await;
            if let Some(summary) = self.summary.get_untracked() {
                let _ = summary.focus();
            }
        });
    }
}
