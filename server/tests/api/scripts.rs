//! Whatever is typed, asked or sold stays text: in text, attributes, titles and JSON.

use crate::support::{Shop, Stores, location, with};

const PAYLOADS: [&str; 16] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "\" onfocus=\"alert(1)\" autofocus=\"",
    "' onfocus='alert(1)' autofocus='",
    " onfocus=alert(1) autofocus ",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "<svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "javascript:alert(1)//",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<meta http-equiv=refresh content=\"0;url=//evil.example\">",
    "\u{202E}<\u{200B}script>alert(1)</script>",
];

/// A tag, with its attributes as a browser reads them.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

/// The tags of a page. Scripts and styles are text until they end.
fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.starts_with("!--") {
            rest = rest.split_once("-->").map_or("", |(_, after)| after);
        } else if rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
            let (tag, after) = read_tag(rest);
            rest = match &*tag.name {
                raw @ ("script" | "style") => after.split_once(&format!("</{raw}")).map_or("", |(_, after)| after),
                _ => after,
            };
            tags.push(tag);
        }
    }
    tags
}

fn read_tag(text: &str) -> (Tag, &str) {
    let ends = |end: char| end.is_ascii_whitespace() || end == '>' || end == '/';
    let (name, mut rest) = text.split_at(text.find(ends).unwrap_or(text.len()));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|blank: char| blank.is_ascii_whitespace() || blank == '/');
        if rest.is_empty() || rest.starts_with('>') {
            break;
        }
        let (key, after) = rest.split_at(rest.find(|end| ends(end) || end == '=').unwrap_or(rest.len()));
        let (value, after) = match after.strip_prefix('=') {
            None => ("", after),
            Some(value) => match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                _ => value.split_at(
                    value
                        .find(|end: char| end.is_ascii_whitespace() || end == '>')
                        .unwrap_or(value.len()),
                ),
            },
        };
        attributes.push((key.to_ascii_lowercase(), value.to_owned()));
        rest = after;
    }
    let name = name.to_ascii_lowercase();
    (Tag { name, attributes }, rest.get(1..).unwrap_or_default())
}

/// Nothing runs but what carries the nonce of the answer.
fn is_harmless(html: &str, nonce: &str, what: &str) {
    assert!(html.contains("</html>"), "{what}: {html}");
    for Tag { name, attributes } in tags(html) {
        let attribute = |key: &str| {
            attributes
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| &**value)
        };
        if name == "script" {
            assert_eq!(attribute("nonce"), Some(nonce), "{what}: {html}");
        }
        assert!(
            !["iframe", "object", "embed", "base"].contains(&&*name),
            "{what}: <{name}>"
        );
        for (key, value) in &attributes {
            assert!(!key.starts_with("on"), "{what}: <{name} {key}={value}>");
            let is_address = ["href", "src", "action", "formaction"].contains(&&**key);
            let address = value.trim().to_ascii_lowercase();
            // `/offline` leads to wherever it is shown.
            let is_own = address.is_empty() || address.starts_with('/') || address.starts_with('#');
            assert!(!is_address || is_own, "{what}: <{name} {key}={value}>");
        }
        if name == "meta" && attribute("http-equiv") == Some("refresh") {
            assert!(!attribute("content").unwrap_or_default().contains("url"), "{what}");
        }
    }
}

async fn harmless(answer: reqwest::Response, what: &str) {
    let status = answer.status();
    assert!(!status.is_server_error(), "{what}: {status}");
    let policy = answer.headers()["content-security-policy"].to_str().expect("text");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
    let nonce = nonce.unwrap_or_default().to_owned();
    let kind = answer.headers()["content-type"].to_str().expect("text").to_owned();
    if kind.starts_with("text/html") {
        is_harmless(&answer.text().await.expect("a page"), &nonce, what);
    } else {
        assert_eq!(kind, "application/json", "{what}: no browser takes it for a page");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |encoded, byte| format!("{encoded}%{byte:02x}"))
}

#[test]
fn what_harms_is_seen() {
    for harmful in [
        "<p>a<script>alert(1)</script></p></html>",
        "<p title=\"a\" onfocus=\"alert(1)\"></p></html>",
        "<p title='a'onfocus=alert(1)></p></html>",
        "<a href=\" JavaScript:alert(1)\"></a></html>",
        "<title>a</title><svg/onload=alert(1)></html>",
        "<base href=//evil.example></html>",
    ] {
        let seen = std::panic::catch_unwind(|| is_harmless(harmful, "nonce", "harm"));
        assert!(seen.is_err(), "{harmful}");
    }
    is_harmless(
        "<p title=\"&quot; onfocus=\">&lt;script></p><script nonce=\"n\">a<b</script></html>",
        "n",
        "no harm",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_16_what_is_typed_is_shown_as_text() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    for payload in PAYLOADS {
        for (name, _) in &form {
            // The order must not stand, or the next page would be another one.
            let typed = with(&with(&form, "postcode", "far too long to be one"), name, payload);
            harmless(visitor.submit(&page, &typed).await, &format!("{name} {payload}")).await;
            harmless(visitor.call(&typed).await, &format!("{name} {payload}")).await;
        }
        for (path, names) in [
            ("/login", ["email", "password"]),
            ("/register", ["email", "password"]),
            ("/orders", ["number", "email"]),
            ("/cart/lines", ["slug", "quantity"]),
            ("/buy-now", ["quantity", "slug"]),
        ] {
            let fields = [(names[0], payload), (names[1], "enamel-mug")];
            harmless(visitor.post(path, &fields).await, &format!("{path} {payload}")).await;
        }
    }
    assert_eq!(shop.count_orders().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_16_what_is_asked_is_shown_as_text() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    for payload in PAYLOADS.map(encoded) {
        for path in [
            format!("/{payload}"),
            format!("/?{payload}"),
            format!("/?a={payload}"),
            format!("/cart?removed={payload}"),
            format!("/cart?removed=enamel-mug+{payload}"),
            format!("{page}?was={payload}&notice={payload}"),
            format!("/products/{payload}"),
            format!("/orders/{payload}"),
            format!("/checkout/{payload}"),
            format!("/checkout/status/{payload}"),
            format!("/api/status/{payload}"),
        ] {
            harmless(visitor.get(&path).await, &path).await;
        }
        let answer = visitor.asking("/").header("accept-language", &payload).send().await;
        harmless(answer.expect("an answer"), "accept-language").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_16_what_is_sold_and_who_buys_is_shown_as_text() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let seller = shop.visitor();
    for (number, payload) in PAYLOADS.into_iter().enumerate() {
        let slug = format!("harmful-{number}");
        shop.add_product(&slug).await;
        shop.rename_product(&slug, payload).await;
        let visitor = shop.visitor();
        let page = visitor.get(&format!("/products/{slug}")).await;
        if number == 0 {
            assert!(
                visitor
                    .text(&format!("/products/{slug}"))
                    .await
                    .contains("<title>&lt;script&gt;alert(1)&lt;/script&gt; – Once<"),
                "a title is escaped once"
            );
        }
        harmless(page, payload).await;
        visitor.post("/cart/lines", &[("slug", &slug), ("quantity", "1")]).await;
        harmless(visitor.get("/cart").await, payload).await;
        let page = visitor.buy_now(&slug).await;
        harmless(visitor.get(&page).await, payload).await;
        let form = with(&visitor.form(&page).await, "name", payload);
        let form = with(&form, "street", payload);
        let placed = visitor.submit(&page, &form).await;
        harmless(visitor.get(&location(&placed)).await, payload).await;
        harmless(visitor.get("/orders").await, payload).await;
        harmless(visitor.get(&page).await, payload).await;
    }
    harmless(seller.get("/").await, "the catalogue").await;
    assert_eq!(shop.count_orders().await, i64::try_from(PAYLOADS.len()).expect("few"));
}

/// Texts that would end a statement if they were part of one. They are looked for, and not found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_28_what_is_typed_is_never_part_of_a_statement() {
    for stores in [Stores::SqliteAndMemory, Stores::PostgresAndRedis] {
        let shop = Shop::open(stores).await;
        let visitor = shop.visitor();
        let page = visitor.buy_now("enamel-mug").await;
        let form = visitor.form(&page).await;
        for payload in [
            "' OR '1'='1",
            "' OR 1=1 --",
            "'; DROP TABLE orders; --",
            "'; DELETE FROM carts; SELECT '",
            "' UNION SELECT email, password_hash FROM accounts --",
            "\\'; SELECT pg_sleep(5); --",
            "1; ATTACH DATABASE 'x' AS y",
            "enamel-mug'/**/AND/**/'1'='1",
            "$1",
            "%' ESCAPE '",
        ] {
            let text = encoded(payload);
            for path in [
                format!("/products/{text}"),
                format!("/orders/{text}"),
                format!("/checkout/{text}"),
                format!("/api/status/{text}"),
            ] {
                let status = visitor.get(&path).await.status();
                assert_eq!(status, 404, "{path}");
            }
            for (path, name) in [("/cart/lines", "slug"), ("/buy-now", "slug")] {
                let status = visitor.post(path, &[(name, payload), ("quantity", "1")]).await.status();
                assert_eq!(status, 404, "{path} {payload}");
            }
            for (name, status) in [("token", 400), ("cart", 400), ("quote", 400)] {
                let answer = visitor.call(&with(&form, name, payload)).await;
                assert_eq!(answer.status(), status, "{name} {payload}");
            }
            let found = shop
                .visitor()
                .post("/orders", &[("number", payload), ("email", payload)])
                .await;
            assert!(found.status().is_client_error(), "{payload}: {}", found.status());
            let entered = shop
                .visitor()
                .post("/login", &[("email", payload), ("password", payload)])
                .await;
            assert!(entered.status().is_client_error(), "{payload}: {}", entered.status());
        }
        assert_eq!(shop.count_orders().await, 0, "the table is still there");
        // As an address, it is an address.
        let typed = with(&form, "street", "'; DROP TABLE orders; --");
        let placed = visitor.submit(&page, &typed).await;
        let receipt = visitor.text(&location(&placed)).await;
        assert!(receipt.contains("'; DROP TABLE orders; --"), "{receipt}");
        assert_eq!(shop.count_orders().await, 1);
    }
}
