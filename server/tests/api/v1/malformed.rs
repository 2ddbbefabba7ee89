//! What can not be read: refused by what it is, and nothing of it or of a parser is repeated.

use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};

use super::Api;
use super::client::{Answer, body, quoted};
use crate::support::{Shop, Stores};

/// Words that only a parser, a database or a path would bring.
const NEVER_TOLD: [&str; 8] = [
    "serde",
    "expected",
    "column",
    "missing field",
    "unknown field",
    "SELECT",
    "script",
    "canary",
];

fn tells_nothing(problem: &Value) {
    let text = problem.to_string();
    for word in NEVER_TOLD {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

async fn post(api: &Api, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = api.request(Method::POST, path).header("content-type", content_type);
    Answer::of(request.body(body)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mi_01_bodies_of_the_wrong_shape_are_400_without_a_word_of_the_parser() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let api = Api::new(&shop).await;
    let checkout = api.checkout_of("enamel-mug").await;
    let good = body(&checkout).to_string();
    let mut orders: Vec<Vec<u8>> = [
        "",
        "null",
        "[]",
        "1",
        "{",
        "{}",
        "\u{feff}{}",
        "{\"quote\":{}}",
        "nul",
        "{\"a\":1}{\"a\":1}",
        "\"canary\"",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    orders.push(good.replacen('{', "{\"canary\":1,", 1).into_bytes());
    orders.push(good.replacen('{', "{\"contact\":{},", 1).into_bytes());
    orders.push(good.replace("\"quantity\":1", "\"quantity\":\"1\"").into_bytes());
    orders.push(good.replace("\"quantity\":1", "\"quantity\":1.5").into_bytes());
    orders.push(good.replace("\"quantity\":1", "\"quantity\":1e400").into_bytes());
    orders.push(
        good.replace("\"quantity\":1", "\"quantity\":99999999999999999999")
            .into_bytes(),
    );
    orders.push(good.replace("\"name\":\"Ada Lovelace\"", "\"name\":null").into_bytes());
    orders.push(good.replace("Ada Lovelace", "\\ud800").into_bytes());
    orders.push([b"\xff\xfe", good.as_bytes()].concat());
    for sent in orders {
        let request = api
            .request(Method::POST, "/api/v1/orders")
            .header("idempotency-key", quoted(&checkout));
        let request = request.header("content-type", "application/json");
        let shown = String::from_utf8_lossy(&sent).into_owned();
        let answer = Answer::of(request.body(sent)).await;
        assert_eq!(answer.status, 400, "{shown}");
        tells_nothing(&answer.is(400, "malformed"));
    }
    assert_eq!(shop.count_orders().await, 0);
    api.order(&checkout).await.has(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mi_03_deep_and_wide_bodies_are_400_or_413_at_once() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let api = Api::new(&shop).await;
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let deep_objects = format!("{}1{}", "{\"a\":".repeat(9_000), "}".repeat(9_000));
    let wide = format!("{{{}\"a\":1}}", "\"a\":1,".repeat(10_000));
    for sent in [deep, deep_objects, wide] {
        assert!(sent.len() < 64 * 1024);
        tells_nothing(
            &post(&api, "/api/v1/orders", "application/json", sent)
                .await
                .is(400, "malformed"),
        );
    }
    let keys = format!("{{{}\"a\":1}}", "\"a\":1,".repeat(100_000));
    tells_nothing(
        &post(&api, "/api/v1/carts", "application/json", keys)
            .await
            .is(413, "payload_too_large"),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mi_04_what_is_not_json_is_415() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let api = Api::new(&shop).await;
    let cart = json!({ "slug": "enamel-mug", "quantity": 1 }).to_string();
    for content_type in [
        "text/plain",
        "application/cbor",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        for path in [
            "/api/v1/carts",
            "/api/v1/checkouts",
            "/api/v1/orders",
            "/api/v1/look-ups",
        ] {
            let answer = post(&api, path, content_type, cart.clone()).await;
            answer.is(415, "unsupported_media_type");
        }
    }
    let without = Answer::of(api.request(Method::POST, "/api/v1/carts").body(cart.clone())).await;
    without.is(415, "unsupported_media_type");
    post(&api, "/api/v1/carts", "application/json; charset=utf-8", cart)
        .await
        .has(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_over_64_kb_is_413_whether_its_length_is_told_or_not() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let api = Api::new(&shop).await;
    let long = vec![b' '; 64 * 1024 + 1];
    post(&api, "/api/v1/orders", "application/json", long)
        .await
        .is(413, "payload_too_large");
    // In the last byte that is allowed, it is read, and is no JSON.
    let longest = vec![b' '; 64 * 1024];
    post(&api, "/api/v1/orders", "application/json", longest)
        .await
        .is(400, "malformed");
    let told = shop.announce("/api/v1/orders", 64 * 1024 + 1).await;
    assert!(told.starts_with("HTTP/1.1 413"), "{told}");
    let told = shop.in_chunks("/api/v1/orders", 70).await;
    assert!(told.starts_with("HTTP/1.1 413"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mi_13_an_address_without_anything_is_404_and_not_repeated() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let api = Api::new(&shop).await;
    for path in [
        "/api/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/api/canary",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v1/canary",
        "/api/v1/carts/canary",
        "/api/v1/carts/%00",
        "/api/v1/orders/%3Cscript%3E",
        "/api/v1/products/canary",
        "/api/v1/products/%F0%9F%9B%92",
        "/api/v1/attempts/canary",
        "/api/status/canary/canary",
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let answer = Answer::of(api.request(method.clone(), path)).await;
            let status = answer.status.as_u16();
            assert!(matches!(status, 404 | 405), "{method} {path}: {answer:?}");
            assert!(method != Method::GET || status == 404, "{path}");
            tells_nothing(&answer.body);
        }
    }
    let answer = api.get("/api/v1/products/%FF").await;
    tells_nothing(&answer.is(400, "malformed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_method_that_an_address_does_not_take_is_405_and_those_it_takes_are_named() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let api = Api::new(&shop).await;
    for (method, path, allowed) in [
        (Method::GET, "/api/v1/sessions", "POST"),
        (Method::GET, "/api/v1/orders", "POST"),
        (Method::PATCH, "/api/v1/orders", "POST"),
        (Method::POST, "/api/v1/products", "GET,HEAD"),
        (Method::PUT, "/api/v1/carts/x", "GET,HEAD"),
        (Method::GET, "/api/v1/carts/x/lines/y", "PUT,DELETE"),
        (Method::GET, "/api/submit_order", "POST"),
    ] {
        let answer = Answer::of(api.request(method, path)).await;
        let mut told: Vec<_> = answer.header("allow").split(',').collect();
        let mut expected: Vec<_> = allowed.split(',').collect();
        told.sort_unstable();
        expected.sort_unstable();
        assert_eq!(told, expected, "{path}");
        answer.is(405, "method_not_allowed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mi_06_headers_that_are_no_text_are_refused_and_never_repeated() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let api = Api::new(&shop).await;
    let checkout = api.checkout_of("enamel-mug").await;
    for bytes in [&b"\xff\xfe"[..], b"\"\xc3\x28\"", b"canary\t\x80"] {
        let key = HeaderValue::from_bytes(bytes).expect("HTTP allows it");
        let request = api.request(Method::POST, "/api/v1/orders");
        let answer = Answer::of(request.header("idempotency-key", key.clone()).json(&body(&checkout))).await;
        tells_nothing(&answer.is(400, "malformed"));
        for header in [
            "authorization",
            "cookie",
            "accept-language",
            "x-forwarded-for",
            "user-agent",
        ] {
            let stranger = Api::stranger(&shop);
            let request = stranger
                .request(Method::GET, "/api/v1/products")
                .header(header, key.clone());
            Answer::of(request).await.has(200);
            let cart = format!("/api/v1/carts/{}", checkout["quote"]["cart"].as_str().expect("an id"));
            let request = stranger.request(Method::GET, &cart).header(header, key.clone());
            let (status, code) = if header == "authorization" {
                (401, "unauthorized")
            } else {
                (404, "not_found")
            };
            tells_nothing(&Answer::of(request).await.is(status, code));
        }
    }
    let two = api
        .request(Method::POST, "/api/v1/orders")
        .header("idempotency-key", quoted(&checkout));
    let two = two.header("idempotency-key", quoted(&checkout)).json(&body(&checkout));
    Answer::of(two).await.is(400, "malformed");
    assert_eq!(shop.count_orders().await, 0);
    api.order(&checkout).await.has(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mi_11_odd_characters_are_stored_as_given_and_their_bytes_are_counted() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    for odd in [
        "</script><script>alert(1)</script>",
        "\u{202e}مدينة\u{200b} 🏙",
        "👩\u{200d}🚀 Аda",
        "' OR 1=1 --; \\ %00 ${x} {{y}}",
        &"é".repeat(60),
    ] {
        let api = Api::new(&shop).await;
        let checkout = api.checkout_of("linen-notebook").await;
        let mut sent = body(&checkout);
        sent["contact"]["name"] = odd.into();
        let order = api.send(&quoted(&checkout), &sent).await.has(201);
        assert_eq!(order["contact"]["name"], odd);
        let address = format!("/api/v1/orders/{}", order["id"].as_str().expect("an id"));
        assert_eq!(api.get(&address).await.has(200)["contact"]["name"], odd);
    }
    let orders = shop.count_orders().await;
    let api = Api::new(&shop).await;
    let checkout = api.checkout_of("linen-notebook").await;
    // 122 bytes in 61 characters; a NUL; a line end.
    for bad in ["é".repeat(61), "Ada\0".to_owned(), "Ada\r\nLovelace".to_owned()] {
        let mut sent = body(&checkout);
        sent["contact"]["name"] = bad.into();
        let problem = api.send(&quoted(&checkout), &sent).await.is(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/contact/name");
    }
    let mut huge = body(&checkout);
    huge["contact"]["street"] = "x".repeat(1_000_000).into();
    api.send(&quoted(&checkout), &huge).await.is(413, "payload_too_large");
    assert_eq!(shop.count_orders().await, orders);
}
