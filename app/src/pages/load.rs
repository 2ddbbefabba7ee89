//! How pages get what they show.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::NotFoundPage;

/// Renders `page` once it is there. Only for the server, which waits for it before it answers.
pub(super) fn load<V: IntoView + Send + 'static>(page: impl Future<Output = V> + Send + 'static) -> impl IntoView {
    view! { <Suspense>{Suspend::new(page)}</Suspense> }
}

/// A part of the address.
pub(super) fn param(name: &'static str) -> String {
    use_params_map()
        .with_untracked(|params| params.get(name))
        .unwrap_or_default()
}

/// A part of the query.
pub(super) fn query(name: &'static str) -> Option<String> {
    use_query_map().with_untracked(|query| query.get(name))
}

/// The page of what is there, or the 404 page.
pub(super) fn found<T, V: IntoView + 'static>(found: Option<T>, page: impl FnOnce(T) -> V) -> AnyView {
    match found {
        Some(found) => page(found).into_any(),
        None => view! { <NotFoundPage/> }.into_any(),
    }
}
