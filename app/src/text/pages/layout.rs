use super::super::Counted;

/// Header and footer.
pub(crate) struct Layout {
    pub(crate) skip: &'static str,
    pub(crate) home: &'static str,
    pub(crate) navigation: &'static str,
    pub(crate) orders: &'static str,
    pub(crate) cart: &'static str,
    pub(crate) items: Counted,
    pub(crate) promise: &'static str,
    pub(crate) language: &'static str,
}

pub(crate) const EN: Layout = Layout {
    skip: "Skip to content",
    home: "Once, the shop",
    navigation: "Shop",
    orders: "Your orders",
    cart: "Cart",
    items: Counted {
        one: "item",
        other: "items",
    },
    promise: "Press the button as often as you like. You order once.",
    language: "Language",
};

pub(crate) const DE: Layout = Layout {
    skip: "Zum Inhalt",
    home: "Once, der Laden",
    navigation: "Laden",
    orders: "Bestellungen",
    cart: "Warenkorb",
    items: Counted {
        one: "Stück",
        other: "Stück",
    },
    promise: "Drücken Sie so oft auf den Knopf, wie Sie mögen. Sie bestellen einmal.",
    language: "Sprache",
};
