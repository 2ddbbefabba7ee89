use checkout::catalogue::{Product, Slug};

use crate::locale::Locale;

/// What the shop says of a product in a language that its catalogue is not written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProductText {
    slug: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// One line for the catalogue.
    pub summary: &'static str,
    /// A paragraph for its own page.
    pub description: &'static str,
}

/// The product's texts, where the catalogue's own, which are English, are not the ones to show. A product that was added
/// to the database later has none until they are written here.
#[must_use]
pub fn product(slug: &Slug, locale: Locale) -> Option<&'static ProductText> {
    match locale {
        Locale::En => None,
        Locale::De => DE.iter().find(|text| text.slug == slug.as_str()),
    }
}

/// The product's name in a language, or as the catalogue has it.
pub(crate) fn product_name(slug: &Slug, name: String, locale: Locale) -> String {
    product(slug, locale).map_or(name, |text| text.name.to_owned())
}

/// The product with its texts in a language.
pub(crate) fn translated(product: Product, locale: Locale) -> Product {
    match self::product(&product.slug, locale) {
        Some(text) => Product {
            name: text.name.to_owned(),
            summary: text.summary.to_owned(),
            description: text.description.to_owned(),
            ..product
        },
        None => product,
    }
}

const DE: [ProductText; 10] = [
    ProductText {
        slug: "ceramic-teapot",
        name: "Teekanne aus Keramik",
        summary: "Drei Tassen, und eine Tülle, die nicht tropft.",
        description: "Aus Steinzeug gedreht und innen wie außen glasiert. Der Henkel bleibt kühl, der Deckel bleibt beim \
                      Gießen, wo er ist, und das Sieb gehört zur Kanne, also geht nichts verloren. Fasst 0,75 Liter. Darf in \
                      die Spülmaschine, hat aber auch nichts gegen das Spülbecken.",
    },
    ProductText {
        slug: "enamel-mug",
        name: "Emaillebecher",
        summary: "Innen Stahl, außen Glas. Schwer zu kränken.",
        description: "Emaillierter Stahl mit gerolltem Rand, 0,35 Liter. Er geht auf den Gasherd, in die Spülmaschine und \
                      über die Tischkante, und kommt mit einer kleinen schwarzen Narbe zurück, an der man ihn erkennt. \
                      Nicht für die Mikrowelle.",
    },
    ProductText {
        slug: "linen-notebook",
        name: "Notizbuch in Leinen",
        summary: "192 Seiten, die flach liegen, mit Faden geheftet.",
        description: "In Lagen geheftet: Es bleibt auf jeder Seite offen liegen und behält sie alle. Cremefarbenes Papier \
                      von 90 Gramm, das Tinte verträgt, unliniert, in einem Einband aus gewebtem Leinen mit Leseband. 148 \
                      mal 210 mm.",
    },
    ProductText {
        slug: "beeswax-candle",
        name: "Bienenwachskerze",
        summary: "Vierzig Stunden Licht. Riecht ein wenig nach Honig.",
        description: "Reines Bienenwachs um einen Docht aus Baumwolle, in einem schlichten Glas, das Sie danach behalten \
                      werden. Brennt etwa vierzig Stunden ohne Ruß, wenn Sie den Docht kürzen. Es ist nichts zugesetzt: Der \
                      Duft ist das Wachs.",
    },
    ProductText {
        slug: "brass-pen",
        name: "Messingstift",
        summary: "Aus einem Stück gedreht. Schwerer, als man denkt.",
        description: "Ein Kugelschreiber, aus massivem Messing gedreht, 42 Gramm, mit geschraubtem Clip und einer Mine, die \
                      es überall gibt. Er dunkelt nach, wo man ihn hält, und glänzt, wo nicht.",
    },
    ProductText {
        slug: "oak-tray",
        name: "Tablett aus Eiche",
        summary: "Massive Eiche, zwei Griffe, Platz für ein Frühstück.",
        description: "Ein Brett aus massiver Eiche mit erhöhtem Rand und zwei ausgesägten Griffen, mit Hartwachsöl \
                      behandelt. 45 mal 32 cm, leicht genug, um es voll zu tragen. Feucht abwischen; ölen, wenn es durstig \
                      aussieht.",
    },
    ProductText {
        slug: "wall-clock",
        name: "Wanduhr",
        summary: "Zwölf Striche, zwei Zeiger, kein Ticken.",
        description: "Ein leises, schleichendes Werk hinter echtem Glas, in einem Rand aus gedrücktem Stahl. 26 cm im \
                      Durchmesser und vom anderen Ende der Küche zu lesen. Läuft etwa zwei Jahre mit einer AA-Zelle, die \
                      nicht dabei ist.",
    },
    ProductText {
        slug: "field-bag",
        name: "Feldtasche",
        summary: "Gewachstes Segeltuch und Sattelleder. Wird mit dem Alter schöner.",
        description: "Gewachstes Baumwolltuch mit Riemen aus Sattelleder und Schnallen aus massivem Messing. Fasst einen \
                      Laptop von 14 Zoll, einen Mantel und einen Laib Brot. 12 Liter. Regen läuft ab; nach ein paar Wintern \
                      wachst man sie nach.",
    },
    ProductText {
        slug: "wool-blanket",
        name: "Wolldecke",
        summary: "Lammwolle, in Streifen gewebt, 140 mal 200 cm.",
        description: "Lammwolle, gewebt und gebürstet, bis sie auf beiden Seiten weich ist, mit von Hand gedrehten Fransen. \
                      Warm genug für ein Sofa im Winter, leicht genug für einen Abend im Sommer. Lieber lüften als waschen.",
    },
    ProductText {
        slug: "watering-can",
        name: "Gießkanne",
        summary: "Lange Tülle, zwei Liter, spritzt nie.",
        description: "Lackierter Stahl mit einer langen, dünnen Tülle, die hinter die Blätter reicht und aufhört, wenn Sie \
                      aufhören. Zwei Liter, so gewichtet, dass die volle Kanne nicht am Handgelenk zieht. Für Fensterbrett \
                      und Balkon.",
    },
];
