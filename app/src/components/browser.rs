//! The buy button in the browser: hears what happens, shows the state, performs the effects. What follows from what is
//! decided by [`crate::buy`].

mod answers;
mod fields;
mod memory;
mod panel;
mod requests;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{AbortController, BroadcastChannel, Event as DomEvent, MessageEvent, PageTransitionEvent};

use crate::buy::{Button, Effect, Event, step};
use crate::wire::Receipt;
use panel::Panel;
use requests::Order;

/// Takes the page's buy button over, if it has one.
pub(super) fn take_over() {
    let Some(panel) = Panel::find() else { return };
    let controller = Rc::new(Controller {
        button: RefCell::new(Button::opening(panel.asked(), online())),
        channel: BroadcastChannel::new(&memory::key(&panel.form)).ok(),
        sent: RefCell::new(None),
        abort: Cell::new(None),
        panel,
    });
    controller.listen();
    fields::restore(&controller.panel.form);
    controller.panel.show(controller.button.borrow().state());
    controller.panel.let_pass(controller.button.borrow().state());
    if memory::recall(&controller.panel) {
        controller.dispatch(Event::Resumed);
    }
    fields::focus_rejection();
    panel::forget_notice();
}

/// The button of a page, for as long as the page is there.
struct Controller {
    panel: Panel,
    button: RefCell<Button>,
    /// The other tabs of this cart.
    channel: Option<BroadcastChannel>,
    /// What the latest click sent.
    sent: RefCell<Option<Order>>,
    /// Ends the request that is under way.
    abort: Cell<Option<AbortController>>,
}

impl Controller {
    /// One listener for everything: each would be a copy of its glue.
    fn listen(self: &Rc<Self>) {
        let this = Rc::clone(self);
        let heard = Closure::<dyn Fn(DomEvent)>::new(move |event| this.heard(&event)).into_js_value();
        let heard = heard.unchecked_ref();
        let form = &self.panel.form;
        let targets = [(form.as_ref(), "submit"), (form.as_ref(), "input")];
        let window = web_sys::window();
        let window = window.iter().flat_map(|window| {
            ["pageshow", "online", "offline"].map(|name| (window.as_ref() as &web_sys::EventTarget, name))
        });
        let channel = self.channel.iter().map(|channel| (channel.as_ref(), "message"));
        for (target, name) in targets.into_iter().chain(window).chain(channel) {
            // Fails for no name of an event.
            let _ = target.add_event_listener_with_callback(name, heard);
        }
    }

    fn heard(self: &Rc<Self>, event: &DomEvent) {
        match &*event.type_() {
            "submit" => {
                event.prevent_default();
                self.dispatch(Event::Submit { online: online() });
            }
            "input" => fields::note(&self.panel.form),
            "online" => self.dispatch(Event::Online),
            "offline" => self.dispatch(Event::Offline),
            "pageshow" if event.unchecked_ref::<PageTransitionEvent>().persisted() => self.dispatch(Event::Restored),
            "message" => {
                let told = event.unchecked_ref::<MessageEvent>().data().as_string();
                if let Some((number, url)) = told.as_deref().and_then(|told| told.split_once(' ')) {
                    self.dispatch(Event::PlacedElsewhere(receipt(number, url)));
                }
            }
            _ => {}
        }
    }

    /// Steps at once, inside the event: whoever clicks twice in one task meets the new state.
    fn dispatch(self: &Rc<Self>, event: Event) {
        let (next, effects) = step(&self.button.borrow(), event);
        // A timer that is left from before changes nothing, and so shows nothing anew: whoever stands on a link of the
        // summary would lose the focus with it.
        if next.state() != self.button.borrow().state() {
            self.panel.show(next.state());
        }
        self.panel.let_pass(next.state());
        self.button.replace(next);
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        let form = &self.panel.form;
        match effect {
            Effect::Send { post, repeat_confirmed } => {
                fields::clear_errors(form);
                self.panel.set_title("");
                fields::note(form);
                memory::note(&self.panel);
                self.sent.replace(Order::read(form, repeat_confirmed));
                self.send(post);
            }
            Effect::SendAgain { post } => self.send(post),
            Effect::Abort => {
                if let Some(abort) = self.abort.take() {
                    abort.abort();
                }
            }
            Effect::LookUp { round } => self.look_up(round),
            Effect::Start { round, timer, after_ms } => {
                let this = Rc::clone(self);
                Timeout::new(after_ms, move || this.dispatch(Event::Timer { round, timer })).forget();
            }
            Effect::Forget => memory::forget(form),
            Effect::ShowErrors(errors) => {
                fields::mark(form, &errors, self.panel.locale);
                let _ = self.panel.summary.focus();
            }
            Effect::TellOthers(receipt) => {
                if let Some(channel) = &self.channel {
                    let told = [&*receipt.number, &*receipt.url].join(" ");
                    let _ = channel.post_message(&told.into());
                }
            }
            Effect::ShowReceipt(url) => {
                fields::forget();
                panel::replace_page(&url);
            }
            Effect::FreshPage(failure) => panel::replace_page(&self.panel.fresh_page(&failure)),
        }
    }

    fn send(self: &Rc<Self>, post: u32) {
        let abort = AbortController::new().ok();
        let answer = self.sent.borrow().as_ref().map(|order| order.send(abort.as_ref()));
        self.abort.set(abort);
        let this = Rc::clone(self);
        wasm_bindgen_futures::spawn_local(async move {
            let answer = answers::answer(answer).await;
            let jitter = requests::jitter();
            this.dispatch(Event::Answered { post, answer, jitter });
        });
    }

    fn look_up(self: &Rc<Self>, round: u32) {
        let asked = requests::look_up(&self.panel);
        let this = Rc::clone(self);
        wasm_bindgen_futures::spawn_local(async move {
            let found = answers::found(asked).await;
            this.dispatch(Event::Found { round, found });
        });
    }
}

fn online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

fn receipt(number: &str, url: &str) -> Receipt {
    Receipt {
        order_id: String::new(),
        number: number.to_owned(),
        url: url.to_owned(),
        replayed: false,
    }
}
