//! Parts that several pages share.

use checkout::cart::Quantity;
use checkout::money::Money;
use leptos::prelude::*;

/// What there is to say about the stock.
pub(super) fn stock_note(stock: u32) -> impl IntoView {
    match stock {
        0 => view! { <span class="stock" data-stock="none">"Sold out"</span> }.into_any(),
        1..=5 => view! { <span class="stock" data-stock="few">{format!("Only {stock} left")}</span> }.into_any(),
        _ => ().into_any(),
    }
}

/// One bought product, without a way to change it.
pub(super) fn bought_line(name: String, quantity: u32, unit_price: String, price: String) -> impl IntoView {
    view! {
        <li class="line">
            <div>
                <h3>{name}</h3>
                <p class="muted">{format!("{quantity} × {unit_price}")}</p>
            </div>
            <p class="price">{price}</p>
        </li>
    }
}

/// What it costs in all. Prices include tax and delivery.
#[component]
pub(super) fn Totals(
    /// The total, as shown.
    total: String,
) -> impl IntoView {
    view! {
        <dl class="totals">
            <div><dt>"Delivery"</dt><dd>"Included"</dd></div>
            <div><dt>"VAT"</dt><dd>"Included"</dd></div>
            <div class="total"><dt>"Total"</dt><dd>{total}</dd></div>
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
    /// Said after "Quantity" to those who do not see the product.
    #[prop(optional)]
    of: String,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let described_by = wrong.then(|| error_id.clone());
    let error = wrong.then(|| {
        view! {
            <span class="field-error" id=error_id role="alert">
                "Quantity: please choose a whole number from 1 to 10."
            </span>
        }
    });
    view! {
        <label for=id.clone()>"Quantity" <span class="visually-hidden">{of}</span></label>
        <input
            id=id
            name="quantity"
            type="number"
            inputmode="numeric"
            min="1"
            max="10"
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
