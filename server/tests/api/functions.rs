//! Server functions whose arguments can not be read: refused by what they are, and nothing of them or of a parser is repeated.

use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::Value;

use crate::support::{Fields, Shop, Stores, Visitor, value};

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// What the page's own script reads, and nothing else.
async fn failure(answer: Response, sent: &str) -> (u16, String) {
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("text");
    for word in ["serde", "expected", "missing", "unknown", "canary", "qs", "SubmitOrder"] {
        let told = text.replace("token_missing", "");
        assert!(!told.contains(word), "{word} in {text}, after {sent}");
    }
    let told: Value = serde_json::from_str(&text).expect("a failure");
    (status, told["code"].as_str().expect("a code").to_owned())
}

async fn send(visitor: &Visitor, path: &str, body: &str) -> (u16, String) {
    let request = visitor.request(path).header("content-type", URLENCODED);
    let answer = request.body(body.to_owned()).send().await.expect("an answer");
    failure(answer, body.get(..60).unwrap_or(body)).await
}

/// As the island sends it.
fn encoded(visitor: &Visitor, fields: &Fields) -> String {
    let fields = fields.iter().map(|(name, value)| (format!("order[{name}]"), value));
    let request = visitor.request("/").form(&fields.collect::<Vec<_>>());
    let request = request.build().expect("a request");
    let bytes = request.body().and_then(reqwest::Body::as_bytes).expect("a form");
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn many(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

async fn page(shop: &Shop) -> (Visitor, Fields) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    (visitor, form)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mi_01_arguments_of_the_wrong_shape_are_400_without_a_word_of_the_parser() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let (visitor, form) = page(&shop).await;
    let (good, token) = (encoded(&visitor, &form), value(&form, "token"));
    let malformed = (400, "malformed".to_owned());
    for wrong in [
        "",
        "canary",
        "canary=1",
        "order=1",
        "order[]=1",
        "order[token]=%ff%00",
        "order[token][canary]=1",
        "order[token][]=1",
        "order[token]=a&order[token]=b",
        &format!("{good}&order[token]={token}"),
        &format!("{good}&order=canary"),
        &good.replacen("order%5Btoken%5D", "order%5Btoken%5D%5B0%5D", 1),
    ] {
        assert_eq!(send(&visitor, "/api/submit_order", wrong).await, malformed, "{wrong}");
    }
    for wrong in ["", "canary", "canary=1", "cart[]=1", "cart[a]=1", "cart=a&cart=b"] {
        assert_eq!(send(&visitor, "/api/open_checkout", wrong).await, malformed, "{wrong}");
    }
    // What a page does not send is empty, as in a form.
    let missing = (400, "token_missing".to_owned());
    assert_eq!(send(&visitor, "/api/submit_order", "order[canary]=1").await, missing);
    assert_eq!(shop.count_orders().await, 0);
    // A page of a later release may send more.
    let more = format!("{good}&order[canary]=1");
    let request = visitor.request("/api/submit_order").header("content-type", URLENCODED);
    assert_eq!(request.body(more).send().await.expect("an answer").status(), 200);
    assert_eq!(shop.count_orders().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mi_03_deep_and_wide_arguments_are_refused_at_once() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let (visitor, _) = page(&shop).await;
    let begun = Instant::now();
    for sent in [
        "order[a][b][c][d][e][f][g][h]=1".to_owned(),
        format!("order{}=1", "[a]".repeat(20_000)),
        format!("order{}=1", "[]".repeat(30_000)),
        format!("order[token]{}=1", "[".repeat(60_000)),
        format!("order[token]{}", "[]=1&order[token]".repeat(3_500)),
        many(3_000, |index| format!("order[token][{index}]=1&")),
    ] {
        assert!(sent.len() < 64 * 1024);
        for path in ["/api/submit_order", "/api/open_checkout"] {
            let (status, code) = send(&visitor, path, &sent).await;
            assert_eq!(
                (status, &*code),
                (
                    400,
                    if code == "token_missing" {
                        "token_missing"
                    } else {
                        "malformed"
                    }
                )
            );
        }
    }
    let keys = many(100_000, |index| format!("order[a{index}]=1&"));
    let request = visitor.request("/api/submit_order").header("content-type", URLENCODED);
    assert_eq!(request.body(keys).send().await.expect("an answer").status(), 413);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(shop.count_orders().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mi_04_a_function_takes_a_form_and_nothing_else() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let (visitor, form) = page(&shop).await;
    for content_type in [
        Some("application/json"),
        Some("application/cbor"),
        Some("text/plain"),
        Some("multipart/form-data"),
        Some("multipart/form-data; boundary=x"),
        Some("application/octet-stream"),
        None,
    ] {
        for path in ["/api/submit_order", "/api/open_checkout"] {
            let mut request = visitor.request(path).body(encoded(&visitor, &form));
            if let Some(content_type) = content_type {
                request = request.header("content-type", content_type);
            }
            let status = request.send().await.expect("an answer").status();
            assert_eq!(status, 415, "{path} {content_type:?}");
        }
    }
    assert_eq!(shop.count_orders().await, 0);
    assert_eq!(visitor.call(&form).await.status(), 200);
}
