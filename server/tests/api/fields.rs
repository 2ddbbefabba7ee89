//! What can be typed into the fields of the confirmation page, and is no address.

use std::fmt::Write as _;

use reqwest::StatusCode;

use crate::orders::json;
use crate::support::{Shop, with};

crate::on_all_stores!(
    every_field_that_is_not_good_is_named_and_kept_and_the_token_stays_good,
    mi_11_odd_characters_are_stored_as_typed_and_shown_as_text,
);

const FIELDS: [(&str, &str); 6] = [
    ("name", "Full name"),
    ("email", "E-mail"),
    ("street", "Street and number"),
    ("postcode", "Postal code"),
    ("city", "Town or city"),
    ("country", "Country"),
];

/// What is good in no field, and what the shop says about it.
fn never_good() -> Vec<(String, &'static str)> {
    [
        ("", "please fill this in."),
        (" \t ", "please fill this in."),
        ("\u{200b}\u{feff}", "please fill this in."),
        ("a\nb", "please leave out line breaks and control characters."),
        ("a\u{0}b", "please leave out line breaks and control characters."),
        ("a\u{2028}b", "please leave out line breaks and control characters."),
    ]
    .into_iter()
    .map(|(typed, said)| (typed.to_owned(), said))
    .chain([
        ("x".repeat(201), "please write this shorter."),
        ("é".repeat(5_000), "please write this shorter."),
        ("</script><script>".repeat(20), "please write this shorter."),
    ])
    .collect()
}

/// As it stands in an attribute.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => write!(escaped, "{other}").expect("a text grows"),
        }
        escaped
    })
}

async fn every_field_that_is_not_good_is_named_and_kept_and_the_token_stays_good(shop: Shop) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    for (field, label) in FIELDS {
        let mut bad = never_good();
        if field == "email" {
            let not_an_email = "please write it as name@example.org.";
            bad.extend(
                ["ada", "ada@example", "a b@example.org", "a\u{200b}@example.org"]
                    .map(|typed| (typed.to_owned(), not_an_email)),
            );
        }
        for (typed, said) in bad {
            let fields = with(&form, field, &typed);
            let answer = visitor.submit(&page, &fields).await;
            let shown: String = typed.chars().take(20).collect();
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{field} {shown:?}");
            let html = answer.text().await.expect("a page");
            assert!(html.contains(&format!("{label}: {said}")), "{field} {shown:?}");
            assert!(
                html.contains(&format!("href=\"#{field}\"")),
                "{field} {shown:?} is linked to"
            );
            assert!(html.contains("<title>Error: "), "{field} {shown:?}");
            assert!(
                html.contains(&format!("value=\"{}\"", escaped(&typed))),
                "{field} {shown:?} is kept"
            );
            assert!(
                html.contains("value=\"Ada Lovelace\"") || field == "name",
                "the others are kept"
            );
        }
    }
    let huge = with(&form, "street", &"x".repeat(1_000_000));
    assert_eq!(
        visitor.submit(&page, &huge).await.status(),
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(shop.count_orders().await, 0);
    assert_eq!(visitor.submit(&page, &form).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(shop.count_orders().await, 1);
}

async fn mi_11_odd_characters_are_stored_as_typed_and_shown_as_text(shop: Shop) {
    for odd in [
        "</script><script>alert(1)</script>",
        "\u{202e}مدينة\u{200b} 🏙",
        "👩\u{200d}🚀 Ada",
        "' OR 1=1 --; \\ %00 ${x} {{y}}",
        "\"><img src=x onerror=alert(1)>",
    ] {
        let visitor = shop.visitor();
        let page = visitor.buy_now("linen-notebook").await;
        let form = with(&visitor.form(&page).await, "name", odd);
        let placed = json(visitor.call(&form).await).await;
        let receipt = placed["url"].as_str().expect("a receipt").to_owned();
        let html = visitor.get(&receipt).await.text().await.expect("a page");
        let shown = escaped(odd).replace("&quot;", "\"");
        assert!(html.contains(&format!("<bdi>{shown}</bdi>")), "{odd:?}: {html}");
        assert!(
            !html.contains("<script>alert") && !html.contains("<img src=x"),
            "{odd:?}"
        );
    }
}
