use gloo_timers::future::TimeoutFuture;
use leptos::ev::SubmitEvent;
use leptos::html::{Div, Form, P};
use leptos::prelude::*;
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::task::spawn_local;

use super::{FailureSummary, browser};
use crate::buy::{self, Button, Event, Patience, Submission, step};
use crate::server_fns::submit_order;
use crate::wire::{Failure, SubmitOrder};

/// The form with the buy button. Before and without WASM it is a plain form that posts to `action`; with WASM it
/// sends the same fields to the server function and stays on the page.
#[island]
pub fn BuyForm(
    /// Where the plain form posts to; a fresh page is loaded from there.
    action: String,
    /// What the order costs, as shown.
    total: String,
    /// The page that tells what became of this form's token.
    status_url: String,
    /// Why the plain form was not accepted, if it was sent.
    rejected: Option<Failure>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let form = NodeRef::<Form>::new();
    let status = NodeRef::<P>::new();
    let summary = NodeRef::<Div>::new();
    let button = RwSignal::new(Button::opening(rejected));
    let live = RwSignal::new(false);
    Effect::new(move |_| live.set(true));

    let page = action.clone();
    let perform = Performer {
        form,
        summary,
        button,
        page: StoredValue::new(page),
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let (Some(form), Some(status)) = (form.get_untracked(), status.get_untracked()) {
            browser::move_focus(&form, &status);
        }
        perform.dispatch(Event::Submit);
    };

    let shown = move |text: fn(&Button, &str) -> String| {
        let total = total.clone();
        move || button.with(|button| text(button, &total))
    };
    let label = shown(|button, total| button.state().label(total));
    let told = shown(|button, _| button.state().status());
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
        <form class="buy" method="post" action=action data-once="" node_ref=form on:submit=on_submit>
            {move || failed().map(|failure| view! { <FailureSummary failure=failure node_ref=summary/> })}
            {children()}
            <button
                type="submit"
                class="buy-button"
                {..custom_attribute("autocomplete", "off")}
                data-state=state
                aria-disabled=move || if locked() { "true" } else { "false" }
                prop:disabled=locked
            >
                <span class="buy-button__label">{label}</span>
            </button>
            <p class="buy-status" role="status" aria-live="polite" tabindex="-1" node_ref=status>
                {told}
            </p>
            <a class="buy-status__link" href=status_url hidden=move || !late()>"Look up this order's status"</a>
        </form>
    }
}

/// Performs the effects of the state machine.
#[derive(Clone, Copy)]
struct Performer {
    form: NodeRef<Form>,
    summary: NodeRef<Div>,
    button: RwSignal<Button>,
    page: StoredValue<String>,
}

impl Performer {
    /// Steps at once, inside the event: whoever clicks twice in one task meets the new state.
    fn dispatch(self, event: Event) {
        let (next, effects) = step(&self.button.get_untracked(), event);
        self.button.set(next);
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(self, effect: buy::Effect) {
        match effect {
            buy::Effect::Send {
                submission,
                repeat_confirmed,
            } => self.send(submission, repeat_confirmed),
            buy::Effect::Unlock => self.with_form(browser::unlock),
            buy::Effect::FocusSummary => self.focus_summary(),
            buy::Effect::ShowReceipt(url) => browser::replace_page(&url),
            buy::Effect::FreshPage(code) => {
                let notice = code.as_str();
                self.page
                    .with_value(|page| browser::replace_page(&format!("{page}?notice={notice}")));
            }
        }
    }

    fn send(self, submission: Submission, repeat_confirmed: bool) {
        self.with_form(|form| {
            let mut order = browser::read_form(form);
            if repeat_confirmed {
                SubmitOrder::REPEAT_CONFIRMED.clone_into(&mut order.repeat);
            }
            spawn_local(async move {
                let answer = submit_order(order).await;
                self.dispatch(Event::Answered(submission, answer));
            });
        });
        for (patience, after_ms) in Patience::STEPS {
            self.tell_later(submission, patience, after_ms);
        }
    }

    fn tell_later(self, submission: Submission, patience: Patience, after_ms: u32) {
        spawn_local(async move {
            TimeoutFuture::new(after_ms).await;
            self.dispatch(Event::Waited(submission, patience));
        });
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

    fn with_form(self, action: impl FnOnce(&leptos::web_sys::HtmlFormElement)) {
        if let Some(form) = self.form.get_untracked() {
            action(&form);
        }
    }
}
