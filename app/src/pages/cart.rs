use checkout::cart::{Cart, CartLine};
use checkout::quote::Quote;
use leptos::prelude::*;
use leptos_meta::Title;

use super::load::{found, load, query};
use super::product::QuantityField;
use crate::components::Picture;
use crate::context::{Rejection, RequestContext};
use crate::routes;

/// What the shopper is about to buy.
#[component]
pub fn CartPage() -> impl IntoView {
    let ctx = RequestContext::current();
    let removed = query("removed");
    load(async move {
        let basket = ctx.or_unavailable(ctx.checkout.find_basket(ctx.shopper).await);
        found(basket, |basket| {
            let full = matches!(ctx.rejection, Rejection::CartFull);
            let filled = basket.filter(|cart| !cart.lines.is_empty());
            view! {
                <Title text="Your cart"/>
                <h1>"Your cart"</h1>
                {full.then(|| view! { <p class="notice notice--error" role="alert">"Your cart is full: it takes 50 different products. Nothing was added."</p> })}
                {removed.as_deref().and_then(undo)}
                {match filled {
                    Some(cart) => filled_cart(cart, &ctx.rejection).into_any(),
                    None => view! {
                        <p class="empty">"There is nothing in it yet. " <a href="/">"Have a look around."</a></p>
                    }.into_any(),
                }}
            }
        })
    })
}

/// The address says what was removed, as `slug` and the quantity it had.
fn undo(removed: &str) -> Option<impl IntoView + use<>> {
    let (slug, quantity) = removed.split_once(' ')?;
    let (slug, quantity) = (slug.to_owned(), quantity.to_owned());
    Some(view! {
        <form class="notice" method="post" action=routes::ADD_TO_CART data-once="" role="status">
            <p>"Removed from your cart."</p>
            <input type="hidden" name="slug" value=slug/>
            <input type="hidden" name="quantity" value=quantity/>
            <button class="button button--quiet">"Undo"</button>
        </form>
    })
}

fn filled_cart(cart: Cart, rejection: &Rejection) -> impl IntoView + use<> {
    let total = Quote::of(&cart)
        .map(|quote| quote.total.to_string())
        .unwrap_or_default();
    let checkout = routes::checkout(cart.id);
    let lines = cart.lines.iter().map(|line| cart_line(line, rejection)).collect_view();
    view! {
        <ul class="cart">{lines}</ul>
        <dl class="totals">
            <dt>"Shipping"</dt>
            <dd>"Free"</dd>
            <dt>"Total, tax included"</dt>
            <dd>{total}</dd>
        </dl>
        <p><a class="button button--accent" href=checkout>"Review and pay"</a></p>
    }
}

fn cart_line(line: &CartLine, rejection: &Rejection) -> impl IntoView + use<> {
    let slug = line.slug.to_string();
    let (typed, wrong) = match rejection {
        Rejection::Quantity { slug, typed } if *slug == line.slug => (typed.clone(), true),
        _ => (line.quantity.to_string(), false),
    };
    let short = (line.quantity.get() > line.stock).then(|| {
        view! { <p class="stock-note">{format!("We have {} of these. Please choose fewer.", line.stock)}</p> }
    });
    view! {
        <li class="cart-line" data-product=line.slug.to_string()>
            <Picture slug=slug.clone()/>
            <div class="cart-line__details">
                <h2><a href=line.slug.product_url()>{line.name.clone()}</a></h2>
                <p>{line.unit_price.to_string()}</p>
                {short}
            </div>
            <form class="cart-line__form" method="post" action=format!("{}/{slug}", routes::ADD_TO_CART) data-once="">
                <QuantityField typed=typed wrong=wrong id=format!("quantity-{slug}")/>
                <button class="button button--quiet" aria-label=format!("Update quantity of {}", line.name)>"Update"</button>
                <button class="button button--quiet" name="remove" value="1" formnovalidate aria-label=format!("Remove {}", line.name)>
                    "Remove"
                </button>
            </form>
        </li>
    }
}

/// The way to the cart, with how many pieces are in it.
#[component]
pub fn BasketLink() -> impl IntoView {
    let ctx = RequestContext::current();
    load(async move {
        // The page itself tells when the database does not answer.
        let basket = ctx.checkout.find_basket(ctx.shopper).await.ok().flatten();
        let pieces = basket.map_or(0, |cart| cart.pieces());
        let count = (pieces > 0).then(|| view! { <span class="site-nav__count">{pieces.to_string()}</span> });
        view! { <a href=routes::CART>"Cart" {count}</a> }
    })
}
