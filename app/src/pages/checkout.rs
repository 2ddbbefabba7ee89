use checkout::contact::{ContactForm, Field, FieldError};
use leptos::prelude::*;
use leptos_meta::Title;

use super::NotFoundPage;
use super::load::{load, param, query};
use crate::components::{BuyForm, FailureSummary};
use crate::context::{Rejection, RequestContext};
use crate::routes;
use crate::server_fns::open_checkout;
use crate::text;
use crate::wire::{Failure, FailureCode, OpenedCheckout, SubmitOrder, parse_cart_id};

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
        match open_checkout(cart.clone()).await {
            Ok(opened) => view! { <Confirmation opened=opened typed=typed failure=failure/> }.into_any(),
            Err(why) => refused(&ctx, &cart, &why),
        }
    })
}

fn refused(ctx: &RequestContext, cart: &str, why: &Failure) -> AnyView {
    match (why.code, parse_cart_id(cart)) {
        (FailureCode::AlreadyOrdered, Some(_)) => {
            ctx.status.set(200);
            view! {
                <Title text="Already ordered"/>
                <h1>"This cart is already ordered"</h1>
                <p>{text::failure(why)}</p>
                <p><a class="button" href=routes::ORDERS>"Your orders"</a></p>
            }
            .into_any()
        }
        (FailureCode::CartEmpty, _) => view! {
            <Title text="Your cart is empty"/>
            <h1>"Your cart is empty"</h1>
            <p>"There is nothing to pay for. " <a href="/">"Have a look around."</a></p>
        }
        .into_any(),
        (code, _) => {
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
    } = opened;
    // What the shopper mends in the form belongs to the island; the rest was about the page that is gone.
    let (rejected, notice) = match failure {
        Some(failure) if matches!(failure.code, FailureCode::Invalid | FailureCode::Repeat) => (Some(failure), None),
        other => (None, other),
    };
    let errors = rejected
        .as_ref()
        .map(|failure| failure.fields.clone())
        .unwrap_or_default();
    let repeat = if rejected
        .as_ref()
        .is_some_and(|failure| failure.code == FailureCode::Repeat)
    {
        SubmitOrder::REPEAT_CONFIRMED
    } else {
        ""
    };
    let action = format!("/checkout/{cart}");
    let items = lines.into_iter().map(|line| {
        view! {
            <li class="summary__line">
                <span>{format!("{} × {}", line.quantity, line.name)}</span>
                <span>{line.price}</span>
            </li>
        }
    });
    view! {
        <Title text="Review and pay – not yet ordered"/>
        <Scripts/>
        <h1>"Review and pay"</h1>
        <p class="lead">"Not yet ordered. Nothing is bought until you press the button."</p>
        {notice.map(|failure| view! { <FailureSummary failure=failure/> })}
        <section class="summary" aria-label="What you buy">
            <ul>{items.collect_view()}</ul>
            <dl class="totals">
                <dt>"Shipping"</dt>
                <dd>"Free"</dd>
                <dt>"Total, tax included"</dt>
                <dd>{total.clone()}</dd>
            </dl>
            <p><a href=routes::CART>"Change your cart"</a></p>
        </section>
        <BuyForm action=action total=total status_url=routes::status(&digest) rejected=rejected>
            <input type="hidden" name="token" value=token/>
            <input type="hidden" name="cart" value=cart/>
            <input type="hidden" name="quote" value=quote/>
            <input type="hidden" name="repeat" value=repeat/>
            <ContactFields typed=typed.contact() errors=errors/>
        </BuyForm>
    }
}

#[component]
fn ContactFields(typed: ContactForm, errors: Vec<FieldError>) -> impl IntoView {
    let fields = Field::ALL.map(|field| {
        let error = errors.iter().find(|error| error.field == field).copied();
        contact_field(field, field.of(&typed).to_owned(), error)
    });
    view! { <fieldset class="fields"><legend>"Where it goes"</legend>{fields.into_iter().collect_view()}</fieldset> }
}

fn contact_field(field: Field, typed: String, error: Option<FieldError>) -> impl IntoView {
    let name = field.name();
    let error_id = format!("{name}-error");
    let (input_type, autocomplete) = match field {
        Field::Name => ("text", "name"),
        Field::Email => ("email", "email"),
        Field::Street => ("text", "street-address"),
        Field::Postcode => ("text", "postal-code"),
        Field::City => ("text", "address-level2"),
        Field::Country => ("text", "country-name"),
    };
    let described_by = error.is_some().then(|| error_id.clone());
    view! {
        <div class="field">
            <label for=name>{text::field(field)}</label>
            <input
                id=name
                name=name
                type=input_type
                autocomplete=autocomplete
                maxlength=field.most_bytes().to_string()
                value=typed
                required
                aria-invalid=if error.is_some() { "true" } else { "false" }
                aria-describedby=described_by
            />
            {error.map(|error| view! { <p class="field__error" id=error_id>{text::field_error(error)}</p> })}
        </div>
    }
}

/// The scripts that start the islands: only on a page that has one.
#[component]
fn Scripts() -> impl IntoView {
    view! { <HydrationScripts options=RequestContext::current().options islands=true/> }
}
