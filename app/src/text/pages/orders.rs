use super::super::Around;

/// The receipt of an order.
pub(crate) struct Receipt {
    pub(crate) thanks: &'static str,
    pub(crate) placed_once: &'static str,
    /// Around the order's number.
    pub(crate) title: Around,
    /// Around the time.
    pub(crate) placed_on: Around,
    pub(crate) slip: &'static str,
    pub(crate) number: &'static str,
    pub(crate) goes_to: &'static str,
    pub(crate) next_title: &'static str,
    pub(crate) next: [&'static str; 3],
    /// Around the time: what stands in the place of what happens next.
    pub(crate) cancelled_on: Around,
    /// Around the time.
    pub(crate) refunded_on: Around,
    pub(crate) all_orders: &'static str,
    pub(crate) go_on: &'static str,
}

/// The shopper's own orders.
pub(crate) struct Orders {
    pub(crate) title: &'static str,
    pub(crate) none: &'static str,
    pub(crate) look_around: &'static str,
    pub(crate) cancelled: &'static str,
    pub(crate) refunded: &'static str,
}

pub(crate) const RECEIPT_EN: Receipt = Receipt {
    thanks: "Thank you.",
    placed_once: "Your order is placed, once.",
    title: Around("Order ", ""),
    placed_on: Around("Placed on ", "."),
    slip: "Receipt",
    number: "Order number",
    goes_to: "Goes to",
    next_title: "What happens next",
    next: [
        "We pack it. There is nothing more for you to do.",
        "It goes to the address on this receipt. The invoice lies in the parcel; you have 14 days to pay it.",
        "This page stays here: keep its address, or find it under your orders.",
    ],
    cancelled_on: Around(
        "This order was cancelled on ",
        ". Nothing will be delivered, and there is nothing to pay.",
    ),
    refunded_on: Around("What you had paid was given back on ", "."),
    all_orders: "Your orders",
    go_on: "Look around the shop",
};

pub(crate) const RECEIPT_DE: Receipt = Receipt {
    thanks: "Danke.",
    placed_once: "Ihre Bestellung ist aufgegeben, einmal.",
    title: Around("Bestellung ", ""),
    placed_on: Around("Aufgegeben am ", "."),
    slip: "Beleg",
    number: "Bestellnummer",
    goes_to: "Geht an",
    next_title: "Wie es weitergeht",
    next: [
        "Wir packen alles ein. Sie müssen nichts weiter tun.",
        "Es geht an die Adresse auf diesem Beleg. Die Rechnung liegt im Paket; Sie haben 14 Tage, sie zu bezahlen.",
        "Diese Seite bleibt: Merken Sie sich ihre Adresse, oder sehen Sie unter Ihren Bestellungen nach.",
    ],
    cancelled_on: Around(
        "Diese Bestellung wurde am ",
        " storniert. Es wird nichts geliefert, und Sie müssen nichts bezahlen.",
    ),
    refunded_on: Around("Was Sie bezahlt hatten, wurde am ", " erstattet."),
    all_orders: "Ihre Bestellungen",
    go_on: "Im Laden umsehen",
};

pub(crate) const EN: Orders = Orders {
    title: "Your orders",
    none: "You have not ordered anything yet.",
    look_around: "Look around the shop",
    cancelled: "cancelled",
    refunded: "refunded",
};

pub(crate) const DE: Orders = Orders {
    title: "Ihre Bestellungen",
    none: "Sie haben noch nichts bestellt.",
    look_around: "Im Laden umsehen",
    cancelled: "storniert",
    refunded: "erstattet",
};
