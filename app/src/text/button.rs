use super::Around;
use crate::locale::Locale;

/// What stands on the buy button and beside it.
pub(crate) struct Button {
    pub(crate) buy_now: Around,
    pub(crate) buy_it_again: Around,
    pub(crate) placing: &'static str,
    pub(crate) checking: &'static str,
    pub(crate) try_again: &'static str,
    pub(crate) placed: &'static str,
    pub(crate) status_placing: &'static str,
    pub(crate) status_slow: &'static str,
    pub(crate) status_very_slow: &'static str,
    #[expect(dead_code, reason = "no state of the button says it yet")]
    pub(crate) status_checking: &'static str,
    pub(crate) status_unresolved: &'static str,
    #[expect(dead_code, reason = "no state of the button says it yet")]
    pub(crate) status_offline: &'static str,
    pub(crate) status_placed: Around,
    pub(crate) look_up: &'static str,
}

/// The button's texts. In both languages its label says that it binds: § 312j (3) BGB, Directive 2011/83/EU art. 8 (2).
pub(crate) const fn button(locale: Locale) -> &'static Button {
    match locale {
        Locale::En => &EN,
        Locale::De => &DE,
    }
}

const EN: Button = Button {
    buy_now: Around("Buy now · ", ""),
    buy_it_again: Around("Buy it again · ", ""),
    placing: "Placing your order…",
    checking: "Checking your order…",
    try_again: "Try again safely",
    placed: "✓ Order placed",
    status_placing: "Placing your order.",
    status_slow: "This is taking longer than usual. Please keep this page open. You will not be charged twice.",
    status_very_slow: "Still working. You can also check your order's status.",
    status_checking: "We lost contact, so we're checking whether your order went through.",
    status_unresolved: "We couldn't confirm your order yet. Trying again can't create a second one.",
    status_offline: "You're offline. Your order was not sent.",
    status_placed: Around("Order ", " placed."),
    look_up: "Check the status of this order",
};

const DE: Button = Button {
    buy_now: Around("Jetzt kaufen · ", ""),
    buy_it_again: Around("Noch einmal kaufen · ", ""),
    placing: "Ihre Bestellung wird aufgegeben…",
    checking: "Ihre Bestellung wird geprüft…",
    try_again: "Gefahrlos noch einmal versuchen",
    placed: "✓ Bestellt",
    status_placing: "Ihre Bestellung wird aufgegeben.",
    status_slow: "Das dauert länger als sonst. Bitte lassen Sie diese Seite offen. Sie zahlen nicht zweimal.",
    status_very_slow: "Es läuft noch. Sie können auch den Stand Ihrer Bestellung ansehen.",
    status_checking: "Die Verbindung ist abgerissen. Wir prüfen, ob Ihre Bestellung angekommen ist.",
    status_unresolved: "Wir konnten Ihre Bestellung noch nicht bestätigen. Ein weiterer Versuch kann keine zweite auslösen.",
    status_offline: "Sie sind offline. Ihre Bestellung wurde nicht abgeschickt.",
    status_placed: Around("Bestellung ", " ist aufgegeben."),
    look_up: "Den Stand dieser Bestellung ansehen",
};
