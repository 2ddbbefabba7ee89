//! Whose request it is: by bearer token or by cookie, and never by both.

use reqwest::Method;
use serde_json::json;

use super::Api;
use super::client::{Answer, body, quoted};
use crate::support::{Shop, Stores, session_cookie, value};

fn mug() -> serde_json::Value {
    json!({ "slug": "enamel-mug", "quantity": 1 })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_14_a_session_that_is_none_is_401_and_the_cookie_beside_it_does_not_count() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let (mut api, visitor) = (Api::new(&shop).await, shop.visitor());
    let bought = visitor
        .post("/buy-now", &[("slug", "enamel-mug"), ("quantity", "1")])
        .await;
    let cookie = session_cookie(&bought).expect("a session");
    let genuine = api.bearer.take().expect("a session");
    let cart = format!(
        "/api/v1{}",
        crate::support::location(&bought).replace("/checkout/", "/carts/")
    );
    let by_cookie = api.request(Method::GET, &cart).header("cookie", &cookie);
    Answer::of(by_cookie).await.has(200);
    for (authorization, status) in [
        (format!("Bearer {genuine}"), 404),
        (format!("Bearer {}", &genuine[1..]), 401),
        (format!("Basic {genuine}"), 401),
        ("Bearer".to_owned(), 401),
        (String::new(), 401),
    ] {
        let request = api.request(Method::GET, &cart).header("cookie", &cookie);
        let answer = Answer::of(request.header("authorization", &authorization)).await;
        assert_eq!(answer.status, status, "{authorization}");
        if status == 401 {
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
            answer.is(401, "unauthorized");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_by_bearer_is_given_no_cookie_and_one_by_cookie_is() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let (api, stranger) = (Api::new(&shop).await, Api::stranger(&shop));
    assert!(
        !api.post("/api/v1/carts", &mug())
            .await
            .headers
            .contains_key("set-cookie")
    );
    let answer = stranger.post("/api/v1/carts", &mug()).await;
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .expect("a cookie")
        .to_owned();
    let request = stranger.request(Method::GET, answer.header("location"));
    Answer::of(request.header("cookie", cookie)).await.has(200);
    stranger.get(answer.header("location")).await.is(404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_05_a_post_from_another_site_is_403_with_the_cookie_and_with_a_token() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let api = Api::new(&shop).await;
    let checkout = api.checkout_of("enamel-mug").await;
    for (header, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://example.org")] {
        let request = api.request(Method::POST, "/api/v1/orders").header(header, value);
        let request = request
            .header("idempotency-key", quoted(&checkout))
            .json(&body(&checkout));
        Answer::of(request).await.is(403, "forbidden");
    }
    assert_eq!(shop.count_orders().await, 0);
}

/// A page and a program of one session: the page's token is the program's, and the order of both is one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cart_of_a_guest_who_logs_in_is_ordered_once_by_page_and_api() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let (visitor, api) = (shop.visitor(), Api::stranger(&shop));
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let cart = value(&form, "cart").to_owned();
    let cookie = visitor.enter("/register", "ada@example.org").await;
    let post = |path: &str| api.request(Method::POST, path).header("cookie", &cookie);
    let checkout = Answer::of(post("/api/v1/checkouts").json(&json!({ "cart": cart })))
        .await
        .has(201);
    let order = post("/api/v1/orders").header("idempotency-key", quoted(&checkout));
    let order = Answer::of(order.json(&body(&checkout))).await.has(201);
    let receipt = crate::support::location(&visitor.submit(&page, &form).await);
    assert_eq!(receipt, format!("/orders/{}", order["id"].as_str().expect("an id")));
    assert_eq!(shop.count_orders().await, 1);
}

/// What a guest's copy of a session may do once the guest is an account: end what was begun, and begin nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_14_the_bearer_of_a_guest_who_logged_in_opens_no_cart() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let (visitor, mut api) = (shop.visitor(), Api::stranger(&shop));
    let bought = visitor
        .post("/buy-now", &[("slug", "enamel-mug"), ("quantity", "1")])
        .await;
    let cookie = session_cookie(&bought).expect("a session");
    let cart = crate::support::location(&bought).replace("/checkout/", "/api/v1/carts/");
    api.bearer = Some(bearer_of(&cookie));
    api.get(&cart).await.has(200);
    visitor.enter("/register", "ada@example.org").await;
    api.post("/api/v1/carts", &mug()).await.is(401, "unauthorized");
    api.get(&cart).await.has(200);
}

/// Whoever holds a session while the store does not tell whose is told so, and not that they are nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_can_not_be_looked_up_is_503() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let (visitor, mut api) = (shop.visitor(), Api::stranger(&shop));
    let cookie = visitor.enter("/register", "ada@example.org").await;
    shop.execute("ALTER TABLE sessions RENAME TO elsewhere").await;
    let cart = "/api/v1/carts/00000000-0000-0000-0000-000000000000";
    let by_cookie = api.request(Method::GET, cart).header("cookie", &cookie);
    Answer::of(by_cookie).await.is(503, "unavailable");
    api.bearer = Some(bearer_of(&cookie));
    api.get(cart).await.is(503, "unavailable");
}

/// The signed value of a cookie, as a bearer token.
fn bearer_of(cookie: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let (_, value) = cookie.split_once('=').expect("a value");
    let plain = ["%2B", "%2F", "%3D"].iter().zip(["+", "/", "="]);
    let plain = plain.fold(value.to_owned(), |value, (encoded, plain)| {
        value.replace(encoded, plain)
    });
    URL_SAFE_NO_PAD.encode(plain)
}
