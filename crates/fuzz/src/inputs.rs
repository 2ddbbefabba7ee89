//! Noise, and genuine inputs with a few changes.

use proptest::collection::vec;
use proptest::prelude::*;

/// More than any field is long.
const LONG: usize = 300;

/// One change.
#[derive(Clone, Debug)]
enum Edit {
    Set(usize, u8),
    Flip(usize, u8),
    Remove(usize, usize),
    Insert(usize, Vec<u8>),
    Double(usize, usize),
}

/// Bytes that mean something to the formats that are read here.
const MEANINGFUL: &[u8] = b"\0\r\n\t %&=+;,:\"'\\{}[]<>$*-_.0123456789\x7f\x80\xc0\xff";

fn byte() -> impl Strategy<Value = u8> {
    prop_oneof![any::<u8>(), proptest::sample::select(MEANINGFUL)]
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (any::<usize>(), byte()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        (any::<usize>(), 0..8_u8).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        (any::<usize>(), 0..40_usize).prop_map(|(at, length)| Edit::Remove(at, length)),
        (any::<usize>(), vec(byte(), 0..20)).prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        (any::<usize>(), 0..60_usize).prop_map(|(at, length)| Edit::Double(at, length)),
    ]
}

fn apply(mut bytes: Vec<u8>, edit: &Edit) -> Vec<u8> {
    let place = |at: usize| at % (bytes.len() + 1);
    match edit {
        Edit::Set(at, byte) => {
            let at = place(*at);
            if let Some(there) = bytes.get_mut(at) {
                *there = *byte;
            }
        }
        Edit::Flip(at, bit) => {
            let at = place(*at);
            if let Some(there) = bytes.get_mut(at) {
                *there ^= 1 << bit;
            }
        }
        Edit::Remove(at, length) => {
            let at = place(*at);
            let until = bytes.len().min(at + length);
            bytes.drain(at..until);
        }
        Edit::Insert(at, more) => {
            let at = place(*at);
            bytes.splice(at..at, more.iter().copied());
        }
        Edit::Double(at, length) => {
            let at = place(*at);
            let part = bytes[at..bytes.len().min(at + length)].to_vec();
            bytes.splice(at..at, part);
        }
    }
    bytes
}

/// Noise, or one of these with up to a few changes.
pub fn bytes_like(genuine: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changed = (proptest::sample::select(genuine), vec(edit(), 0..5))
        .prop_map(|(genuine, edits)| edits.iter().fold(genuine, apply));
    prop_oneof![1 => vec(byte(), 0..LONG), 3 => changed]
}

/// The same, as text; what is no UTF-8 is replaced.
pub fn text_like(genuine: &[&str]) -> impl Strategy<Value = String> + use<> {
    let genuine = genuine.iter().map(|text| text.as_bytes().to_vec()).collect();
    let changed = bytes_like(genuine).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    prop_oneof![3 => changed, 1 => ".{0,80}"]
}
