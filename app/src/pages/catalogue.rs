use checkout::catalogue::Product;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

use super::load::{found, load};
use super::parts::{Picture, stock_note};
use crate::context::RequestContext;
use crate::routes;

/// How many pictures a phone shows at once; the others are loaded when they come into view.
const ABOVE_THE_FOLD: usize = 4;

/// Everything the shop sells.
#[component]
pub fn CataloguePage() -> impl IntoView {
    let ctx = RequestContext::current();
    load(async move {
        let products = ctx.or_unavailable(ctx.checkout.list_products().await);
        found(products, |mut products| {
            // What can be bought comes first.
            products.sort_by_key(|product| product.stock == 0);
            let cards = products
                .into_iter()
                .enumerate()
                .map(|(index, product)| card(product, index >= ABOVE_THE_FOLD));
            view! {
                <Title text="Shop"/>
                <Meta name="description" content="Plain, well-made things, and a checkout that cannot order twice."/>
                <div class="intro">
                    <h1>"Things you buy once"</h1>
                    <p class="lead">
                        "Plain, well-made things for the house and the desk, from a shop whose checkout cannot order twice."
                    </p>
                </div>
                <ul class="products">{cards.collect_view()}</ul>
            }
        })
    })
}

fn card(product: Product, lazy: bool) -> impl IntoView {
    let url = product.slug.product_url();
    let slug = product.slug.to_string();
    let add = (product.stock > 0).then(|| add_form(slug.clone(), product.name.clone()));
    view! {
        <li class="product-card" data-product=product.slug.to_string()>
            <Picture slug=slug lazy=lazy/>
            <h2><a href=url>{product.name}</a></h2>
            <p class="summary">{product.summary}</p>
            <p class="price-line">
                <span class="price">{product.price.to_string()}</span>
                " "
                {stock_note(product.stock)}
            </p>
            {add}
        </li>
    }
}

fn add_form(slug: String, name: String) -> impl IntoView {
    view! {
        <form method="post" action=routes::ADD_TO_CART data-once="">
            <input type="hidden" name="slug" value=slug/>
            <input type="hidden" name="quantity" value="1"/>
            <button type="submit">"Add to cart" <span class="visually-hidden">{format!(": {name}")}</span></button>
        </form>
    }
}
