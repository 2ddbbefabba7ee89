use checkout::cart::{Cart, CartLine};
use checkout::catalogue::{Slug, VAT_PERCENT};
use checkout::quote::Quote;
use leptos::prelude::*;

use super::load::{found, load, query};
use super::parts::{Head, Picture, QuantityInput, Totals, line_price, short_note};
use crate::context::{Rejection, RequestContext};
use crate::{routes, text};

/// What the shopper is about to buy.
#[component]
pub fn CartPage() -> impl IntoView {
    let ctx = RequestContext::current();
    let removed = query("removed");
    load(async move {
        let texts = &ctx.texts().cart;
        let basket = ctx.or_unavailable(ctx.checkout.find_basket(ctx.shopper).await);
        found(basket, |basket| {
            let full = matches!(ctx.rejection, Rejection::CartFull).then(|| full_notice(&ctx));
            let filled = basket.filter(|cart| !cart.lines.is_empty());
            view! {
                <Head title=texts.title/>
                {removed.as_deref().and_then(|removed| undo(removed, &ctx))}
                {full}
                {match filled {
                    Some(cart) => filled_cart(cart, &ctx).into_any(),
                    None => view! { <EmptyCart/> }.into_any(),
                }}
            }
        })
    })
}

/// There is nothing to buy.
#[component]
pub(super) fn EmptyCart() -> impl IntoView {
    let texts = &RequestContext::current().texts().cart;
    view! {
        <div class="message-page">
            <h1>{texts.empty_title}</h1>
            <p>{texts.empty}</p>
            <a class="button button-main" href="/">{texts.look_around}</a>
        </div>
    }
}

fn full_notice(ctx: &RequestContext) -> impl IntoView + use<> {
    let said = ctx.texts().cart.full.put(&Cart::MOST_LINES.to_string());
    view! { <div class="notice" data-tone="alarm" role="alert"><p>{said}</p></div> }
}

/// The address says what was removed, as `slug` and the quantity it had.
fn undo(removed: &str, ctx: &RequestContext) -> Option<impl IntoView + use<>> {
    let texts = &ctx.texts().cart;
    let (slug, quantity) = removed.split_once(' ')?;
    let (slug, quantity) = (slug.parse::<Slug>().ok()?.to_string(), quantity.to_owned());
    Some(view! {
        <div class="notice" role="status">
            <p>{texts.removed}</p>
            <form method="post" action=routes::ADD_TO_CART data-once="">
                <input type="hidden" name="slug" value=slug/>
                <button type="submit" class="button-quiet" name="quantity" value=quantity>{texts.undo}</button>
            </form>
        </div>
    })
}

fn filled_cart(cart: Cart, ctx: &RequestContext) -> impl IntoView + use<> {
    let texts = &ctx.texts().cart;
    let total = Quote::of(&cart).ok().map(|quote| {
        let tax = quote.total.tax_included(VAT_PERCENT);
        view! { <Totals total=ctx.money(quote.total) tax=ctx.money(tax)/> }
    });
    let short = cart.lines.iter().any(is_short);
    let next = if short {
        view! { <p class="field-error">{texts.not_yet}</p> }.into_any()
    } else {
        view! { <a class="button button-main" href=routes::checkout(cart.id)>{texts.go_to_checkout}</a> }.into_any()
    };
    let lines = cart.lines.into_iter().map(|line| cart_line(line, ctx)).collect_view();
    view! {
        <h1>{texts.title}</h1>
        <div class="cart">
            <ul class="lines">{lines}</ul>
            <section class="slip" aria-labelledby="summary">
                <h2 id="summary">{texts.summary}</h2>
                {total}
                {next}
            </section>
        </div>
    }
}

const fn is_short(line: &CartLine) -> bool {
    line.quantity.get() > line.stock
}

fn cart_line(line: CartLine, ctx: &RequestContext) -> impl IntoView + use<> {
    let texts = &ctx.texts().cart;
    let slug = line.slug.to_string();
    let (typed, wrong) = match &ctx.rejection {
        Rejection::Quantity { slug, typed } if *slug == line.slug => (typed.clone(), true),
        _ => (line.quantity.to_string(), false),
    };
    let short = is_short(&line).then(|| short_note(line.stock));
    let name = text::product_name(&line.slug, line.name, ctx.locale);
    view! {
        <li class="line" data-product=slug.clone()>
            <Picture slug=slug.clone() lazy=true/>
            <div>
                <h2><a href=line.slug.product_url()>{name.clone()}</a></h2>
                <p class="muted">{texts.each.put(&ctx.money(line.unit_price))}</p>
                {short}
            </div>
            <p class="price">{ctx.money(line_price(line.unit_price, line.quantity))}</p>
            <form class="quantity" method="post" action=routes::line(&line.slug) data-once="">
                <QuantityInput typed=typed wrong=wrong id=format!("quantity-{slug}") of=name.clone()/>
                <button type="submit">{texts.update}</button>
                <button type="submit" class="button-quiet" name="remove" value="1" formnovalidate>
                    {texts.remove} <span class="visually-hidden">{format!(" {name}")}</span>
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
        let texts = &ctx.texts().layout;
        // The page itself tells when the database does not answer.
        let basket = ctx.checkout.find_basket(ctx.shopper).await.ok().flatten();
        let pieces = basket.map_or(0, |cart| cart.pieces());
        let unit = format!(" {}", texts.items.noun(pieces.into()));
        let count = (pieces > 0).then(|| {
            view! { <span class="count">{pieces.to_string()} <span class="visually-hidden">{unit}</span></span> }
        });
        view! { <a href=routes::CART>{texts.cart} " " {count}</a> }
    })
}
