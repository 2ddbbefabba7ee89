//! What may be kept of an answer, and for whom.

use crate::security::{header, with_files};
use crate::support::{Shop, Stores, location};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_19_nothing_of_a_shopper_is_kept_and_what_is_kept_is_nobodys() {
    let (shop, _folder) = with_files().await;
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let placed = visitor.submit(&page, &form).await;
    assert_eq!(header(placed.headers(), "cache-control"), "no-store");
    let receipt = location(&placed);
    for path in [
        "/",
        "/cart",
        "/orders",
        "/login",
        &*page,
        &*receipt,
        "/checkout/status/x",
        "/nowhere",
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(header(answer.headers(), "cache-control"), "no-store", "{path}");
        let vary: String = answer
            .headers()
            .get_all("vary")
            .iter()
            .map(|vary| vary.to_str().expect("text"))
            .collect();
        for name in ["accept-language", "cookie", "accept-encoding"] {
            assert!(vary.contains(name), "{path} varies by {name}: {vary}");
        }
    }
    for path in ["/pkg/once.js", "/pictures/a.svg"] {
        let answer = visitor.get(path).await;
        assert_ne!(header(answer.headers(), "cache-control"), "no-store", "{path}");
        assert!(answer.headers().get("set-cookie").is_none(), "{path}");
    }
}

/// A cache in front of the shop may not know these headers, and would keep what they changed for everybody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_19_headers_that_no_cache_knows_change_nothing() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    let without_nonces = |html: String| {
        let mut parts = html.split("nonce=\"");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |kept, part| {
            kept + part.split_once('"').map_or("", |(_, rest)| rest)
        })
    };
    let plain = without_nonces(visitor.text("/products/enamel-mug").await);
    for (name, value) in [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-prefix", "/evil"),
        ("x-original-url", "/evil"),
        ("x-rewrite-url", "/evil"),
        ("x-http-method-override", "POST"),
        ("forwarded", "for=1.2.3.4;host=evil.example"),
        ("referer", "https://evil.example/"),
    ] {
        let answer = visitor.asking("/products/enamel-mug").header(name, value).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(header(answer.headers(), "content-type"), "text/html; charset=utf-8");
        let html = without_nonces(answer.text().await.expect("a page"));
        assert!(html == plain, "{name} changes the page: {html}");
    }
}
