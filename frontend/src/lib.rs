//! Starts the islands in the browser, nothing else.

// Without a mention of the crate, its islands are not linked.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's script once the WASM is there.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
