use checkout::contact::{ContactForm, Field, FieldError};
use leptos::prelude::*;
use leptos_meta::Title;

use super::NotFoundPage;
use super::cart::EmptyCart;
use super::load::{load, param, query};
use super::parts::{Totals, bought_line};
use crate::components::{BuyPanel, FailureSummary, REJECTION};
use crate::context::{Rejection, RequestContext};
use crate::server_fns::open_checkout;
use crate::wire::{Failure, FailureCode, OpenedCheckout, SubmitOrder};
use crate::{routes, text};

/// Review and pay. The one page with an island.
#[component]
pub fn CheckoutPage() -> impl IntoView {
    let ctx = RequestContext::current();
    let cart = param("cart");
    let notice = query("notice").and_then(|name| FailureCode::parse(&name));
    load(async move {
        let (typed, failure) = match ctx.rejection.clone() {
            Rejection::Order(rejected) => (rejected.0, Some(rejected.1)),
            _ => (SubmitOrder::default(), notice.map(Failure::from)),
        };
        match open_checkout(cart).await {
            Ok(opened) => view! { <Confirmation opened=opened typed=typed failure=failure/> }.into_any(),
            Err(why) => refused(&ctx, &why),
        }
    })
}

fn refused(ctx: &RequestContext, why: &Failure) -> AnyView {
    match why.code {
        FailureCode::AlreadyOrdered => view! {
            <Title text="Already ordered"/>
            <div class="message-page">
                <h1>"This cart is already ordered"</h1>
                <p>{text::failure(why)}</p>
                <a class="button button-main" href=routes::ORDERS>"Your orders"</a>
            </div>
        }
        .into_any(),
        FailureCode::Cancelled => view! {
            <Title text="Purchase cancelled"/>
            <div class="message-page">
                <h1>"Purchase cancelled"</h1>
                <p>{text::failure(why)}</p>
                <a class="button button-main" href="/">"To the shop"</a>
            </div>
        }
        .into_any(),
        FailureCode::CartEmpty => view! {
            <Title text="Your cart is empty"/>
            <EmptyCart/>
        }
        .into_any(),
        code => {
            ctx.status.set(code.http_status());
            view! { <NotFoundPage/> }.into_any()
        }
    }
}

#[component]
fn Confirmation(opened: OpenedCheckout, typed: SubmitOrder, failure: Option<Failure>) -> impl IntoView {
    let OpenedCheckout {
        cart,
        token,
        digest,
        quote,
        lines,
        total,
        buy_now,
    } = opened;
    // A repeat is a question beside the button; everything else is said above the form.
    let (repeat, rejection) = match failure {
        Some(failure) if failure.code == FailureCode::Repeat => (Some(failure), None),
        other => (None, other),
    };
    let action = format!("/checkout/{cart}");
    let cancel = buy_now.then(|| routes::cancel(&cart));
    let confirmed = repeat.as_ref().map(|_| SubmitOrder::REPEAT_CONFIRMED);
    let title = if rejection.is_some() {
        "Error: Review and pay – not yet ordered"
    } else {
        "Review and pay – not yet ordered"
    };
    let errors = rejection
        .as_ref()
        .map(|failure| failure.fields.clone())
        .unwrap_or_default();
    let lines = lines
        .into_iter()
        .map(|line| bought_line(line.name, line.quantity, line.unit_price, line.price));
    view! {
        <Title text=title/>
        <Scripts/>
        <h1>"Review and pay " <small>"– not yet ordered"</small></h1>
        {rejection.map(|failure| view! { <FailureSummary failure=failure id=REJECTION/> })}
        <form class="buy checkout" method="post" action=action data-once="" novalidate>
            <input type="hidden" name="token" value=token/>
            <input type="hidden" name="cart" value=cart/>
            <input type="hidden" name="quote" value=quote/>
            <input type="hidden" name="repeat" value=confirmed.unwrap_or_default()/>
            <div><ContactFields typed=typed.contact() errors=errors/></div>
            <section class="slip" aria-labelledby="summary">
                <h2 id="summary">"What you buy"</h2>
                <ul class="lines">{lines.collect_view()}</ul>
                <Totals total=total.clone()/>
                <BuyPanel
                    total=total
                    status_url=routes::status(&digest)
                    lookup_url=routes::lookup(&digest)
                    repeat=repeat
                />
            </section>
        </form>
        {cancel.map(|action| view! {
            <form class="cancel" method="post" action=action>
                <button class="button button-quiet">"Cancel this purchase"</button>
            </form>
        })}
    }
}

#[component]
fn ContactFields(typed: ContactForm, errors: Vec<FieldError>) -> impl IntoView {
    let fields = Field::ALL.map(|field| {
        let error = errors.iter().find(|error| error.field == field).copied();
        contact_field(field, field.of(&typed).to_owned(), error)
    });
    view! {
        <fieldset>
            <legend>"Where it goes"</legend>
            <div class="fields">{fields.into_iter().collect_view()}</div>
        </fieldset>
    }
}

fn contact_field(field: Field, typed: String, error: Option<FieldError>) -> impl IntoView {
    let name = field.name();
    let error_id = format!("{name}-error");
    let described_by = error.is_some().then(|| error_id.clone());
    let (class, input_type, autocomplete) = match field {
        Field::Name => ("field", "text", "name"),
        Field::Email => ("field", "email", "email"),
        Field::Street => ("field", "text", "street-address"),
        Field::Postcode => ("field field-narrow", "text", "postal-code"),
        Field::City => ("field field-wide", "text", "address-level2"),
        Field::Country => ("field", "text", "country-name"),
    };
    view! {
        <div class=class>
            <label for=name>{text::field(field)}</label>
            <input
                id=name
                name=name
                type=input_type
                autocomplete=autocomplete
                value=typed
                required
                aria-invalid=error.map(|_| "true")
                aria-describedby=described_by
            />
            {error.map(|error| view! { <p class="field-error" id=error_id>{text::field_error(error)}</p> })}
        </div>
    }
}

/// The scripts that start the islands: only on a page that has one.
#[component]
fn Scripts() -> impl IntoView {
    view! { <HydrationScripts options=RequestContext::current().options islands=true/> }
}
