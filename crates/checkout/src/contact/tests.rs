use super::*;

fn filled() -> ContactForm {
    ContactForm {
        name: "Ada Lovelace".into(),
        email: "ada@example.org".into(),
        street: "12 St James's Square".into(),
        postcode: "SW1Y 4JH".into(),
        city: "London".into(),
        country: "United Kingdom".into(),
    }
}

fn slot(form: &mut ContactForm, field: Field) -> &mut String {
    match field {
        Field::Name => &mut form.name,
        Field::Email => &mut form.email,
        Field::Street => &mut form.street,
        Field::Postcode => &mut form.postcode,
        Field::City => &mut form.city,
        Field::Country => &mut form.country,
    }
}

/// A filled form, with `text` in `field`.
fn typed(field: Field, text: String) -> ContactForm {
    let mut form = filled();
    *slot(&mut form, field) = text;
    form
}

#[test]
fn every_empty_field_is_named() {
    let errors = Contact::parse(&ContactForm::default()).expect_err("nothing typed");
    assert_eq!(errors.iter().map(|error| error.field).collect::<Vec<_>>(), Field::ALL);
    assert!(errors.iter().all(|error| error.problem == FieldProblem::Missing));
}

#[test]
fn every_field_takes_what_fits_and_not_one_byte_more() {
    for (field, most) in [
        (Field::Name, 120),
        (Field::Street, 200),
        (Field::Postcode, 16),
        (Field::City, 120),
        (Field::Country, 120),
    ] {
        let with = |bytes| Contact::parse(&typed(field, "x".repeat(bytes)));
        assert!(with(most).is_ok(), "{field:?}");
        let problem = FieldProblem::TooLong;
        assert_eq!(with(most + 1), Err(vec![FieldError { field, problem }]));
    }
    let longest = format!("{}@example.org", "x".repeat(188));
    assert!(Contact::parse(&typed(Field::Email, longest.clone())).is_ok());
    assert!(Contact::parse(&typed(Field::Email, format!("x{longest}"))).is_err());
}

#[test]
fn a_field_has_the_name_that_the_form_sends() {
    let names = Field::ALL.map(Field::name);
    assert_eq!(names, ["name", "email", "street", "postcode", "city", "country"]);
    for field in Field::ALL {
        assert_eq!(field.of(&typed(field, "typed".into())), "typed", "{field:?}");
    }
}

#[test]
fn a_problem_has_the_name_that_stands_in_json() {
    let names = FieldProblem::ALL.map(FieldProblem::name);
    assert_eq!(names, ["missing", "too_long", "forbidden", "not_an_email"]);
}

#[test]
fn a_filled_form_is_trimmed_and_kept() {
    let mut padded = filled();
    for field in Field::ALL {
        *slot(&mut padded, field) = format!("\t {} \n", field.of(&filled()));
    }
    assert_eq!(Contact::parse(&padded).expect("a contact").form(), &filled());
}

#[test]
fn what_shows_nothing_is_missing_and_is_kept_between_other_characters() {
    for blank in [
        " ",
        "\u{200b}",
        "\u{200d}\u{feff} \u{2060}",
        "\u{3164}",
        "\u{202e}\u{2066}",
        "\u{ad}",
    ] {
        let problem = Contact::parse(&typed(Field::Name, blank.into())).expect_err(blank)[0].problem;
        assert_eq!(problem, FieldProblem::Missing, "{blank:?}");
    }
    for name in ["می\u{200c}خواهم", "👩\u{200d}🚀 Ada", "\u{202e}Ada\u{202c}"] {
        let contact = Contact::parse(&typed(Field::Name, name.into())).expect(name);
        assert_eq!(contact.form().name, name);
    }
}

#[test]
fn wrong_forms_are_told_apart() {
    let with = |change: fn(&mut ContactForm)| {
        let mut form = filled();
        change(&mut form);
        Contact::parse(&form).map_err(|errors| errors[0].problem).err()
    };
    assert_eq!(with(|form| form.city = "x".repeat(121)), Some(FieldProblem::TooLong));
    assert_eq!(with(|form| form.city = "a\nb".into()), Some(FieldProblem::Forbidden));
    assert_eq!(
        with(|form| form.city = "a\u{2028}b".into()),
        Some(FieldProblem::Forbidden)
    );
    assert_eq!(with(|form| form.city = "مدينة 🏙".into()), None);
    for bad in [
        "ada",
        "@example.org",
        "ada@example",
        "ada@.org",
        "ada@example.",
        "a@b@c.org",
        "a b@c.org",
        "a\u{200b}b@c.org",
        "a\u{a0}b@c.org",
    ] {
        let problem = Contact::parse(&typed(Field::Email, bad.into())).expect_err(bad)[0].problem;
        assert_eq!(problem, FieldProblem::NotAnEmail, "{bad}");
    }
}
