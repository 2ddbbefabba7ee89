//! The document around every page.

use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use crate::context::RequestContext;
use crate::locale::Locale;
use crate::pages::{
    BasketLink, CartPage, CataloguePage, CheckoutPage, LogInPage, NotFoundPage, OfflinePage, OrderPage, OrdersPage,
    ProductPage, RegisterPage, StatusPage,
};
use crate::routes;

/// Blocks the second submission of a form with `data-once`, before and without WASM: it marks the form when it is
/// submitted, never disables the button (which would cancel the submission), and frees forms that the browser brings
/// back from its back/forward cache or that got no answer for ten seconds. The order token makes both harmless.
const GUARD: &str = "addEventListener('submit',e=>{let f=e.target,d=f.dataset;if('once'in d)if(d.sent){e.preventDefault();\
e.stopImmediatePropagation()}else{d.sent=1;setTimeout(()=>delete d.sent,1e4)}},true);addEventListener('pageshow',e=>{\
if(e.persisted)document.querySelectorAll('[data-sent]').forEach(f=>delete f.dataset.sent)})";

/// Has the browser keep the offline page, in the language of this one.
const KEEP_OFFLINE_PAGE: &str = "addEventListener('load',()=>navigator.serviceWorker?.register('/offline.js?'+\
document.documentElement.lang).catch(()=>{}))";

/// The whole document.
#[must_use]
pub fn shell() -> impl IntoView {
    provide_meta_context();
    let RequestContext { options, locale, .. } = RequestContext::current();
    let style = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    view! {
        <!DOCTYPE html>
        <html lang=locale.tag()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" content="#f5f3ed" media="(prefers-color-scheme: light)"/>
                <meta name="theme-color" content="#1b1a17" media="(prefers-color-scheme: dark)"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=style/>
                <script nonce=leptos::nonce::use_nonce() inner_html=GUARD></script>
                <script nonce=leptos::nonce::use_nonce() inner_html=KEEP_OFFLINE_PAGE></script>
                <AutoReload options=options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Header, page and footer.
#[component]
pub fn App() -> impl IntoView {
    let texts = &RequestContext::current().texts().layout;
    view! {
        <Title formatter=|title: String| format!("{title} – Once")/>
        <a class="skip" href="#main">{texts.skip}</a>
        <header class="site-header">
            <a class="wordmark" href="/" aria-label=texts.home><Wordmark/></a>
            <nav aria-label=texts.navigation>
                <a href=routes::ORDERS>{texts.orders}</a>
                " "
                <AccountLink/>
                " "
                <BasketLink/>
            </nav>
        </header>
        <main id="main" tabindex="-1">
            <Pages/>
        </main>
        <footer class="site-footer">
            <p>{texts.promise}</p>
            <LanguageSwitch/>
        </footer>
    }
}

/// The way in; or who is logged in, and the way out.
#[component]
fn AccountLink() -> impl IntoView {
    let ctx = RequestContext::current();
    let texts = &ctx.texts().account;
    match ctx.account {
        None => view! { <a href=routes::LOG_IN>{texts.log_in}</a> }.into_any(),
        Some(email) => view! {
            <form class="account-link" method="post" action=routes::LOG_OUT data-once="">
                <span class="account-email" title=email.to_string()>{email.to_string()}</span>
                <button class="button-quiet">{texts.log_out}</button>
            </form>
        }
        .into_any(),
    }
}

/// The other languages of the shop, as a plain form that leads back to this page.
#[component]
fn LanguageSwitch() -> impl IntoView {
    let ctx = RequestContext::current();
    let label = ctx.texts().layout.language;
    let buttons = Locale::ALL.map(|locale| {
        let tag = locale.tag();
        let current = (locale == ctx.locale).then_some("true");
        view! {
            <button class="button-quiet" name="language" value=tag lang=tag aria-current=current>{locale.name()}</button>
        }
    });
    view! {
        <form class="languages" method="post" action=routes::LANGUAGE aria-label=label>
            <input type="hidden" name="back" value=ctx.address/>
            {buttons.into_iter().collect_view()}
        </form>
    }
}

/// Which page is at which address. Also asked for the list of addresses, without a request.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=CataloguePage ssr=SsrMode::Async/>
                <Route path=path!("/products/:slug") view=ProductPage ssr=SsrMode::Async/>
                <Route path=path!("/cart") view=CartPage ssr=SsrMode::Async/>
                <Route path=path!("/checkout/:cart") view=CheckoutPage ssr=SsrMode::Async/>
                <Route path=path!("/checkout/status/:digest") view=StatusPage ssr=SsrMode::Async/>
                <Route path=path!("/login") view=LogInPage ssr=SsrMode::Async/>
                <Route path=path!("/logout") view=LogInPage ssr=SsrMode::Async/>
                <Route path=path!("/register") view=RegisterPage ssr=SsrMode::Async/>
                <Route path=path!("/offline") view=OfflinePage ssr=SsrMode::Async/>
                <Route path=path!("/orders") view=OrdersPage ssr=SsrMode::Async/>
                <Route path=path!("/orders/:id") view=OrderPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

/// The name of the shop, drawn.
#[component]
fn Wordmark() -> impl IntoView {
    view! {
        <svg
            aria-hidden="true"
            viewBox="0 0 202 50"
            width="202"
            height="50"
            fill="none"
            stroke="currentColor"
            stroke-width="8"
            stroke-linecap="round"
        >
            <path d="M25 18v14M66 44V25a19 19 0 0 1 38 0v19M149 11.6a21 21 0 1 0 0 26.8M154 25.5h43a21.5 21.5 0 1 0-5.500 13"/>
            <circle cx="25" cy="25" r="21"/>
        </svg>
    }
}
