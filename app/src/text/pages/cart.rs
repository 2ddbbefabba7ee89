use super::super::Around;

/// What the shopper is about to buy.
pub(crate) struct Cart {
    pub(crate) title: &'static str,
    pub(crate) empty_title: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) look_around: &'static str,
    pub(crate) full: Around,
    pub(crate) removed: &'static str,
    pub(crate) undo: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) go_to_checkout: &'static str,
    pub(crate) each: Around,
    pub(crate) update: &'static str,
    pub(crate) remove: &'static str,
    /// Around how many pieces there are.
    pub(crate) short: Around,
    pub(crate) gone: &'static str,
    /// Why there is no way to the checkout.
    pub(crate) not_yet: &'static str,
}

/// What it costs.
pub(crate) struct Totals {
    pub(crate) delivery: &'static str,
    pub(crate) free: &'static str,
    pub(crate) total: &'static str,
    pub(crate) payment: &'static str,
    pub(crate) by_invoice: &'static str,
    /// Around the rate, as a number.
    pub(crate) tax: Around,
}

pub(crate) const EN: Cart = Cart {
    title: "Your cart",
    empty_title: "Your cart is empty",
    empty: "Nothing in it, and nothing owed.",
    look_around: "Look around the shop",
    full: Around("Your cart is full: it takes ", " different things. Nothing was added."),
    removed: "Removed from your cart.",
    undo: "Undo",
    summary: "Summary",
    go_to_checkout: "Go to checkout",
    each: Around("", " each"),
    update: "Update",
    remove: "Remove",
    short: Around("We have only ", " of these. Please choose fewer."),
    gone: "This is sold out meanwhile. Please remove it.",
    not_yet: "Before you can buy, please change what we do not have enough of.",
};

pub(crate) const DE: Cart = Cart {
    title: "Ihr Warenkorb",
    empty_title: "Ihr Warenkorb ist leer",
    empty: "Es ist nichts darin, und es kostet nichts.",
    look_around: "Im Laden umsehen",
    full: Around(
        "Ihr Warenkorb ist voll: Er fasst ",
        " verschiedene Dinge. Es kam nichts dazu.",
    ),
    removed: "Aus dem Warenkorb entfernt.",
    undo: "Rückgängig",
    summary: "Zusammenfassung",
    go_to_checkout: "Zur Kasse",
    each: Around("", " je Stück"),
    update: "Ändern",
    remove: "Entfernen",
    short: Around("Davon haben wir nur ", ". Bitte wählen Sie weniger."),
    gone: "Das ist inzwischen ausverkauft. Bitte entfernen Sie es.",
    not_yet: "Bevor Sie kaufen können, ändern Sie bitte, wovon wir nicht genug haben.",
};

pub(crate) const TOTALS_EN: Totals = Totals {
    delivery: "Delivery",
    free: "Free",
    total: "Total",
    payment: "Payment",
    by_invoice: "By invoice, after delivery",
    tax: Around("Including ", "% VAT"),
};

pub(crate) const TOTALS_DE: Totals = Totals {
    delivery: "Versand",
    free: "Kostenlos",
    total: "Gesamt",
    payment: "Bezahlung",
    by_invoice: "Auf Rechnung, nach der Lieferung",
    tax: Around("Darin ", "\u{a0}% MwSt."),
};
