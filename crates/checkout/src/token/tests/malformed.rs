//! Texts that are no token of ours, and for each the one refusal that it gets. Nothing else can happen to them.

use std::collections::HashSet;
use std::ops::Range;

use super::*;
use TokenError::{Malformed, Refused};

const LENGTH: usize = 86;

fn wire() -> String {
    token().to_wire()
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn with_byte(index: usize, byte: u8) -> String {
    let mut bytes = token().0;
    bytes[index] = byte;
    encode(&bytes)
}

fn bits_flipped(bits: Range<usize>) -> Vec<String> {
    let flipped = |bit: usize| with_byte(bit / 8, token().0[bit / 8] ^ (1 << (bit % 8)));
    bits.map(flipped).collect()
}

fn cut_short() -> Vec<String> {
    let wire = wire();
    let tails = (1..LENGTH).map(|from| &wire[from..]);
    (0..LENGTH)
        .map(|to| &wire[..to])
        .chain(tails)
        .map(String::from)
        .collect()
}

fn padded() -> Vec<String> {
    let tails = [
        "=", "==", "===", "A", "AA", "AAA", "AAAA", "%3D%3D", "&", ";", ",", "\"", "-", "_",
    ];
    let mut padded: Vec<_> = tails.map(|tail| format!("{}{tail}", wire())).into();
    padded.extend(["=", "A", "\"", "Bearer ", "0x"].map(|head| format!("{head}{}", wire())));
    padded.push(wire().repeat(2));
    padded
}

fn spaced() -> Vec<String> {
    let wire = wire();
    let spaces = [" ", "\t", "\n", "\r\n", "\0", "\u{a0}", "\u{200b}", "\u{feff}"];
    let around = |space: &str| {
        [
            format!("{space}{wire}"),
            format!("{wire}{space}"),
            format!("{}{space}{}", &wire[..43], &wire[43..]),
            // As long as a token.
            format!("{space}{}", &wire[space.len()..]),
            format!("{}{space}", &wire[..LENGTH - space.len()]),
        ]
    };
    spaces.iter().flat_map(|space| around(space)).collect()
}

/// `letter` in every place, so that the text is still as many bytes long as a token.
fn holding(letter: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for start in 0..=LENGTH - letter.len() {
        let mut text = wire();
        text.replace_range(start..start + letter.len(), letter);
        texts.push(text);
    }
    texts
}

fn of_other_alphabets() -> Vec<String> {
    // After those of ASCII: two letters that look like A, one that is A in mathematics, and what turns the direction.
    "+/.~%=é\u{410}\u{ff21}\u{1d400}\u{202e}"
        .chars()
        .flat_map(|letter| holding(&letter.to_string()))
        .collect()
}

/// With the letters in these places written large instead of small, or small instead of large.
fn of_other_case(places: Range<usize>) -> Vec<String> {
    let switched = |place: usize| {
        let mut bytes = wire().into_bytes();
        bytes[place] ^= if bytes[place].is_ascii_alphabetic() { 0x20 } else { 0 };
        String::from_utf8(bytes).expect("letters stay letters")
    };
    places.map(switched).filter(|text| *text != wire()).collect()
}

/// The last character carries two bits; the other four must be zero, so that a token has one spelling.
fn of_other_last_character() -> Vec<String> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let spelled = ALPHABET.iter().enumerate().filter(|(value, _)| value % 16 != 0);
    spelled
        .map(|(_, last)| format!("{}{}", &wire()[..LENGTH - 1], char::from(*last)))
        .collect()
}

fn of_64_kb() -> Vec<String> {
    vec![
        "A".repeat(65_536),
        wire().repeat(762),
        format!("{}{}", wire(), " ".repeat(65_450)),
        "\0".repeat(65_536),
        "\u{1d400}".repeat(16_384),
    ]
}

fn in_other_writing() -> Vec<String> {
    let bytes = token().0;
    let hexadecimal = bytes.map(|byte| format!("{byte:02x}")).concat();
    vec![
        format!("{}==", wire()),
        wire().replace('_', "/").replace('-', "+"),
        wire().replace('_', "%5F"),
        format!("\"{}\"", wire()),
        wire().chars().rev().collect(),
        wire().to_ascii_lowercase(),
        wire()[..LENGTH - 1].to_owned() + "\u{0}",
        hexadecimal,
        token().digest().to_string(),
        "ü".repeat(43),
        "null".into(),
        "undefined".into(),
        "' OR 1=1 --".into(),
        "${jndi:ldap://example.org/}".into(),
        "../../../../etc/passwd".into(),
    ]
}

/// Well-formed, but never made here.
fn never_issued() -> Vec<String> {
    let headed = |filler: u8| {
        let mut bytes = [filler; BYTES];
        bytes[..2].copy_from_slice(&[VERSION, 1]);
        encode(&bytes)
    };
    let mut forged: Vec<_> = (0..=255).map(headed).collect();
    let elsewhere = Key { id: 1, secret: [2; 32] };
    let elsewhere = KeyRing::new(elsewhere, vec![]).sign(Uuid::from_u128(9), &intent(), token().expires_at());
    forged.push(elsewhere.to_wire());
    let mut without_mac = token().0;
    without_mac[SIGNED_BYTES..].fill(0);
    forged.push(encode(&without_mac));
    let mut turned = token().0;
    turned[SIGNED_BYTES..].reverse();
    forged.push(encode(&turned));
    forged
}

fn of_other_versions() -> Vec<String> {
    let others = (0..=255).filter(|version| *version != VERSION);
    others.map(|version| with_byte(0, version)).collect()
}

fn of_other_keys() -> Vec<String> {
    let others = (0..=255).filter(|id| *id != 1);
    others.map(|id| with_byte(1, id)).collect()
}

fn corpus() -> Vec<(&'static str, TokenError, Vec<String>)> {
    vec![
        ("cut short", Malformed, cut_short()),
        ("padded", Malformed, padded()),
        ("spaced", Malformed, spaced()),
        ("of other alphabets", Malformed, of_other_alphabets()),
        ("of 64 kB", Malformed, of_64_kb()),
        ("in other writing", Malformed, in_other_writing()),
        ("of other case, in the version", Malformed, of_other_case(0..2)),
        ("of other case", Refused, of_other_case(2..LENGTH - 1)),
        ("in capitals", Refused, vec![wire().to_ascii_uppercase()]),
        (
            "of other case, at the end",
            Malformed,
            of_other_case(LENGTH - 1..LENGTH),
        ),
        ("of another last character", Malformed, of_other_last_character()),
        ("of other versions", Malformed, of_other_versions()),
        ("of other keys", Refused, of_other_keys()),
        ("a bit of the version flipped", Malformed, bits_flipped(0..8)),
        ("a bit flipped", Refused, bits_flipped(8..BYTES * 8)),
        ("never issued", Refused, never_issued()),
    ]
}

#[test]
fn tk_07_every_malformed_token_is_a_definite_refusal() {
    let answer = |text: &str| OrderToken::parse(text).and_then(|token| ring().verify(&token, &intent()));
    assert_eq!(answer(&wire()), Ok(()), "the token that the others are made of");
    let mut seen = HashSet::new();
    for (how, refusal, texts) in corpus() {
        assert!(!texts.is_empty(), "{how}");
        for text in texts {
            assert_eq!(answer(&text), Err(refusal), "{how}: {text:.90?}");
            seen.insert(text);
        }
    }
    assert!(seen.len() >= 200, "{} texts are no corpus", seen.len());
}
