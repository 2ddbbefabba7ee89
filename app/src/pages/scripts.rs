use leptos::nonce::use_nonce;
use leptos::prelude::*;

use crate::context::RequestContext;

/// Loads the browser's half of the shop and starts every island of the page, once there is time for it.
///
/// In the place of the framework's own scripts, which name the module that is to be loaded early without the nonce: where
/// only what carries the nonce may be loaded, browsers refuse it and say so.
#[component]
pub(super) fn Scripts() -> impl IntoView {
    let options = RequestContext::current().options;
    let nonce = use_nonce();
    // As cargo-leptos names what it builds; wasm-bindgen, left alone, has another ending.
    let ending = if option_env!("LEPTOS_OUTPUT_NAME").is_some() {
        ""
    } else {
        "_bg"
    };
    let module = format!("/{}/{}.js", options.site_pkg_dir, options.output_name);
    let wasm = format!("/{}/{}{ending}.wasm", options.site_pkg_dir, options.output_name);
    let start = format!(
        "(self.requestIdleCallback??setTimeout)(async()=>{{let m=await import({module:?});await \
         m.default({{module_or_path:{wasm:?}}});m.hydrate();for(let i of \
         document.querySelectorAll('leptos-island'))m[i.dataset.component](i)}})"
    );
    // Nothing is passed to the islands: they read the page.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    view! {
        <link rel="modulepreload" href=module nonce=nonce.clone()/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin=""/>
        <script type="module" nonce=nonce inner_html=start></script>
    }
}
