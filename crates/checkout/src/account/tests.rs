use super::*;

fn email(typed: &str) -> EmailAddress {
    EmailAddress::parse(typed).expect(typed)
}

#[test]
fn spellings_of_one_address_have_one_key() {
    let plain = email("ada@example.org");
    for other in ["ADA@example.org", " Ada@EXAMPLE.Org\n", "ada@Example.ORG"] {
        assert_eq!(email(other).key(), plain.key(), "{other}");
    }
    assert_eq!(email(" Ada@EXAMPLE.Org ").as_str(), "Ada@example.org");
    assert_eq!(
        email("jose\u{301}@example.org").key(),
        email("jos\u{e9}@example.org").key()
    );
    assert_ne!(email("ada@example.org").key(), email("ada@example.net").key());
}

#[test]
fn an_address_that_is_none_or_hides_something_is_refused() {
    for (typed, problem) in [
        ("", FieldProblem::Missing),
        (" \t", FieldProblem::Missing),
        ("ada", FieldProblem::NotAnEmail),
        ("ada@localhost", FieldProblem::NotAnEmail),
        ("a\u{0}da@example.org", FieldProblem::Forbidden),
        ("ada\u{200B}@example.org", FieldProblem::NotAnEmail),
        ("\u{202E}ada@example.org", FieldProblem::NotAnEmail),
        ("ada\u{A0}x@example.org", FieldProblem::NotAnEmail),
    ] {
        assert_eq!(EmailAddress::parse(typed), Err(problem), "{typed:?}");
    }
    let long = format!("{}@example.org", "x".repeat(189));
    assert_eq!(EmailAddress::parse(&long), Err(FieldProblem::TooLong));
    assert_eq!(
        EmailAddress::parse("مثال@example.org").map(|email| email.key().to_owned()),
        Ok("مثال@example.org".into())
    );
}

#[test]
fn a_password_is_judged_by_its_length_and_not_by_its_composition() {
    let ada = email("ada@example.org");
    let choose = |typed: &str| Password::choose(typed, &ada).err();
    for good in [
        "correct horse",
        "12345679",
        "пароль-пароль",
        "🔑🗝🔒🔓🔏🔐🚪🏠",
        &"ab".repeat(64),
    ] {
        assert_eq!(choose(good), None, "{good}");
    }
    assert_eq!(choose(""), Some(PasswordProblem::Missing));
    assert_eq!(choose("1234567"), Some(PasswordProblem::TooShort));
    assert_eq!(
        choose("🔑🗝🔒🔓"),
        Some(PasswordProblem::TooShort),
        "characters count, not bytes"
    );
    assert_eq!(choose(&"ab".repeat(65)), Some(PasswordProblem::TooLong));
    assert_eq!(choose("aaaaaaaaAAAA"), Some(PasswordProblem::TooEasy));
    assert_eq!(choose("Ada@Example.org"), Some(PasswordProblem::TooEasy));
}

#[test]
fn two_keyboards_write_one_password() {
    let typed = |text| Password::enter(text).expect("a password");
    assert_eq!(typed("cafe\u{301} noir").as_bytes(), typed("caf\u{e9} noir").as_bytes());
}

#[test]
fn a_session_is_known_by_a_digest_of_its_own() {
    let digest = |byte| SessionSecret::from_bytes([byte; 32]).digest();
    assert_eq!(digest(1), digest(1));
    assert_ne!(digest(1), digest(2));
    assert_ne!(digest(1).0, [1; 32]);
}

#[test]
fn se_24_no_secret_is_printed() {
    let password = Password::enter("canary-password").expect("a password");
    let hash = PasswordHash::from_phc("$argon2id$canary".into());
    let secret = SessionSecret::from_bytes(*b"canarycanarycanarycanarycanaryca");
    let printed = format!("{password:?} {hash:?} {secret:?}");
    assert_eq!(printed, "Password(…) PasswordHash(…) SessionSecret(…)");
}
