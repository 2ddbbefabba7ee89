use checkout::catalogue::Product;
use leptos::prelude::*;

use super::load::{found, load};
use super::parts::{Head, Picture, stock_note};
use crate::context::RequestContext;
use crate::{routes, text};

/// How many pictures a phone shows at once; the others are loaded when they come into view.
const ABOVE_THE_FOLD: usize = 4;

/// Everything the shop sells.
#[component]
pub fn CataloguePage() -> impl IntoView {
    let ctx = RequestContext::current();
    let texts = &ctx.texts().catalogue;
    load(async move {
        let products = ctx.or_unavailable(ctx.checkout.list_products().await);
        found(products, |mut products| {
            // What can be bought comes first.
            products.sort_by_key(|product| product.stock == 0);
            let cards = products
                .into_iter()
                .enumerate()
                .map(|(index, product)| card(product, index >= ABOVE_THE_FOLD, &ctx));
            let promises = texts.promises.map(|promise| view! { <li>{promise}</li> });
            view! {
                <Head title=texts.title/>
                <div class="intro">
                    <h1>{texts.heading}</h1>
                    <p class="lead">{texts.lead}</p>
                    <ul class="promises">{promises.into_iter().collect_view()}</ul>
                </div>
                <ul class="products">{cards.collect_view()}</ul>
            }
        })
    })
}

fn card(product: Product, lazy: bool, ctx: &RequestContext) -> impl IntoView + use<> {
    let product = text::translated(product, ctx.locale);
    let url = product.slug.product_url();
    let slug = product.slug.to_string();
    let add = (product.stock > 0).then(|| add_form(slug.clone(), &product.name, ctx));
    view! {
        <li class="product-card" data-product=product.slug.to_string()>
            <Picture slug=slug lazy=lazy/>
            <h2><a href=url>{product.name}</a></h2>
            <p class="summary">{product.summary}</p>
            <p class="price-line">
                <span class="price">{ctx.money(product.price)}</span>
                " "
                {stock_note(product.stock)}
            </p>
            {add}
        </li>
    }
}

fn add_form(slug: String, name: &str, ctx: &RequestContext) -> impl IntoView + use<> {
    view! {
        <form method="post" action=routes::ADD_TO_CART data-once="">
            <input type="hidden" name="slug" value=slug/>
            <input type="hidden" name="quantity" value="1"/>
            <button type="submit">
                {ctx.texts().catalogue.add} <span class="visually-hidden">{format!(": {name}")}</span>
            </button>
        </form>
    }
}
