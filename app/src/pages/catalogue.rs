use checkout::catalogue::Product;
use leptos::prelude::*;
use leptos_meta::Title;

use super::load::{found, load};
use crate::components::Picture;
use crate::context::RequestContext;
use crate::routes;

/// Everything the shop sells.
#[component]
pub fn CataloguePage() -> impl IntoView {
    let ctx = RequestContext::current();
    load(async move {
        let products = ctx.or_unavailable(ctx.checkout.list_products().await);
        found(products, |products| {
            let cards = products
                .into_iter()
                .enumerate()
                .map(|(index, product)| card(product, index > 3));
            view! {
                <Title text="Shop"/>
                <h1>"Things to keep"</h1>
                <ul class="catalogue">{cards.collect_view()}</ul>
            }
        })
    })
}

fn card(product: Product, lazy: bool) -> impl IntoView {
    let url = product.slug.product_url();
    let slug = product.slug.to_string();
    let sold_out = product.stock == 0;
    view! {
        <li class="card" data-product=product.slug.to_string()>
            <a class="card__link" href=url>
                <Picture slug=slug.clone() lazy=lazy/>
                <h2 class="card__name">{product.name.clone()}</h2>
            </a>
            <p class="card__summary">{product.summary}</p>
            <p class="card__price">{product.price.to_string()}</p>
            {stock_note(product.stock)}
            <form method="post" action=routes::ADD_TO_CART data-once="">
                <input type="hidden" name="slug" value=slug/>
                <input type="hidden" name="quantity" value="1"/>
                <button class="button" disabled=sold_out aria-label=format!("Add {} to cart", product.name)>
                    "Add to cart"
                </button>
            </form>
        </li>
    }
}

/// What there is to say about the stock, when it is little.
pub(super) fn stock_note(stock: u32) -> Option<impl IntoView> {
    let said = match stock {
        0 => "Sold out".to_owned(),
        1..=5 => format!("Only {stock} left"),
        _ => return None,
    };
    Some(view! { <p class="stock-note">{said}</p> })
}
