//! The shop writes money as browsers do: every amount is compared with what Node's `Intl.NumberFormat` makes of it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use app::locale::Locale;
use app::text::format;
use checkout::money::{Currency, Money};

const CURRENCIES: [Currency; 4] = [Currency::Eur, Currency::Usd, Currency::Jpy, Currency::Kwd];
const AMOUNTS_EACH: usize = 1_000;

/// Reads "locale currency decimal" by line and writes what `Intl` makes of it. Decimals stay texts: they are exact.
const SCRIPT: &str = r"
const formats = new Map();
for (const line of require('node:fs').readFileSync(0, 'utf8').trimEnd().split('\n')) {
  const [locale, currency, decimal] = line.split(' ');
  const key = locale + currency;
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(locale, { style: 'currency', currency }));
  console.log(formats.get(key).format(decimal));
}";

/// `SplitMix64`: the same amounts in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Of every length, so that every number of groups is met; positive and negative.
    fn amount(&mut self) -> i64 {
        let bits = self.next() % 63;
        let magnitude = (self.next() >> 1 >> bits).cast_signed();
        if self.next().is_multiple_of(3) {
            -magnitude
        } else {
            magnitude
        }
    }
}

/// The amount in major units, without any language.
fn decimal(money: Money) -> String {
    let exponent = money.currency.exponent() as usize;
    let digits = format!("{:0width$}", money.amount_minor.unsigned_abs(), width = exponent + 1);
    let (whole, fraction) = digits.split_at(digits.len() - exponent);
    let sign = if money.amount_minor < 0 { "-" } else { "" };
    let point = if exponent > 0 { "." } else { "" };
    format!("{sign}{whole}{point}{fraction}")
}

fn intl(lines: &str) -> Vec<String> {
    let mut node = Command::new("node")
        .args(["-e", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs: `scripts/setup test` says where it comes from");
    let mut input = node.stdin.take().expect("it is piped");
    let lines = lines.to_owned();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = node.wait_with_output().expect("node ends");
    writer.join().expect("no panic").expect("node reads everything");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn money_is_written_as_intl_writes_it() {
    let mut random = Random(2_026);
    let mut lines = String::new();
    let mut ours = Vec::new();
    for locale in Locale::ALL {
        for currency in CURRENCIES {
            let edges = [
                0,
                1,
                -1,
                9,
                10,
                99,
                100,
                999,
                1_000,
                99_999,
                100_000,
                999_999,
                1_000_000,
                i64::MAX,
                i64::MIN,
            ];
            for amount in (0..AMOUNTS_EACH).map(|_| random.amount()).chain(edges) {
                let money = Money::new(amount, currency);
                writeln!(lines, "{} {} {}", locale.tag(), currency.code(), decimal(money)).expect("it fits");
                ours.push((money, locale, format(money, locale)));
            }
        }
    }
    let theirs = intl(&lines);
    assert_eq!(theirs.len(), ours.len());
    for ((money, locale, ours), theirs) in ours.into_iter().zip(theirs) {
        assert_eq!(ours, theirs, "{money:?} {locale:?}");
    }
}
