use checkout::contact::{ContactForm, Field, FieldError};
use leptos::prelude::*;
use leptos_meta::Title;

use super::NotFoundPage;
use super::cart::EmptyCart;
use super::load::{load, param, query};
use super::parts::{Totals, bought_line, short_note};
use crate::components::{BuyPanel, FailureSummary, REJECTION};
use crate::context::{Rejection, RequestContext};
use crate::locale::Locale;
use crate::server_fns::open_checkout;
use crate::wire::{ConfirmationLine, Failure, FailureCode, OpenedCheckout, SubmitOrder};
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
    let texts = &ctx.texts().checkout;
    match why.code {
        FailureCode::AlreadyOrdered => closed(texts.ordered_title, why, (routes::ORDERS, texts.orders), ctx).into_any(),
        FailureCode::Cancelled => closed(texts.cancelled_title, why, ("/", texts.to_the_shop), ctx).into_any(),
        FailureCode::CartEmpty => view! {
            <Title text=ctx.texts().cart.empty_title/>
            <EmptyCart/>
        }
        .into_any(),
        code => {
            ctx.status.set(code.http_status());
            view! { <NotFoundPage/> }.into_any()
        }
    }
}

/// A cart that nothing more becomes of.
fn closed(
    title: &'static str,
    why: &Failure,
    (href, link): (&'static str, &'static str),
    ctx: &RequestContext,
) -> impl IntoView + use<> {
    view! {
        <Title text=title/>
        <div class="message-page">
            <h1>{title}</h1>
            <p>{text::failure(why, ctx.locale)}</p>
            <a class="button button-main" href=href>{link}</a>
        </div>
    }
}

#[component]
fn Confirmation(opened: OpenedCheckout, typed: SubmitOrder, failure: Option<Failure>) -> impl IntoView {
    let ctx = RequestContext::current();
    let (locale, texts) = (ctx.locale, &ctx.texts().checkout);
    // A repeat is a question beside the button; everything else is said above the form.
    let (repeat, rejection) = match failure {
        Some(failure) if failure.code == FailureCode::Repeat => (Some(failure), None),
        other => (None, other),
    };
    let OpenedCheckout {
        cart,
        token,
        digest,
        quote,
        lines,
        total,
        tax,
        buy_now,
    } = opened;
    let action = format!("/checkout/{cart}");
    let cancel = buy_now.then(|| routes::cancel(&cart));
    let confirmed = repeat.as_ref().map(|_| SubmitOrder::REPEAT_CONFIRMED);
    let error = rejection.as_ref().map_or("", |_| texts.error);
    let title = format!("{error}{} {}", texts.title, texts.not_yet);
    let errors = rejection
        .as_ref()
        .map(|failure| failure.fields.clone())
        .unwrap_or_default();
    view! {
        <Title text=title/>
        <Scripts/>
        <h1>{texts.title} " " <small>{texts.not_yet}</small></h1>
        {rejection.map(|failure| view! { <FailureSummary failure=failure locale=locale id=REJECTION/> })}
        <form class="buy checkout" method="post" action=action data-once="" novalidate>
            <input type="hidden" name="token" value=token/>
            <input type="hidden" name="cart" value=cart/>
            <input type="hidden" name="quote" value=quote/>
            <input type="hidden" name="repeat" value=confirmed.unwrap_or_default()/>
            <div><ContactFields typed=typed.contact() errors=errors/></div>
            <section class="slip" aria-labelledby="summary">
                <BoughtLines lines=lines buy_now=buy_now/>
                <Totals total=total.clone() tax=tax/>
                <BuyPanel total=total locale=locale status_url=routes::status(&digest) repeat=repeat/>
                <p class="buy-note">{texts.note}</p>
            </section>
        </form>
        {cancel.map(|action| view! {
            <form class="cancel" method="post" action=action>
                <button class="button button-quiet">{texts.cancel}</button>
            </form>
        })}
    }
}

/// What is bought, with a way to change it, and what there is not enough of.
#[component]
fn BoughtLines(lines: Vec<ConfirmationLine>, buy_now: bool) -> impl IntoView {
    let texts = &RequestContext::current().texts().checkout;
    let change = match lines.first() {
        Some(line) if buy_now => format!("/products/{}", line.slug),
        _ => routes::CART.to_owned(),
    };
    let lines = lines.into_iter().map(|line| {
        let short = line.short_of.map(short_note);
        let bought = bought_line(line.name, &line.slug, line.quantity, line.unit_price, line.price);
        view! {
            {bought}
            {short.map(|short| view! { <li>{short}</li> })}
        }
    });
    view! {
        <div class="slip-head">
            <h2 id="summary">{texts.summary}</h2>
            <a href=change>{texts.change} <span class="visually-hidden">{format!(": {}", texts.summary)}</span></a>
        </div>
        <ul class="lines">{lines.collect_view()}</ul>
    }
}

#[component]
fn ContactFields(typed: ContactForm, errors: Vec<FieldError>) -> impl IntoView {
    let ctx = RequestContext::current();
    let fields = Field::ALL.map(|field| {
        let error = errors.iter().find(|error| error.field == field).copied();
        contact_field(field, field.of(&typed).to_owned(), error, ctx.locale)
    });
    view! {
        <fieldset>
            <legend>{ctx.texts().checkout.receiver}</legend>
            <div class="fields">{fields.into_iter().collect_view()}</div>
        </fieldset>
    }
}

fn contact_field(field: Field, typed: String, error: Option<FieldError>, locale: Locale) -> impl IntoView {
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
            <label for=name>{text::field(field, locale)}</label>
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
            {error.map(|error| view! { <p class="field-error" id=error_id>{text::field_error(error, locale)}</p> })}
        </div>
    }
}

/// The scripts that start the islands: only on a page that has one.
#[component]
fn Scripts() -> impl IntoView {
    view! { <HydrationScripts options=RequestContext::current().options islands=true/> }
}
