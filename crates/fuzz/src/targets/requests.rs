//! Bodies, cookies and addresses of requests, through the whole shop.

use std::collections::BTreeMap;

use percent_encoding::percent_decode;
use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::test_runner::{TestCaseError, TestCaseResult};
use serde_json::json;

use super::kept;
use crate::inputs::{bytes_like, text_like};
use crate::run::{Amount, Outcome, must, run};
use crate::shop::{Answer, FORM, Shop};

/// Everything that takes a form.
const FORMS: [&str; 10] = [
    "/api/submit_order",
    "/api/open_checkout",
    "/buy-now",
    "/cart/lines",
    "/cart/lines/enamel-mug",
    "/login",
    "/register",
    "/orders",
    "/language",
    "/checkout/0190f5fe-0000-7000-8000-000000000000",
];

/// What may only be tried a few times a minute, whatever the settings say.
const GUESSES: [&str; 4] = ["/login", "/register", "/orders", "/api/v1/look-ups"];

/// No answer is the server's own fault, and none tells what the server is made of.
fn civil(path: &str, answer: anyhow::Result<Answer>) -> TestCaseResult {
    let answer = answer.map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
    must(answer.status < 500, || format!("{}: {}", answer.status, answer.body))?;
    // Or else nobody read what was sent.
    must(answer.status != 429 || GUESSES.contains(&path), || {
        format!("{path} is throttled: {}", answer.body)
    })?;
    for inside in ["serde", "panicked", "sqlx", "SELECT ", "missing field", "invalid type"] {
        must(!answer.body.contains(inside), || {
            format!("it says {inside:?}: {}", answer.body)
        })?;
    }
    Ok(())
}

fn encoded(shop: &Shop, nested: bool) -> String {
    let escaped = |text: &str| {
        let byte = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        };
        text.bytes().map(byte).collect::<String>()
    };
    let field = |(name, value): &(String, String)| {
        let name = if nested { format!("order[{name}]") } else { name.clone() };
        format!("{}={}", escaped(&name), escaped(value))
    };
    shop.fields.iter().map(field).collect::<Vec<_>>().join("&")
}

/// Forms.
pub(super) fn form_body(amount: Amount, shop: &Shop) -> Outcome {
    let genuine = vec![
        encoded(shop, true).into_bytes(),
        encoded(shop, false).into_bytes(),
        b"slug=enamel-mug&quantity=1".to_vec(),
        b"email=ada%40example.org&password=correct+horse+battery".to_vec(),
        b"order[[[[[a]]]]]=1&order[][][]=2&order[x][y][z]=3".to_vec(),
    ];
    // A password that is read costs what it is meant to cost: these two are asked less often.
    let path = prop_oneof![
        20 => proptest::sample::select(FORMS.to_vec()).prop_filter("slow", |path| !["/login", "/register"].contains(path)),
        1 => proptest::sample::select(vec!["/login", "/register"])
    ];
    let inputs = (path, bytes_like(genuine));
    run(kept!("form-body"), &inputs, amount, |(path, body)| {
        civil(path, shop.post(path, FORM, body))
    })
}

/// JSON: to the API, and where none is taken.
pub(super) fn json_body(amount: Amount, shop: &Shop) -> Outcome {
    let order: BTreeMap<_, _> = shop.fields.iter().cloned().collect();
    let cart = &shop.checkout["quote"]["cart"];
    let line = format!("/api/v1/carts/{}/lines/enamel-mug", cart.as_str().unwrap_or_default());
    let ways = [
        ("/api/submit_order".to_owned(), json!({ "order": &order })),
        ("/api/open_checkout".to_owned(), json!({ "cart": cart })),
        (
            "/api/v1/carts".to_owned(),
            json!({ "slug": "enamel-mug", "quantity": 1 }),
        ),
        (line, json!({ "quantity": 1 })),
        ("/api/v1/checkouts".to_owned(), json!({ "cart": cart })),
        ("/api/v1/orders".to_owned(), shop.order.clone()),
        (
            "/api/v1/look-ups".to_owned(),
            json!({ "number": "VZZ-Y000", "email": "ada@example.org" }),
        ),
    ];
    let inputs = Union::new(ways.map(|(path, body)| {
        let deep = b"{\"quantity\":1e309,\"a\":[[[[[[[[]]]]]]]]}".to_vec();
        let bodies = bytes_like(vec![body.to_string().into_bytes(), deep]);
        bodies.prop_map(move |body| (path.clone(), body)).boxed()
    }));
    let key = shop.checkout["token"].as_str().unwrap_or_default().as_bytes();
    run(kept!("json-body"), &inputs, amount, |(path, body)| {
        civil(&path, shop.send_json(&path, key, body))
    })
}

/// Idempotency keys: one that was changed is no key of an order.
pub(super) fn idempotency_key(amount: Amount, shop: &Shop) -> Outcome {
    let token = shop.checkout["token"].as_str().unwrap_or_default();
    let genuine = vec![token.into(), format!("\"{token}\"").into_bytes(), b"\"\", \"".to_vec()];
    run(kept!("idempotency-key"), &bytes_like(genuine), amount, |key| {
        let path = "/api/v1/orders";
        let answer = shop.send_json(path, &key, shop.order.to_string().into_bytes());
        let whole = key.windows(token.len()).any(|part| part == token.as_bytes());
        if let Ok(answer) = &answer {
            must(answer.status >= 400 || whole, || {
                "a changed key placed an order".to_owned()
            })?;
        }
        civil(path, answer)
    })
}

/// A cookie that was changed is nobody's: the page of orders shows none of the shopper's carts.
pub(super) fn cookie(amount: Amount, shop: &Shop) -> Outcome {
    let genuine = vec![
        shop.cookie.clone().into_bytes(),
        format!("{}; language=de", shop.cookie).into_bytes(),
        b"once_session=; once_session=".to_vec(),
    ];
    let (_, signed) = shop.cookie.split_once('=').unwrap_or_default();
    let own: Vec<_> = percent_decode(signed.as_bytes()).collect();
    run(kept!("cookie"), &bytes_like(genuine), amount, |cookie| {
        let answer = shop.get(&shop.page, &cookie);
        let Some(answer) = answer.map_err(|error| TestCaseError::fail(format!("{error:#}")))? else {
            return Ok(());
        };
        // Others' confirmation pages are not found; one's own is shown. A letter is the same however it is
        // escaped, and blanks around the name are none of it: what may not be changed is the signed value.
        let decoded: Vec<_> = percent_decode(&cookie).collect();
        let holds = decoded.windows(own.len()).any(|part| part == own);
        must(answer.status != 200 || holds, || {
            "a changed cookie was taken for the shopper's".to_owned()
        })?;
        civil(&shop.page, Ok(answer))
    })
}

/// Addresses.
pub(super) fn path(amount: Amount, shop: &Shop) -> Outcome {
    let genuine = [
        shop.page.as_str(),
        "/products/enamel-mug?x=1",
        "/api/status/0190f5fe00007000a000000000000000",
        "/checkout/status/0190f5fe00007000a000000000000000",
        "/orders/0190f5fe-0000-7000-8000-000000000000",
        "/pkg/../../etc/passwd",
        "/pictures/%2e%2e/%2e%2e/Cargo.toml",
    ];
    run(kept!("path"), &text_like(&genuine), amount, |path| {
        if path.parse::<axum::http::Uri>().is_err() || !path.starts_with('/') {
            return Ok(());
        }
        let answer = shop.get(&path, shop.cookie.as_bytes());
        let answer = answer.map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
        answer.map_or(Ok(()), |answer| civil(&path, Ok(answer)))
    })
}
