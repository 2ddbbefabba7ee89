//! What a case is: drawn from its seed alone.

use serde_json::{Value, json};

/// The products of all cases.
pub const SLUGS: [&str; 3] = ["enamel-mug", "linen-notebook", "beeswax-candle"];

#[derive(Debug)]
pub struct Case {
    /// Products and quantities; at least one.
    pub lines: Vec<(&'static str, u32)>,
    pub contact: Value,
    pub token: Token,
    pub quote: QuoteSent,
    /// What happens between page and submission.
    pub event: Event,
    /// The first product was ordered a moment ago.
    pub ordered_before: bool,
    pub confirmed: bool,
    pub again: Again,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    Own,
    Missing,
    Malformed,
    Forged,
    /// Of somebody else.
    Foreign,
    /// Of the same shopper, for another cart.
    OfAnotherCart,
    Expired,
}

#[derive(Clone, Copy, Debug)]
pub enum QuoteSent {
    AsGiven,
    OtherVersion,
    OtherTotal,
    OtherQuantity,
}

#[derive(Clone, Copy, Debug)]
pub enum Event {
    Nothing,
    Price(i64),
    /// So many pieces of every product are left.
    Stock(u32),
    /// The first line is changed to one piece more, or less.
    LineChanged,
    Cancelled,
}

/// Whether it is submitted a second time.
#[derive(Clone, Copy, Debug)]
pub enum Again {
    No,
    /// The same.
    Same,
    /// To somebody else.
    OtherContact,
    /// From a second page of the same cart.
    SecondPage,
    /// Confirmed, whatever was said.
    Confirmed,
}

/// `SplitMix64`: what is drawn is decided by the seed.
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(count).expect("a count")).expect("below the count")
    }

    /// The first choice half of the time.
    fn pick<T: Copy>(&mut self, usual: T, others: &[T]) -> T {
        if self.below(2) == 0 {
            usual
        } else {
            others[self.below(others.len())]
        }
    }

    fn quantity(&mut self) -> u32 {
        u32::try_from(1 + self.below(10)).expect("a quantity")
    }
}

impl Case {
    pub fn drawn(seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0xD134_2543_DE82_EF95));
        let first = random.below(SLUGS.len());
        let lines = 1 + random.below(SLUGS.len());
        let lines = (first..first + lines)
            .map(|index| (SLUGS[index % SLUGS.len()], random.quantity()))
            .collect();
        let tokens = [
            Token::Missing,
            Token::Malformed,
            Token::Forged,
            Token::Foreign,
            Token::OfAnotherCart,
            Token::Expired,
        ];
        let quotes = [QuoteSent::OtherVersion, QuoteSent::OtherTotal, QuoteSent::OtherQuantity];
        let left = u32::try_from(random.below(12)).expect("a stock");
        let price = [-100, -1, 1, 100][random.below(4)];
        let events = [
            Event::Price(price),
            Event::Stock(left),
            Event::Stock(0),
            Event::LineChanged,
            Event::Cancelled,
        ];
        Self {
            lines,
            contact: contact(&mut random),
            token: random.pick(Token::Own, &[tokens.as_slice(), &[Token::Own; 12]].concat()),
            quote: random.pick(
                QuoteSent::AsGiven,
                &[quotes.as_slice(), &[QuoteSent::AsGiven; 9]].concat(),
            ),
            event: random.pick(Event::Nothing, &events),
            ordered_before: random.below(4) == 0,
            confirmed: random.below(4) == 0,
            again: random.pick(
                Again::No,
                &[Again::Same, Again::OtherContact, Again::SecondPage, Again::Confirmed],
            ),
        }
    }
}

/// Good, but for a field or two.
fn contact(random: &mut Random) -> Value {
    let mut contact = crate::v1::contact();
    let wrong = random.pick(0, &[0, 0, 1, 2]);
    for _ in 0..wrong {
        let field = ["name", "email", "street", "postcode", "city", "country"][random.below(6)];
        let long = "x".repeat(150 + 60 * random.below(2));
        let values = [
            "",
            " \u{a0}",
            "\u{200b}",
            "a\nb",
            "ada@",
            "a@b@c.d",
            "  Ω \u{1F6D2} ",
            "<b>&amp;",
            &long,
        ];
        contact[field] = json!(values[random.below(values.len())]);
    }
    contact
}
