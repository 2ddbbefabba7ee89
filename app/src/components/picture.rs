use leptos::prelude::*;

/// A product's picture, drawn for this shop. Its size is set, so that nothing moves when it arrives.
#[component]
pub fn Picture(
    /// The product's name in addresses.
    slug: String,
    /// Whether it is below the fold.
    #[prop(optional)]
    lazy: bool,
) -> impl IntoView {
    let loading = if lazy { "lazy" } else { "eager" };
    view! { <img src=format!("/products/{slug}.svg") alt="" width="480" height="360" loading=loading decoding="async"/> }
}
