//! Bodies, cookies and addresses of requests, through the whole shop.

use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestCaseResult};

use super::kept;
use crate::inputs::{bytes_like, text_like};
use crate::run::{Amount, Outcome, must, run};
use crate::shop::{Answer, FORM, JSON, Shop};

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

/// What takes JSON, or could be taken to.
const JSON_WAYS: [&str; 3] = ["/api/submit_order", "/api/open_checkout", "/api/v1/orders"];

/// No answer is the server's own fault, and none tells what the server is made of.
fn civil(answer: anyhow::Result<Answer>) -> TestCaseResult {
    let answer = answer.map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
    must(answer.status < 500, || format!("{}: {}", answer.status, answer.body))?;
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
        civil(shop.post(path, FORM, body))
    })
}

/// JSON, also where none is taken.
pub(super) fn json_body(amount: Amount, shop: &Shop) -> Outcome {
    let order: std::collections::BTreeMap<_, _> = shop.fields.iter().cloned().collect();
    let genuine = vec![
        serde_json::json!({ "order": &order }).to_string().into_bytes(),
        serde_json::json!(&order).to_string().into_bytes(),
        b"{\"quantity\":1e309,\"a\":[[[[[[[[]]]]]]]]}".to_vec(),
    ];
    let inputs = (proptest::sample::select(JSON_WAYS.to_vec()), bytes_like(genuine));
    run(kept!("json-body"), &inputs, amount, |(path, body)| {
        civil(shop.post(path, JSON, body))
    })
}

/// A cookie that was changed is nobody's: the page of orders shows none of the shopper's carts.
pub(super) fn cookie(amount: Amount, shop: &Shop) -> Outcome {
    let genuine = vec![
        shop.cookie.clone().into_bytes(),
        format!("{}; language=de", shop.cookie).into_bytes(),
        b"once_session=; once_session=".to_vec(),
    ];
    run(kept!("cookie"), &bytes_like(genuine), amount, |cookie| {
        let answer = shop.get(&shop.page, &cookie);
        let Some(answer) = answer.map_err(|error| TestCaseError::fail(format!("{error:#}")))? else {
            return Ok(());
        };
        // Others' confirmation pages are not found; one's own is shown.
        let holds = cookie
            .windows(shop.cookie.len())
            .any(|part| part == shop.cookie.as_bytes());
        must(answer.status != 200 || holds, || {
            "a changed cookie was taken for the shopper's".to_owned()
        })?;
        civil(Ok(answer))
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
        answer.map_or(Ok(()), |answer| civil(Ok(answer)))
    })
}
