//! What the shop says, in each language. Plain words: what happened to the order, and what to do next.
//!
//! Each area is a struct of texts with one constant per language, so a text that is missing does not compile. What the
//! browser needs stands in modules of its own: everything else stays on the server.

#[cfg(feature = "ssr")]
mod account;
mod button;
mod failure;
#[cfg(feature = "ssr")]
mod moment;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod products;

#[cfg(feature = "ssr")]
pub use account::account_problem;
pub(crate) use button::button;
pub use button::error_prefix;
pub use checkout::money::format;
pub use failure::{failure, field, field_error};
#[cfg(feature = "ssr")]
pub use moment::moment;
#[cfg(feature = "ssr")]
pub(crate) use pages::{Pages, pages};
#[cfg(feature = "ssr")]
pub use products::{ProductText, product};
#[cfg(feature = "ssr")]
pub(crate) use products::{product_name, translated};

/// A text around something that is put into it.
pub(crate) struct Around(&'static str, &'static str);

impl Around {
    pub(crate) fn put(&self, inner: &str) -> String {
        [self.0, inner, self.1].concat()
    }
}

/// A number with its noun. Both languages have the same two forms: one, and any other number.
pub(crate) struct Counted {
    one: &'static str,
    other: &'static str,
}

impl Counted {
    /// The noun alone.
    pub(crate) const fn noun(&self, number: u64) -> &'static str {
        if number == 1 { self.one } else { self.other }
    }

    pub(crate) fn put(&self, number: u64) -> String {
        [&number.to_string(), " ", self.noun(number)].concat()
    }
}
