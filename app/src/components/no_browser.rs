//! What the island does where there is no browser.

/// Nothing: the server renders the panel, and a browser takes it over.
pub(super) const fn take_over() {}
