/// Review and pay.
pub(crate) struct Checkout {
    pub(crate) title: &'static str,
    pub(crate) not_yet: &'static str,
    /// Before the title, when something is wrong.
    pub(crate) error: &'static str,
    pub(crate) receiver: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) change: &'static str,
    pub(crate) note: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) ordered_title: &'static str,
    pub(crate) orders: &'static str,
    pub(crate) cancelled_title: &'static str,
    pub(crate) to_the_shop: &'static str,
}

pub(crate) const EN: Checkout = Checkout {
    title: "Review and pay",
    not_yet: "– not yet ordered",
    error: "Error: ",
    receiver: "Where it goes",
    summary: "What you buy",
    change: "Change",
    note: "One press is enough. More do no harm: this page can order only once.",
    cancel: "Cancel this purchase",
    ordered_title: "This cart is already ordered",
    orders: "Your orders",
    cancelled_title: "Purchase cancelled",
    to_the_shop: "To the shop",
};

pub(crate) const DE: Checkout = Checkout {
    title: "Prüfen und bezahlen",
    not_yet: "– noch nicht bestellt",
    error: "Fehler: ",
    receiver: "Wohin es geht",
    summary: "Was Sie kaufen",
    change: "Ändern",
    note: "Einmal drücken genügt. Öfter schadet nicht: Diese Seite kann nur einmal bestellen.",
    cancel: "Diesen Kauf abbrechen",
    ordered_title: "Dieser Warenkorb ist schon bestellt",
    orders: "Ihre Bestellungen",
    cancelled_title: "Kauf abgebrochen",
    to_the_shop: "Zum Laden",
};
