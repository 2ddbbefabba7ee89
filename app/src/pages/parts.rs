//! Parts that several pages share.

use checkout::cart::Quantity;
use checkout::catalogue::VAT_PERCENT;
use checkout::money::Money;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

use crate::context::RequestContext;
use crate::text;

/// What search engines and the browser's own lists say of a page.
#[component]
pub(super) fn Head(
    /// What it is called.
    #[prop(into)]
    title: String,
    /// What it is about; the shop, unless it is about one thing.
    #[prop(optional)]
    description: Option<String>,
    /// Whether it tells of something wrong, besides a form that was not accepted.
    #[prop(optional)]
    wrong: bool,
) -> impl IntoView {
    let ctx = RequestContext::current();
    let prefix = if wrong || ctx.rejection.is_error() {
        text::error_prefix(ctx.locale)
    } else {
        ""
    };
    let description = description.unwrap_or_else(|| ctx.texts().catalogue.description.to_owned());
    view! {
        <Title text=as_html(&[prefix, &title].concat())/>
        <Meta name="description" content=description/>
    }
}

/// A title as HTML, for the framework writes it into the page as it is.
fn as_html(title: &str) -> String {
    title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What there is to say about the stock.
pub(super) fn stock_note(stock: u32) -> impl IntoView {
    let texts = &RequestContext::current().texts().catalogue;
    match stock {
        0 => view! { <span class="stock" data-stock="none">{texts.sold_out}</span> }.into_any(),
        1..=5 => {
            let said = texts.only_left.put(&stock.to_string());
            view! { <span class="stock" data-stock="few">{said}</span> }.into_any()
        }
        _ => ().into_any(),
    }
}

/// What is wrong with a line of which the shop has only so many pieces.
pub(super) fn short_note(stock: u32) -> impl IntoView {
    let texts = &RequestContext::current().texts().cart;
    let said = match stock {
        0 => texts.gone.to_owned(),
        _ => texts.short.put(&stock.to_string()),
    };
    view! { <p class="field-error">{said}</p> }
}

/// One bought product, and what can be done about it.
#[component]
pub(super) fn BoughtLine(
    /// Its name in addresses.
    slug: String,
    /// Its name for people.
    name: String,
    /// How many pieces.
    quantity: u32,
    /// What one piece costs, as shown.
    unit_price: String,
    /// What they cost together, as shown.
    price: String,
    /// The way to change it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <li class="line">
            <Picture slug=slug lazy=true/>
            <div>
                <p class="name">{name}</p>
                <p class="muted">{format!("{quantity} × {unit_price}")}</p>
            </div>
            <p class="price">{price}</p>
            {children.map(|children| children())}
        </li>
    }
}

/// What it costs in all. Prices include the tax, and delivery is free: what is shown is what the order stores.
#[component]
pub(super) fn Totals(
    /// The total, as shown.
    total: String,
    /// The tax that it includes, as shown.
    tax: String,
) -> impl IntoView {
    let texts = &RequestContext::current().texts().totals;
    view! {
        <dl class="totals">
            <div><dt>{texts.delivery}</dt><dd>{texts.free}</dd></div>
            <div><dt>{texts.payment}</dt><dd>{texts.by_invoice}</dd></div>
            <div class="total"><dt>{texts.total}</dt><dd>{total}</dd></div>
            <div class="muted"><dt>{texts.tax.put(&VAT_PERCENT.to_string())}</dt><dd>{tax}</dd></div>
        </dl>
    }
}

/// What a line costs; what one piece costs should the product not fit, which no stored line does.
pub(super) fn line_price(unit_price: Money, quantity: Quantity) -> Money {
    unit_price.times(quantity.get()).unwrap_or(unit_price)
}

/// A quantity, as typed, with what is wrong with it.
#[component]
pub(super) fn QuantityInput(
    /// What was typed.
    typed: String,
    /// Whether that is no quantity.
    wrong: bool,
    /// Distinguishes the fields of a page.
    #[prop(default = "quantity".to_owned())]
    id: String,
    /// The product, for those who do not see it beside the field.
    #[prop(optional)]
    of: Option<String>,
    /// The form it belongs to, where that is not the one around it.
    #[prop(optional)]
    form: Option<String>,
) -> impl IntoView {
    let texts = &RequestContext::current().texts().product;
    let error_id = format!("{id}-error");
    let described_by = wrong.then(|| error_id.clone());
    let error = wrong.then(|| {
        view! { <span class="field-error" id=error_id role="alert">{texts.bad_quantity}</span> }
    });
    let of = of.map(|of| view! { <span class="visually-hidden">{texts.quantity_of.put(&of)}</span> });
    view! {
        <label for=id.clone()>{texts.quantity} {of}</label>
        <input
            id=id
            name="quantity"
            form=form
            type="number"
            inputmode="numeric"
            min="1"
            max=Quantity::MOST
            value=typed
            required
            autocomplete="off"
            aria-invalid=wrong.then_some("true")
            aria-describedby=described_by
        />
        {error}
    }
}

/// A product's picture, drawn for this shop. Its size is set, so that nothing moves when it arrives.
#[component]
pub(super) fn Picture(
    /// The product's name in addresses.
    slug: String,
    /// What it shows, where that is not said beside it.
    #[prop(optional)]
    alt: String,
    /// Whether it is below the fold.
    #[prop(optional)]
    lazy: bool,
) -> impl IntoView {
    let loading = lazy.then_some("lazy");
    view! { <img src=format!("/pictures/{slug}.svg") alt=alt width="480" height="360" loading=loading/> }
}
