use super::*;
use crate::cart::Quantity;
use crate::money::{Currency, Money};
use crate::quote::{Quote, QuoteLine};

mod malformed;

fn key(id: u8) -> Key {
    Key { id, secret: [id; 32] }
}

fn intent() -> Intent {
    Intent {
        shopper: ShopperId::from_uuid(Uuid::from_u128(1)),
        cart: CartId(Uuid::from_u128(2)),
        fingerprint: Fingerprint([3; 32]),
    }
}

fn ring() -> KeyRing {
    KeyRing::new(key(1), vec![])
}

fn token() -> OrderToken {
    ring().sign(
        Uuid::from_u128(9),
        &intent(),
        Timestamp::from_unix_ms(1_700_000_000_123),
    )
}

#[test]
fn a_token_survives_the_wire() {
    let wire = token().to_wire();
    assert_eq!(wire.len(), 86);
    let back = OrderToken::parse(&wire).expect("well-formed");
    assert_eq!(back, token());
    assert_eq!(back.expires_at().unix_ms, 1_700_000_000_123);
    assert_eq!(ring().verify(&back, &intent()), Ok(()));
}

#[test]
fn every_changed_bit_is_refused() {
    let good = token();
    for bit in 0..BYTES * 8 {
        let mut forged = good.clone();
        forged.0[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(ring().verify(&forged, &intent()), Err(TokenError::Refused), "bit {bit}");
    }
}

/// Whoever knows an id, a digest or all of the signed part has nothing.
#[test]
fn se_22_an_id_without_its_mac_is_no_capability() {
    let good = token();
    let forged = |change: &dyn Fn(&mut [u8; BYTES])| {
        let mut forged = good.clone();
        change(&mut forged.0);
        ring().verify(&forged, &intent())
    };
    let elsewhere = KeyRing::new(Key { id: 1, secret: [9; 32] }, vec![]);
    let foreign = elsewhere.sign(Uuid::from_u128(9), &intent(), good.expires_at());
    let another = ring().sign(Uuid::from_u128(8), &intent(), good.expires_at());
    assert_eq!(forged(&|_| ()), Ok(()));
    for (what, mac) in [
        ("nothing", [0; MAC_BYTES]),
        ("ones", [0xFF; MAC_BYTES]),
        ("the signed part", good.0[..MAC_BYTES].try_into().expect("24 bytes")),
        (
            "another secret's",
            foreign.0[SIGNED_BYTES..].try_into().expect("24 bytes"),
        ),
        ("another id's", another.0[SIGNED_BYTES..].try_into().expect("24 bytes")),
    ] {
        let answer = forged(&|bytes| bytes[SIGNED_BYTES..].copy_from_slice(&mac));
        assert_eq!(answer, Err(TokenError::Refused), "the MAC is {what}");
    }
    let id = Uuid::from_u128(9);
    let signed = URL_SAFE_NO_PAD.encode(&good.0[..SIGNED_BYTES]);
    for text in [
        id.to_string(),
        id.simple().to_string(),
        good.digest().to_string(),
        signed,
    ] {
        assert_eq!(OrderToken::parse(&text), Err(TokenError::Malformed), "{text}");
    }
}

#[test]
fn tk_08_a_token_of_someone_else_is_refused_and_stays_good() {
    let stranger = Intent {
        shopper: ShopperId::from_uuid(Uuid::from_u128(99)),
        ..intent()
    };
    assert_eq!(ring().verify(&token(), &stranger), Err(TokenError::Refused));
    assert_eq!(ring().verify(&token(), &intent()), Ok(()));
}

#[test]
fn tk_09_a_token_of_another_cart_is_a_mismatch() {
    let other_cart = Intent {
        cart: CartId(Uuid::from_u128(99)),
        ..intent()
    };
    assert_eq!(ring().verify(&token(), &other_cart), Err(TokenError::Mismatch));
}

fn quote() -> Quote {
    let unit_price = Money::new(1250, Currency::Eur);
    Quote {
        cart: intent().cart,
        cart_version: 3,
        lines: vec![QuoteLine {
            slug: "enamel-mug".parse().expect("a slug"),
            quantity: Quantity::try_from(2).expect("a quantity"),
            unit_price,
        }],
        total: Money::new(2500, Currency::Eur),
    }
}

fn agreed_to(quote: &Quote) -> Intent {
    Intent {
        fingerprint: quote.fingerprint(),
        ..intent()
    }
}

fn edited_quotes() -> Vec<Quote> {
    let mut edited = Vec::new();
    let mut edit = |change: &dyn Fn(&mut Quote)| {
        let mut quote = quote();
        change(&mut quote);
        edited.push(quote);
    };
    for amount in [i64::MIN, -1250, -1, 0, 1, 1249, 1251, 125_000, i64::MAX] {
        edit(&|quote| quote.lines[0].unit_price.amount_minor = amount);
        edit(&|quote| quote.total.amount_minor = amount);
    }
    for currency in [Currency::Usd, Currency::Jpy, Currency::Kwd] {
        edit(&|quote| quote.lines[0].unit_price.currency = currency);
        edit(&|quote| quote.total.currency = currency);
    }
    for quantity in [1, 3, 10] {
        edit(&|quote| quote.lines[0].quantity = Quantity::try_from(quantity).expect("a quantity"));
    }
    for version in [0, 2, 4, u32::MAX] {
        edit(&|quote| quote.cart_version = version);
    }
    edit(&|quote| quote.lines[0].slug = "enamel-mu".parse().expect("a slug"));
    edit(&|quote| quote.lines.clear());
    edit(&|quote| quote.lines.push(quote.lines[0].clone()));
    edited
}

#[test]
fn tk_10_a_token_does_not_fit_an_edited_quote() {
    let token = ring().sign(Uuid::from_u128(9), &agreed_to(&quote()), Timestamp::default());
    assert_eq!(ring().verify(&token, &agreed_to(&quote())), Ok(()));
    for quote in edited_quotes() {
        assert_eq!(
            ring().verify(&token, &agreed_to(&quote)),
            Err(TokenError::Mismatch),
            "{quote:?}"
        );
    }
}

/// Both texts were computed from the layout by another program. A token outlives the server that made it: whoever
/// changes one of them refuses every page that is open.
#[test]
fn tokens_and_digests_are_what_the_layout_says() {
    let id = Uuid::from_u128(0x0192_AAAA_BBBB_7CCC_8DDD_EEEE_FFFF_0000);
    let token = ring().sign(id, &intent(), Timestamp::from_unix_ms(1_700_000_000_123));
    assert_eq!(
        token.to_wire(),
        "AQEBkqqqu7t8zI3d7u7__wAAAYvP5Wh7pWGcfT8ae70kH9lDrmFz8ixf55D2v7OK68RQRhfxt3tg_F683MHTiw"
    );
    assert_eq!(token.digest().to_string(), "0192aaaabbbb8aa49b218316607e8b86");
}

#[test]
fn a_digest_has_one_address() {
    let address = token().digest().to_string();
    assert_eq!(TokenDigest::parse(&address), Some(token().digest()));
    let hyphenated = token().digest().0.to_string();
    for other in ["", &address[1..], &hyphenated, &address.to_uppercase(), &"g".repeat(32)] {
        assert_eq!(TokenDigest::parse(other), None, "{other}");
    }
}

#[test]
fn a_key_ring_shows_no_secret() {
    assert_eq!(format!("{:?}", ring()), "KeyRing { signing: 1, .. }");
}

#[test]
fn keys_rotate() {
    let rotated = KeyRing::new(key(2), vec![key(1)]);
    assert_eq!(rotated.verify(&token(), &intent()), Ok(()));
    let retired = KeyRing::new(key(2), vec![]);
    assert_eq!(retired.verify(&token(), &intent()), Err(TokenError::Refused));
}

#[test]
fn a_digest_keeps_the_time_and_shows_nothing_else() {
    let id = Uuid::from_u128(0x0192_AAAA_BBBB_7CCC_8DDD_EEEE_FFFF_0000);
    let token = ring().sign(id, &intent(), Timestamp::default());
    let digest = token.digest().0;
    assert_eq!(digest.as_bytes()[..6], id.as_bytes()[..6]);
    assert_eq!(digest.get_version_num(), 8);
    assert_ne!(digest.as_bytes()[9..], id.as_bytes()[9..]);
    assert_eq!(format!("{token:?}"), "OrderToken(…)");
}
