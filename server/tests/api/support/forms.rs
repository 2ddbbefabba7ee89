//! What a confirmation page sends, and what answers it.

use reqwest::Response;

/// What a confirmation page sends.
pub type Fields = Vec<(String, String)>;

/// The form of this confirmation page, filled.
pub fn form_of(html: &str) -> Fields {
    let hidden = ["token", "cart", "quote", "shown_total", "repeat"].map(|name| {
        let value = hidden(html, name).unwrap_or_else(|| panic!("no {name} in {html}"));
        (name.to_owned(), value)
    });
    let typed = [
        ("name", "Ada Lovelace"),
        ("email", "ada@example.org"),
        ("street", "12 St James's Square"),
        ("postcode", "SW1Y 4JH"),
        ("city", "London"),
        ("country", "United Kingdom"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    hidden.into_iter().chain(typed).collect()
}

/// The field, with another value.
pub fn with(fields: &Fields, name: &str, value: &str) -> Fields {
    let mut fields = fields.clone();
    fields
        .iter_mut()
        .find(|field| field.0 == name)
        .expect("the field is there")
        .1
        .replace_range(.., value);
    fields
}

pub fn value<'a>(fields: &'a Fields, name: &str) -> &'a str {
    &fields
        .iter()
        .find(|field| field.0 == name)
        .expect("the field is there")
        .1
}

pub fn location(answer: &Response) -> String {
    let location = answer.headers().get("location").expect("a location");
    location.to_str().expect("an address").to_owned()
}

fn hidden(html: &str, name: &str) -> Option<String> {
    let input = html
        .split("<input ")
        .find(|input| input.contains(&format!("name=\"{name}\"")))?;
    let (_, value) = input.split_once("value=\"")?;
    value.split_once('"').map(|(value, _)| value.to_owned())
}
