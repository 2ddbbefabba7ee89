//! Cookies, and requests that other sites send with them.

use std::collections::BTreeSet;

use reqwest::StatusCode;

use crate::support::{Fields, PASSWORD, Shop, Stores, location, with};

/// Every answer of a shopper's way that sets a cookie, and the cookies.
async fn cookies_of(shop: &Shop) -> Vec<String> {
    let visitor = shop.visitor();
    let email = [("email", "ada@example.org"), ("password", PASSWORD)];
    let mut answers = vec![
        visitor
            .post("/cart/lines", &[("slug", "enamel-mug"), ("quantity", "1")])
            .await,
        visitor.post("/language", &[("language", "de"), ("back", "/")]).await,
    ];
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let placed = visitor.submit(&page, &form).await;
    let receipt = location(&placed);
    answers.extend([placed, visitor.get(&receipt).await]);
    answers.extend([
        visitor.post("/register", &email).await,
        visitor.post("/logout", &[]).await,
    ]);
    answers.push(visitor.post("/login", &email).await);
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    answers.push(visitor.call(&with(&form, "repeat", "confirmed")).await);
    let mut cookies = Vec::new();
    for answer in &answers {
        let set: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
        assert!(!set.is_empty(), "{} sets a cookie", answer.url());
        cookies.extend(set.into_iter().map(|cookie| cookie.to_str().expect("text").to_owned()));
    }
    cookies
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_11_every_cookie_is_bound_to_this_host_and_to_tls() {
    let cookies = cookies_of(&Shop::open(Stores::SqliteAndMemory).await).await;
    let mut names = BTreeSet::new();
    for cookie in cookies {
        let mut parts = cookie.split("; ");
        let (name, _) = parts.next().and_then(|first| first.split_once('=')).expect("a name");
        let attributes: Vec<_> = parts.collect();
        for wanted in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(attributes.contains(&wanted), "{wanted} is missing: {cookie}");
        }
        assert!(
            !attributes.iter().any(|attribute| attribute.starts_with("Domain")),
            "{cookie}"
        );
        names.insert(name.to_owned());
    }
    let all = ["__Host-once_lang", "__Host-once_placed", "__Host-once_session"];
    assert_eq!(names.iter().map(String::as_str).collect::<Vec<_>>(), all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_11_over_plain_http_cookies_are_what_a_browser_keeps() {
    let shop = Shop::open_with(Stores::SqliteAndMemory, &["--plain-http"]).await;
    for cookie in cookies_of(&shop).await {
        assert!(cookie.starts_with("once_") && !cookie.contains("Secure"), "{cookie}");
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
            "{cookie}"
        );
    }
    let answer = shop.visitor().get("/").await;
    assert!(answer.headers().get("strict-transport-security").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_05_and_se_09_no_other_site_sends_a_form_in_a_shoppers_name() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    // The cookie is as fresh as can be: browsers that send it with a POST from anywhere for two minutes would do so now.
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let order = |form: &Fields| -> Vec<(String, String)> {
        form.iter()
            .map(|(name, value)| (format!("order[{name}]"), value.clone()))
            .collect()
    };
    let own = format!("http://{}", shop.address);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        for (path, fields) in [(&*page, form.clone()), ("/api/submit_order", order(&form))] {
            let forged = visitor.request(path).header(name, value).form(&fields).send().await;
            assert_eq!(
                forged.expect("an answer").status(),
                StatusCode::FORBIDDEN,
                "{path}, {name}: {value}"
            );
            let body = fields
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join("&");
            let simple = visitor
                .request(path)
                .header(name, value)
                .header("content-type", "text/plain")
                .body(body);
            let status = simple.send().await.expect("an answer").status();
            assert_eq!(status, StatusCode::FORBIDDEN, "{path}, text/plain, {name}: {value}");
        }
    }
    assert_eq!(shop.count_orders().await, 0);
    let own = visitor
        .request(&page)
        .header("origin", own)
        .header("sec-fetch-site", "same-origin");
    let placed = own.form(&form).send().await.expect("an answer");
    assert_eq!(placed.status(), StatusCode::SEE_OTHER);
    assert_eq!(shop.count_orders().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_14_a_token_without_its_session_and_a_session_without_a_token_order_nothing() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let (owner, thief) = (shop.visitor(), shop.visitor());
    let page = owner.buy_now("enamel-mug").await;
    let form = owner.form(&page).await;
    thief.buy_now("enamel-mug").await;
    for stranger in [&thief, &shop.visitor()] {
        let stolen = stranger.call(&form).await;
        assert_eq!(stolen.status(), StatusCode::FORBIDDEN);
        let stolen = stranger.submit(&page, &form).await;
        assert!([403, 404].contains(&stolen.status().as_u16()), "{}", stolen.status());
    }
    let without = owner.call(&with(&form, "token", "")).await;
    assert_eq!(without.status(), StatusCode::BAD_REQUEST);
    assert_eq!(shop.count_orders().await, 0);
    assert_eq!(
        owner.call(&form).await.status(),
        StatusCode::OK,
        "the token is still its owner's"
    );
}
