use checkout::contact::{ContactForm, Field, FieldError};
use checkout::money::Money;
use leptos::prelude::*;

use super::NotFoundPage;
use super::cart::EmptyCart;
use super::load::{load, param, query};
use super::parts::{BoughtLine, Head, QuantityInput, Totals, short_note};
use super::scripts::Scripts;
use crate::components::{BuyPanel, FailureSummary};
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
    let was = query("was");
    let notice = query("notice").and_then(|name| FailureCode::parse(&name));
    load(async move {
        let (typed, failure) = if let Rejection::Order(rejected) = ctx.rejection.clone() {
            (rejected.0, Some(rejected.1))
        } else {
            let typed = SubmitOrder {
                shown_total: was.unwrap_or_default(),
                ..SubmitOrder::default()
            };
            (typed, notice.map(Failure::from))
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
            <Head title=ctx.texts().cart.empty_title/>
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
        <Head title=title/>
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
        amount,
        total,
        tax,
        buy_now,
    } = opened;
    let action = format!("/checkout/{cart}");
    let cancel = buy_now.then(|| routes::cancel(&cart));
    let confirmed = repeat.as_ref().map(|_| SubmitOrder::REPEAT_CONFIRMED);
    let title = format!("{} {}", texts.title, texts.not_yet);
    let changed = rejection
        .as_ref()
        .filter(|failure| failure.code == FailureCode::CartChanged)
        .and_then(|_| change_of_total(&typed.shown_total, amount, &ctx));
    let errors = rejection
        .as_ref()
        .map(|failure| failure.fields.clone())
        .unwrap_or_default();
    view! {
        <Head title=title wrong=rejection.is_some()/>
        <Scripts/>
        <h1>{texts.title} " " <small>{texts.not_yet}</small></h1>
        {rejection.map(|failure| view! { <FailureSummary failure=failure locale=locale more=changed/> })}
        <form class="buy checkout" method="post" action=action data-once="" novalidate>
            <input type="hidden" name="token" value=token/>
            <input type="hidden" name="cart" value=cart.clone()/>
            <input type="hidden" name="quote" value=quote/>
            <input type="hidden" name="shown_total" value=amount.amount_minor.to_string()/>
            <input type="hidden" name="repeat" value=confirmed.unwrap_or_default()/>
            <div>
                <ContactFields typed=typed.contact() errors=errors/>
                <Payment/>
            </div>
            <section class="slip" aria-labelledby="summary">
                <BoughtLines lines=lines.clone() buy_now=buy_now/>
                <Totals total=total.clone() tax=tax/>
                <BuyPanel
                    total=total
                    locale=locale
                    status_url=routes::status(&digest)
                    lookup_url=routes::lookup(&digest)
                    note=texts.note
                    repeat=repeat
                />
            </section>
        </form>
        {lines.into_iter().map(|line| edit_form(&cart, &line.slug)).collect_view()}
        {cancel.map(|action| cancel_form(action, texts.cancel))}
    }
}

/// How one pays: there is nothing to fill in.
#[component]
fn Payment() -> impl IntoView {
    let texts = &RequestContext::current().texts().checkout;
    view! {
        <section class="payment" aria-labelledby="payment">
            <h2 id="payment">{texts.payment_title}</h2>
            <p>{texts.payment}</p>
        </section>
    }
}

fn cancel_form(action: String, label: &'static str) -> impl IntoView {
    view! {
        <form class="cancel" method="post" action=action>
            <button class="button button-quiet">{label}</button>
        </form>
    }
}

/// The total that the shopper saw, and the one of now, if they differ. The old one is only what the browser says.
fn change_of_total(was: &str, now: Money, ctx: &RequestContext) -> Option<String> {
    let was = Money::new(was.parse().ok()?, now.currency);
    let (before, between, after) = ctx.texts().checkout.total_changed;
    (was != now).then(|| [before, &ctx.money(was), between, &ctx.money(now), after].concat())
}

/// What is bought, with a way to change it, and what there is not enough of.
#[component]
fn BoughtLines(lines: Vec<ConfirmationLine>, buy_now: bool) -> impl IntoView {
    let ctx = RequestContext::current();
    let texts = &ctx.texts().checkout;
    let to_the_cart = (!buy_now).then(|| view! { <a href=routes::CART>{texts.to_the_cart}</a> });
    let lines = lines.into_iter().map(|line| {
        let change = change_quantity(&line, &ctx);
        view! {
            <BoughtLine
                slug=line.slug
                name=line.name
                quantity=line.quantity
                unit_price=line.unit_price
                price=line.price
            >
                {change}
            </BoughtLine>
        }
    });
    view! {
        <div class="slip-head">
            <h2 id="summary">{texts.summary}</h2>
            {to_the_cart}
        </div>
        <ul class="lines">{lines.collect_view()}</ul>
    }
}

/// The quantity of a line, to be changed in place. It belongs to a form of its own: forms do not nest.
fn change_quantity(line: &ConfirmationLine, ctx: &RequestContext) -> impl IntoView + use<> {
    let texts = ctx.texts();
    let (typed, wrong) = match &ctx.rejection {
        Rejection::Quantity { slug, typed } if slug.as_str() == line.slug => (typed.clone(), true),
        _ => (line.quantity.to_string(), false),
    };
    let form = edit_form_id(&line.slug);
    let id = format!("quantity-{}", line.slug);
    view! {
        {line.short_of.map(short_note)}
        <details open=wrong || line.short_of.is_some()>
            <summary>{texts.checkout.change} <span class="visually-hidden">{format!(": {}", line.name)}</span></summary>
            <p class="quantity">
                <QuantityInput typed=typed wrong=wrong id=id of=line.name.clone() form=form.clone()/>
                <button type="submit" form=form>{texts.cart.update}</button>
            </p>
        </details>
    }
}

fn edit_form_id(slug: &str) -> String {
    format!("edit-{slug}")
}

fn edit_form(cart: &str, slug: &str) -> impl IntoView + use<> {
    view! { <form id=edit_form_id(slug) method="post" action=routes::checkout_line(cart, slug) data-once=""></form> }
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
                dir="auto"
                aria-invalid=error.map(|_| "true")
                aria-describedby=described_by
            />
            {error.map(|error| view! { <p class="field-error" id=error_id>{text::field_error(error, locale)}</p> })}
        </div>
    }
}
