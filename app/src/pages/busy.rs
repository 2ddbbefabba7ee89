use leptos::config::LeptosOptions;

use crate::locale::Locale;
use crate::text;

/// What is answered while the shop can make no more pages: a page that is not rendered, so that it costs next to nothing.
#[must_use]
pub fn busy_page(locale: Locale, options: &LeptosOptions) -> String {
    let texts = &text::pages(locale).errors;
    let (tag, title, said, kept) = (locale.tag(), texts.unavailable_title, texts.unavailable, texts.kept);
    let style = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    format!(
        "<!DOCTYPE html><html lang=\"{tag}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{title} – Once</title><link rel=\"stylesheet\" \
         href=\"{style}\"></head><body><main id=\"main\"><div \
         class=\"message-page\"><h1>{title}</h1><p>{said}</p><p>{kept}</p></div></main></body></html>"
    )
}
