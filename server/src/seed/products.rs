//! What the shop sells on its first day.

/// A product to put on the empty shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeedProduct {
    /// Its name in addresses; its picture is named after it.
    pub slug: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// One line for the catalogue.
    pub summary: &'static str,
    /// A paragraph for its own page.
    pub description: &'static str,
    /// The price of one piece in euro cents, tax included.
    pub price_minor: i64,
    /// How many pieces can be sold.
    pub stock: u32,
}

/// In the order of the catalogue, which shows the first and the eighth large.
///
/// No two cost the same, so a total tells which line is wrong. One is nearly gone and one is sold out, so that both
/// can be seen without buying anything.
pub const PRODUCTS: [SeedProduct; 10] = [
    SeedProduct {
        slug: "ceramic-teapot",
        name: "Ceramic teapot",
        summary: "Three cups, and a spout that does not drip.",
        description: "Thrown in stoneware and glazed inside and out. The handle stays cool, the lid stays on while you \
                      pour, and the sieve is part of the pot, so there is nothing to lose. Holds 0.75 litres. Safe in \
                      the dishwasher, though it will not mind the sink.",
        price_minor: 6_400,
        stock: 45,
    },
    SeedProduct {
        slug: "enamel-mug",
        name: "Enamel mug",
        summary: "Steel inside, glass outside. Hard to hurt.",
        description: "Enamelled steel with a rolled rim, 0.35 litres. It goes on a gas ring, into the dishwasher and \
                      off the edge of the table, and comes back with a small black mark to remember it by. Not for \
                      the microwave.",
        price_minor: 1_450,
        stock: 240,
    },
    SeedProduct {
        slug: "linen-notebook",
        name: "Linen notebook",
        summary: "192 pages that lie flat, sewn in thread.",
        description: "Sewn in sections, so it opens flat at any page and keeps all of them. Cream paper of 90 grams \
                      that takes a fountain pen, plain, in a cover of woven linen with a ribbon. 148 by 210 mm.",
        price_minor: 1_800,
        stock: 500,
    },
    SeedProduct {
        slug: "beeswax-candle",
        name: "Beeswax candle",
        summary: "Forty hours of light. Smells of honey, faintly.",
        description: "Pure beeswax around a cotton wick, in a plain glass you will keep afterwards. Burns for about \
                      forty hours without soot if you trim the wick. Nothing is added: the scent is the wax.",
        price_minor: 2_200,
        stock: 180,
    },
    SeedProduct {
        slug: "brass-pen",
        name: "Brass pen",
        summary: "Turned from one bar. Heavier than you think.",
        description: "A ballpoint turned from solid brass, 42 grams, with a clip that is screwed on and a standard \
                      refill that you can buy anywhere. It darkens where you hold it and shines where you do not.",
        price_minor: 4_990,
        stock: 120,
    },
    SeedProduct {
        slug: "oak-tray",
        name: "Oak tray",
        summary: "Solid oak, two handles, room for breakfast.",
        description: "A board of solid oak with a raised edge and two handles cut through it, finished with hard wax \
                      oil. 45 by 32 cm, light enough to carry full. Wipe it with a damp cloth; oil it when it looks \
                      thirsty.",
        price_minor: 4_600,
        stock: 60,
    },
    SeedProduct {
        slug: "wall-clock",
        name: "Wall clock",
        summary: "Twelve marks, two hands, no ticking.",
        description: "A quiet movement that sweeps, behind real glass, in a rim of spun steel. 26 cm across, and legible \
                      from the other end of the kitchen. Runs for about two years on one AA cell, which is not \
                      included.",
        price_minor: 8_900,
        stock: 0,
    },
    SeedProduct {
        slug: "field-bag",
        name: "Field bag",
        summary: "Waxed canvas and bridle leather. Ages well.",
        description: "Waxed cotton canvas with straps of bridle leather and buckles of solid brass. Takes a laptop of \
                      14 inches, a coat and a loaf of bread. 12 litres. Rain runs off it; wax it again after a few \
                      winters.",
        price_minor: 14_800,
        stock: 25,
    },
    SeedProduct {
        slug: "wool-blanket",
        name: "Wool blanket",
        summary: "Lambswool, woven in stripes, 140 by 200 cm.",
        description: "Lambswool, woven and brushed until it is soft on both sides, with a fringe twisted by hand. Warm \
                      enough for a winter sofa and light enough for a summer evening. Air it rather than wash it.",
        price_minor: 12_900,
        stock: 2,
    },
    SeedProduct {
        slug: "watering-can",
        name: "Watering can",
        summary: "Long spout, two litres, never splashes.",
        description: "Painted steel with a long, thin spout that reaches behind the leaves and stops when you stop. \
                      Two litres, balanced so that a full can does not pull your wrist. For the windowsill and the \
                      balcony.",
        price_minor: 3_850,
        stock: 75,
    },
];
