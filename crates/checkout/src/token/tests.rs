use super::*;

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
fn text_that_is_no_token_is_malformed() {
    let wire = token().to_wire();
    let bad = [
        String::new(),
        wire[1..].to_owned(),
        format!("{wire}A"),
        format!("{wire}=="),
        format!("+{}", &wire[1..]),
        format!("C{}", &wire[1..]),
        "ü".repeat(43),
        "A".repeat(65_536),
    ];
    for text in bad {
        assert_eq!(
            OrderToken::parse(&text).err(),
            Some(TokenError::Malformed),
            "{text:.90}"
        );
    }
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

#[test]
fn another_shopper_is_refused_and_another_quote_is_a_mismatch() {
    let stranger = Intent {
        shopper: ShopperId::from_uuid(Uuid::from_u128(99)),
        ..intent()
    };
    assert_eq!(ring().verify(&token(), &stranger), Err(TokenError::Refused));
    let cart = Intent {
        cart: CartId(Uuid::from_u128(99)),
        ..intent()
    };
    assert_eq!(ring().verify(&token(), &cart), Err(TokenError::Mismatch));
    let quote = Intent {
        fingerprint: Fingerprint([4; 32]),
        ..intent()
    };
    assert_eq!(ring().verify(&token(), &quote), Err(TokenError::Mismatch));
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
