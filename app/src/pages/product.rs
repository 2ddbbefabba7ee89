use checkout::catalogue::{Product, Slug};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

use super::load::{found, load, param};
use super::parts::{Picture, QuantityInput, stock_note};
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
    let buy = (product.stock > 0).then(|| buy_form(&product.slug, rejection));
    view! {
        <Title text=product.name.clone()/>
        <Meta name="description" content=product.summary/>
        <a class="back" href="/">"All things"</a>
        <article class="product">
            <Picture slug=slug alt=format!("Drawing: {}", product.name)/>
            <div class="product-text">
                <h1>{product.name}</h1>
                <p class="price-line">
                    <span class="price">{product.price.to_string()}</span>
                    " "
                    {stock_note(product.stock)}
                </p>
                <p>{product.description}</p>
                {buy}
                <ul class="facts">
                    <li>"Delivery and VAT are included in the price."</li>
                    <li>"The last step is called “Review and pay”. Nothing is ordered before it."</li>
                </ul>
            </div>
        </article>
    }
}

fn buy_form(slug: &Slug, rejection: &Rejection) -> impl IntoView + use<> {
    let (typed, wrong) = match rejection {
        Rejection::Quantity { slug: of, typed } if of == slug => (typed.clone(), true),
        _ => ("1".to_owned(), false),
    };
    view! {
        <form method="post" action=routes::ADD_TO_CART data-once="">
            <input type="hidden" name="slug" value=slug.to_string()/>
            <p class="quantity"><QuantityInput typed=typed wrong=wrong/></p>
            <button type="submit" class="button-main" formaction=routes::BUY_NOW>"Buy now"</button>
            <button type="submit">"Add to cart"</button>
        </form>
    }
}
