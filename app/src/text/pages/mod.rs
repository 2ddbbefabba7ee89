//! What the pages say. Only the server renders them.

mod account;
mod cart;
mod catalogue;
mod checkout;
mod errors;
mod layout;
mod orders;
mod status;

use crate::locale::Locale;

/// The texts of all pages, one area each.
pub(crate) struct Pages {
    pub(crate) layout: layout::Layout,
    pub(crate) catalogue: catalogue::Catalogue,
    pub(crate) product: catalogue::ProductPage,
    pub(crate) cart: cart::Cart,
    pub(crate) totals: cart::Totals,
    pub(crate) checkout: checkout::Checkout,
    pub(crate) status: status::Status,
    pub(crate) receipt: orders::Receipt,
    pub(crate) orders: orders::Orders,
    pub(crate) account: account::Account,
    pub(crate) errors: errors::Errors,
}

/// The pages' texts in a language.
pub(crate) const fn pages(locale: Locale) -> &'static Pages {
    match locale {
        Locale::En => &EN,
        Locale::De => &DE,
    }
}

const EN: Pages = Pages {
    layout: layout::EN,
    catalogue: catalogue::EN,
    product: catalogue::PRODUCT_EN,
    cart: cart::EN,
    totals: cart::TOTALS_EN,
    checkout: checkout::EN,
    status: status::EN,
    receipt: orders::RECEIPT_EN,
    orders: orders::EN,
    account: account::EN,
    errors: errors::EN,
};

const DE: Pages = Pages {
    layout: layout::DE,
    catalogue: catalogue::DE,
    product: catalogue::PRODUCT_DE,
    cart: cart::DE,
    totals: cart::TOTALS_DE,
    checkout: checkout::DE,
    status: status::DE,
    receipt: orders::RECEIPT_DE,
    orders: orders::DE,
    account: account::DE,
    errors: errors::DE,
};
