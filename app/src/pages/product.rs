use checkout::catalogue::{Product, Slug};
use leptos::prelude::*;

use super::load::{found, load, param};
use super::parts::{Head, Picture, QuantityInput, stock_note};
use crate::context::{Rejection, RequestContext};
use crate::{routes, text};

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
        found(product, |product| details(product, &ctx))
    })
}

fn details(product: Product, ctx: &RequestContext) -> impl IntoView + use<> {
    let texts = &ctx.texts().product;
    let product = text::translated(product, ctx.locale);
    let slug = product.slug.to_string();
    let buy = if product.stock > 0 {
        buy_form(&product.slug, ctx).into_any()
    } else {
        view! { <p class="notice">{texts.sold_out}</p> }.into_any()
    };
    view! {
        <Head title=product.name.clone() description=product.summary/>
        <a class="back" href="/">{texts.back}</a>
        <article class="product">
            <Picture slug=slug alt=texts.picture.put(&product.name)/>
            <div class="product-text">
                <h1>{product.name}</h1>
                <p class="price-line">
                    <span class="price">{ctx.money(product.price)}</span>
                    " "
                    {stock_note(product.stock)}
                </p>
                <p>{product.description}</p>
                {buy}
                <ul class="facts">
                    <li>{texts.tax}</li>
                    <li>{texts.last_step}</li>
                    <li>{texts.once}</li>
                </ul>
            </div>
        </article>
    }
}

fn buy_form(slug: &Slug, ctx: &RequestContext) -> impl IntoView + use<> {
    let texts = ctx.texts();
    let (typed, wrong) = match &ctx.rejection {
        Rejection::Quantity { slug: of, typed } if of == slug => (typed.clone(), true),
        _ => ("1".to_owned(), false),
    };
    view! {
        <form method="post" action=routes::ADD_TO_CART data-once="">
            <input type="hidden" name="slug" value=slug.to_string()/>
            <p class="quantity"><QuantityInput typed=typed wrong=wrong/></p>
            <button type="submit" class="button-main" formaction=routes::BUY_NOW>{texts.product.buy_now}</button>
            <button type="submit">{texts.catalogue.add}</button>
        </form>
    }
}
