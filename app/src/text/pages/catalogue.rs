use super::super::Around;

/// Everything the shop sells.
pub(crate) struct Catalogue {
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    pub(crate) heading: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) promises: [&'static str; 3],
    pub(crate) add: &'static str,
    pub(crate) sold_out: &'static str,
    pub(crate) only_left: Around,
}

/// One product.
pub(crate) struct ProductPage {
    pub(crate) back: &'static str,
    pub(crate) picture: Around,
    pub(crate) quantity: &'static str,
    /// After [`ProductPage::quantity`], for those who do not see which product it is about.
    pub(crate) quantity_of: Around,
    pub(crate) bad_quantity: &'static str,
    pub(crate) buy_now: &'static str,
    pub(crate) sold_out: &'static str,
    pub(crate) tax: &'static str,
    pub(crate) last_step: &'static str,
    pub(crate) once: &'static str,
}

pub(crate) const EN: Catalogue = Catalogue {
    title: "Shop",
    description: "Plain, well-made things for the house and the desk, and a checkout that cannot order twice.",
    heading: "Things you buy once",
    lead: "Plain, well-made things for the house and the desk, from a shop whose checkout cannot order twice.",
    promises: [
        "Free delivery",
        "You pay by invoice, after it has arrived",
        "One order, however often you press",
    ],
    add: "Add to cart",
    sold_out: "Sold out",
    only_left: Around("Only ", " left"),
};

pub(crate) const DE: Catalogue = Catalogue {
    title: "Laden",
    description: "Schlichte, gut gemachte Dinge für Haus und Schreibtisch, und eine Kasse, die nicht zweimal bestellen kann.",
    heading: "Dinge, die man einmal kauft",
    lead: "Schlichte, gut gemachte Dinge für Haus und Schreibtisch, aus einem Laden, dessen Kasse nicht zweimal bestellen \
           kann.",
    promises: [
        "Kostenloser Versand",
        "Sie zahlen auf Rechnung, wenn alles da ist",
        "Eine Bestellung, wie oft Sie auch drücken",
    ],
    add: "In den Warenkorb",
    sold_out: "Ausverkauft",
    only_left: Around("Nur noch ", " da"),
};

pub(crate) const PRODUCT_EN: ProductPage = ProductPage {
    back: "All things",
    picture: Around("Drawing: ", ""),
    quantity: "Quantity",
    quantity_of: Around(" of ", ""),
    bad_quantity: "Quantity: please choose a whole number from 1 to 10.",
    buy_now: "Buy now",
    sold_out: "This is sold out, so it can not be bought just now.",
    tax: "Delivery is free, and VAT is included in the price.",
    last_step: "The last step is called “Review and pay”. Nothing is ordered before it.",
    once: "However often you press the button there: it is one order.",
};

pub(crate) const PRODUCT_DE: ProductPage = ProductPage {
    back: "Alle Dinge",
    picture: Around("Zeichnung: ", ""),
    quantity: "Anzahl",
    quantity_of: Around(" von ", ""),
    bad_quantity: "Anzahl: Bitte wählen Sie eine ganze Zahl von 1 bis 10.",
    buy_now: "Jetzt kaufen",
    sold_out: "Das ist ausverkauft und kann gerade nicht gekauft werden.",
    tax: "Der Versand ist kostenlos, die Mehrwertsteuer ist im Preis enthalten.",
    last_step: "Der letzte Schritt heißt „Prüfen und bezahlen“. Vorher ist nichts bestellt.",
    once: "Wie oft Sie dort auch auf den Knopf drücken: Es ist eine Bestellung.",
};
