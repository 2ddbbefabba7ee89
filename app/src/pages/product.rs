use checkout::catalogue::{Product, Slug};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

use super::catalogue::stock_note;
use super::load::{found, load, param};
use crate::components::Picture;
use crate::context::{Rejection, RequestContext};
use crate::routes;

/// One product.
#[component]
pub fn ProductPage() -> impl IntoView {
    let ctx = RequestContext::current();
    let slug = param("slug").parse::<Slug>().ok();
    load(async move {
        let product = match slug {
            Some(slug) => ctx.or_unavailable(ctx.checkout.find_product(&slug).await).flatten(),
            None => None,
        };
        found(product, |product| details(product, &ctx.rejection))
    })
}

fn details(product: Product, rejection: &Rejection) -> impl IntoView + use<> {
    let slug = product.slug.to_string();
    let sold_out = product.stock == 0;
    let (typed, wrong) = match rejection {
        Rejection::Quantity { slug, typed } if *slug == product.slug => (typed.clone(), true),
        _ => ("1".to_owned(), false),
    };
    view! {
        <Title text=product.name.clone()/>
        <Meta name="description" content=product.summary.clone()/>
        <article class="product">
            <Picture slug=slug.clone()/>
            <div class="product__details">
                <h1>{product.name}</h1>
                <p class="product__price">{product.price.to_string()}</p>
                {stock_note(product.stock)}
                <p>{product.description}</p>
                <form class="product__form" method="post" action=routes::ADD_TO_CART data-once="">
                    <input type="hidden" name="slug" value=slug/>
                    <QuantityField typed=typed wrong=wrong/>
                    <div class="product__buttons">
                        <button class="button" disabled=sold_out>"Add to cart"</button>
                        <button class="button button--accent" disabled=sold_out formaction=routes::BUY_NOW>
                            "Buy now"
                        </button>
                    </div>
                </form>
            </div>
        </article>
    }
}

/// A quantity, as typed, with what is wrong with it.
#[component]
pub(super) fn QuantityField(
    /// What was typed.
    typed: String,
    /// Whether that is no quantity.
    wrong: bool,
    /// Distinguishes the fields of a page.
    #[prop(default = "quantity".to_owned())]
    id: String,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let error = wrong.then(|| {
        view! {
            <p class="field__error" id=error_id.clone()>
                "Quantity: please choose a whole number from 1 to 10."
            </p>
        }
    });
    view! {
        <div class="field field--quantity">
            <label for=id.clone()>"Quantity"</label>
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
                aria-invalid=if wrong { "true" } else { "false" }
                aria-describedby=wrong.then_some(error_id)
            />
            {error}
        </div>
    }
}
