//! `crash macs`: whether the time in which a forged token is refused tells how much of its MAC was guessed.
//!
//! As dudect does it: two classes in an order that chance decides, Welch's t-test over all times and over those below several
//! percentiles of both together. A comparison that ends at the first wrong byte is measured in between, as the control.

use std::hint::black_box;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use checkout::cart::{CartId, ShopperId};
use checkout::quote::Fingerprint;
use checkout::time::Timestamp;
use checkout::token::{Intent, Key, KeyRing, OrderToken};
use uuid::Uuid;

use super::oracle::{MOST_T, Sample, WARM_UP};
use crate::dice::Dice;
use crate::report::Report;

/// Where the MAC stands in a token.
const MAC: std::ops::Range<usize> = 40..64;

/// How many forged tokens there are of each class.
const POOL: usize = 512;

/// Of both classes together, the times up to so many thousandths are compared, too: the slowest are other people's.
const PERCENTILES: [usize; 8] = [100, 250, 500, 700, 800, 900, 950, 990];

/// A token that was signed, and one whose MAC is wrong in one byte.
#[derive(Clone)]
struct Forged {
    good: [u8; 64],
    bad: [u8; 64],
    token: OrderToken,
}

/// Compares both, with about so many samples of each class.
pub fn run(samples: usize) -> anyhow::Result<Report> {
    let (ring, intent) = (ring(), intent());
    let mut dice = Dice::new(23);
    let classes = [
        forged(&ring, MAC.start, &mut dice)?,
        forged(&ring, MAC.end - 1, &mut dice)?,
    ];
    let real = |forged: &Forged| ring.verify(&forged.token, &intent).is_ok();
    let planted = |forged: &Forged| real(forged) || same_until_it_differs(&forged.good[MAC], &forged.bad[MAC]);
    let mut times: [[Vec<f64>; 2]; 2] = Default::default();
    for number in 0..samples * 4 + WARM_UP {
        let (which, class) = (usize::from(dice.below(2) == 1), usize::from(dice.below(2) == 1));
        let at = usize::try_from(dice.below(POOL as u64))?;
        // Where it lies in memory must not tell one class from the other: both are read from here.
        let forged = black_box(classes[class][at].clone());
        let forged = black_box(&forged);
        let begun = Instant::now();
        let accepted = black_box(if which == 0 { real(forged) } else { planted(forged) });
        let took = begun.elapsed().as_secs_f64() * 1e9;
        anyhow::ensure!(!accepted, "a forged token was accepted");
        if number >= WARM_UP {
            times[which][class].push(took);
        }
    }
    let [real, planted] = times.map(largest_t);
    let mut report = Report::default();
    report.says(format!(
        "a MAC that is wrong at its beginning or at its end: t = {real:.2} ({samples} of each, about); compared byte by byte: t = \
         {planted:.2}"
    ));
    report.must(
        real < MOST_T,
        format!("t = {real:.2}: the time tells how much of a MAC is right"),
    );
    report.must(
        planted > 2.0 * MOST_T,
        format!("t = {planted:.2}: a comparison that ends early was not seen, so this run shows nothing"),
    );
    Ok(report)
}

fn ring() -> KeyRing {
    let key = Key { id: 1, secret: [7; 32] };
    KeyRing::new(key, vec![])
}

fn intent() -> Intent {
    Intent {
        shopper: ShopperId::from_uuid(Uuid::from_u128(1)),
        cart: CartId(Uuid::from_u128(2)),
        fingerprint: Fingerprint([3; 32]),
    }
}

/// Tokens whose MACs are wrong at this byte, and there alone.
fn forged(ring: &KeyRing, at: usize, dice: &mut Dice) -> anyhow::Result<Vec<Forged>> {
    let one = |_| {
        let id = Uuid::from_u64_pair(dice.roll(), dice.roll());
        let token = ring.sign(id, &intent(), Timestamp::from_unix_ms(1_700_000_000_000));
        let mut good = [0; 64];
        URL_SAFE_NO_PAD.decode_slice(token.to_wire(), &mut good)?;
        let mut bad = good;
        bad[at] ^= u8::try_from(1 + dice.below(255))?;
        let token = OrderToken::parse(&URL_SAFE_NO_PAD.encode(bad))?;
        Ok(Forged { good, bad, token })
    };
    (0..POOL).map(one).collect()
}

/// What no MAC may be compared with.
fn same_until_it_differs(one: &[u8], other: &[u8]) -> bool {
    one.iter().zip(other).all(|(one, other)| black_box(one) == other)
}

/// The largest difference of both classes, over all times and below each percentile.
fn largest_t(classes: [Vec<f64>; 2]) -> f64 {
    let mut both: Vec<_> = classes.iter().flatten().copied().collect();
    both.sort_by(f64::total_cmp);
    let last = both.len().saturating_sub(1);
    let limits = PERCENTILES.map(|percentile| both[last * percentile / 1000]);
    let t = |limit: f64| {
        let below = |times: &[f64]| times.iter().copied().filter(|time| *time <= limit).collect::<Vec<_>>();
        let [one, two] = [below(&classes[0]), below(&classes[1])];
        let t = Sample::of(&one).t(&Sample::of(&two)).abs();
        // Where all times are one, there is no difference to see.
        if t.is_finite() { t } else { 0.0 }
    };
    limits.into_iter().chain([f64::INFINITY]).map(t).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn se_23_what_is_compared_is_a_mac_that_is_wrong_in_one_byte() {
        for at in [MAC.start, MAC.end - 1] {
            for forged in forged(&ring(), at, &mut Dice::new(1)).expect("tokens") {
                let differing: Vec<_> = (0..64).filter(|byte| forged.good[*byte] != forged.bad[*byte]).collect();
                assert_eq!(differing, [at]);
                assert!(ring().verify(&forged.token, &intent()).is_err());
                assert!(!same_until_it_differs(&forged.good, &forged.bad));
                assert!(same_until_it_differs(&forged.good, &forged.good));
            }
        }
    }

    #[test]
    fn a_difference_that_noise_hides_is_seen_below_a_percentile() {
        let mut dice = Dice::new(2);
        let mut class = |slower: u32| -> Vec<f64> {
            let mut time = || {
                let noise = if dice.below(10) == 0 { 1_000_000 } else { 100 };
                f64::from(1_000 + slower) + f64::from(u32::try_from(dice.below(noise)).expect("small"))
            };
            (0..5_000).map(|_| time()).collect()
        };
        assert!(largest_t([class(0), class(0)]) < MOST_T);
        assert!(largest_t([class(0), class(20)]) > MOST_T);
    }
}
