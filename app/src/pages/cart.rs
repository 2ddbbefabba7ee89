use checkout::cart::{Cart, CartLine};
use checkout::quote::Quote;
use leptos::prelude::*;
use leptos_meta::Title;

use super::load::{found, load, query};
use super::parts::{Picture, QuantityInput, Totals, line_price};
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
            let full = matches!(ctx.rejection, Rejection::CartFull).then(full_notice);
            let filled = basket.filter(|cart| !cart.lines.is_empty());
            view! {
                <Title text="Your cart"/>
                {removed.as_deref().and_then(undo)}
                {full}
                {match filled {
                    Some(cart) => filled_cart(cart, &ctx.rejection).into_any(),
                    None => view! { <EmptyCart/> }.into_any(),
                }}
            }
        })
    })
}

/// There is nothing to buy.
#[component]
pub(super) fn EmptyCart() -> impl IntoView {
    view! {
        <div class="message-page">
            <h1>"Your cart is empty"</h1>
            <p>"Nothing in it, and nothing owed."</p>
            <a class="button button-main" href="/">"Look around the shop"</a>
        </div>
    }
}

fn full_notice() -> impl IntoView {
    let said = format!(
        "Your cart is full: it takes {} different things. Nothing was added.",
        Cart::MOST_LINES
    );
    view! { <div class="notice" role="alert"><p>{said}</p></div> }
}

/// The address says what was removed, as `slug` and the quantity it had.
fn undo(removed: &str) -> Option<impl IntoView + use<>> {
    let (slug, quantity) = removed.split_once(' ')?;
    let (slug, quantity) = (slug.to_owned(), quantity.to_owned());
    Some(view! {
        <div class="notice" role="status">
            <p>"Removed from your cart."</p>
            <form method="post" action=routes::ADD_TO_CART data-once="">
                <input type="hidden" name="slug" value=slug/>
                <button type="submit" class="button-quiet" name="quantity" value=quantity>"Undo"</button>
            </form>
        </div>
    })
}

fn filled_cart(cart: Cart, rejection: &Rejection) -> impl IntoView + use<> {
    let total = Quote::of(&cart)
        .map(|quote| quote.total.to_string())
        .unwrap_or_default();
    let lines = cart.lines.iter().map(|line| cart_line(line, rejection)).collect_view();
    view! {
        <h1>"Your cart"</h1>
        <div class="cart">
            <ul class="lines">{lines}</ul>
            <section class="slip" aria-labelledby="summary">
                <h2 id="summary">"Summary"</h2>
                <Totals total=total/>
                <a class="button button-main" href=routes::checkout(cart.id)>"Go to checkout"</a>
            </section>
        </div>
    }
}

fn cart_line(line: &CartLine, rejection: &Rejection) -> impl IntoView + use<> {
    let slug = line.slug.to_string();
    let (typed, wrong) = match rejection {
        Rejection::Quantity { slug, typed } if *slug == line.slug => (typed.clone(), true),
        _ => (line.quantity.to_string(), false),
    };
    let short = (line.quantity.get() > line.stock).then(
        || view! { <p class="field-error">{format!("We have {} of these. Please choose fewer.", line.stock)}</p> },
    );
    view! {
        <li class="line" data-product=line.slug.to_string()>
            <Picture slug=slug.clone() lazy=true/>
            <div>
                <h2><a href=line.slug.product_url()>{line.name.clone()}</a></h2>
                <p class="muted">{format!("{} each", line.unit_price)}</p>
                {short}
            </div>
            <p class="price">{line_price(line.unit_price, line.quantity).to_string()}</p>
            <form class="quantity" method="post" action=routes::line(&line.slug) data-once="">
                <QuantityInput typed=typed wrong=wrong id=format!("quantity-{slug}") of=format!(" of {}", line.name)/>
                <button type="submit">"Update"</button>
                <button type="submit" class="button-quiet" name="remove" value="1" formnovalidate>
                    "Remove" <span class="visually-hidden">{format!(" {}", line.name)}</span>
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
        let unit = if pieces == 1 { " item" } else { " items" };
        let count = (pieces > 0).then(|| {
            view! { <span class="count">{pieces.to_string()} <span class="visually-hidden">{unit}</span></span> }
        });
        view! { <a href=routes::CART>"Cart " {count}</a> }
    })
}
