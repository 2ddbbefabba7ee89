//! Accounts: who is who, and what comes along.

use reqwest::StatusCode;

use crate::support::{PASSWORD, Shop, Visitor, location, session_cookie};

crate::on_all_stores!(
    an_account_sees_its_orders_from_another_browser,
    the_guests_cart_comes_along,
    se_13_a_session_changes_at_login_and_ends_at_logout,
    se_14_a_copy_of_a_guests_cookie_is_not_the_account,
    a_page_from_before_the_login_orders_once,
    a_basket_page_from_before_the_login_shows_the_merged_basket,
    an_order_and_a_login_at_once_make_one_order_of_the_account,
    a_session_that_can_not_be_looked_up_is_nobodys_refusal,
    a_wrong_address_and_a_wrong_password_look_alike,
    se_26_a_password_is_guessed_only_so_often,
    what_is_wrong_is_named_and_the_password_is_not_kept,
    whatever_is_typed_is_answered,
);

const ADA: &str = "ada@example.org";

/// Buys one thing; returns its receipt.
async fn buy(visitor: &Visitor, slug: &str) -> String {
    let page = visitor.buy_now(slug).await;
    let form = visitor.form(&page).await;
    location(&visitor.submit(&page, &form).await)
}

async fn an_account_sees_its_orders_from_another_browser(shop: Shop) {
    let phone = shop.visitor();
    let as_guest = buy(&phone, "enamel-mug").await;
    phone.enter("/register", ADA).await;
    let as_account = buy(&phone, "linen-notebook").await;
    let page = phone.get("/orders").await;
    assert_eq!(page.headers()["cache-control"], "no-store");
    let html = page.text().await.expect("a page");
    assert!(html.contains(&as_guest) && html.contains(&as_account), "{html}");
    assert!(
        html.contains(ADA) && html.contains("Log out"),
        "the header says who is logged in"
    );

    let laptop = shop.visitor();
    assert_eq!(laptop.get(&as_guest).await.status(), StatusCode::NOT_FOUND);
    laptop.enter("/login", " ADA@Example.ORG ").await;
    let html = laptop.text("/orders").await;
    for receipt in [&as_guest, &as_account] {
        assert!(html.contains(receipt.as_str()), "{html}");
        assert_eq!(laptop.get(receipt).await.status(), StatusCode::OK);
    }
    let stranger = shop.visitor();
    stranger.enter("/register", "eve@example.org").await;
    assert_eq!(stranger.get(&as_account).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(shop.count_orders().await, 2);
}

async fn the_guests_cart_comes_along(shop: Shop) {
    let phone = shop.visitor();
    phone
        .post("/cart/lines", &[("slug", "enamel-mug"), ("quantity", "2")])
        .await;
    phone.enter("/register", ADA).await;
    assert!(phone.text("/cart").await.contains("value=\"2\""));
    let laptop = shop.visitor();
    laptop
        .post("/cart/lines", &[("slug", "enamel-mug"), ("quantity", "3")])
        .await;
    laptop
        .post("/cart/lines", &[("slug", "linen-notebook"), ("quantity", "1")])
        .await;
    laptop.enter("/login", ADA).await;
    for visitor in [&laptop, &phone] {
        let cart = visitor.text("/cart").await;
        assert!(
            cart.contains("quantity-enamel-mug") && cart.contains("quantity-linen-notebook"),
            "{cart}"
        );
        assert!(cart.contains("value=\"5\"") && cart.contains("value=\"1\""), "{cart}");
    }
    laptop.post("/logout", &[]).await;
    assert!(
        !laptop.text("/cart").await.contains("quantity-enamel-mug"),
        "the cart is the account's"
    );
}

async fn se_13_a_session_changes_at_login_and_ends_at_logout(shop: Shop) {
    let visitor = shop.visitor();
    let added = visitor
        .post("/cart/lines", &[("slug", "enamel-mug"), ("quantity", "1")])
        .await;
    let guest = session_cookie(&added).expect("a guest");
    let first = visitor.enter("/register", ADA).await;
    let receipt = buy(&visitor, "linen-notebook").await;
    // Logging in again, while logged in, ends the session that was there.
    let second = visitor.enter("/login", ADA).await;
    assert!(guest != first && first != second && guest != second);
    let status = async |cookie: &str| visitor.get_with(&receipt, cookie).await.status();
    assert_eq!(status(&second).await, StatusCode::OK);
    for worthless in [&guest, &first] {
        assert_eq!(status(worthless).await, StatusCode::NOT_FOUND);
    }
    let left = visitor.post("/logout", &[]).await;
    assert_eq!((left.status(), &*location(&left)), (StatusCode::SEE_OTHER, "/login"));
    assert_eq!(
        session_cookie(&left).as_deref(),
        Some("once_session="),
        "the browser forgets it"
    );
    assert_eq!(status(&second).await, StatusCode::NOT_FOUND, "and so does the store");
    let page = visitor.get_with("/orders", &second).await.text().await.expect("a page");
    assert!(page.contains("Log in") && !page.contains(ADA), "a guest: {page}");
    assert_eq!(
        visitor.post("/logout", &[]).await.status(),
        StatusCode::SEE_OTHER,
        "again is no error"
    );
}

async fn se_14_a_copy_of_a_guests_cookie_is_not_the_account(shop: Shop) {
    let owner = shop.visitor();
    let added = owner
        .post("/cart/lines", &[("slug", "enamel-mug"), ("quantity", "1")])
        .await;
    let copy = session_cookie(&added).expect("a guest");
    owner.enter("/register", ADA).await;
    let receipt = buy(&owner, "linen-notebook").await;
    let thief = shop.visitor();
    let orders = thief.get_with("/orders", &copy).await.text().await.expect("a page");
    assert!(!orders.contains(&receipt) && !orders.contains(ADA), "{orders}");
    assert_eq!(thief.get_with(&receipt, &copy).await.status(), StatusCode::NOT_FOUND);
    // What is bought with the copy is a new guest's, and not the account's.
    let buy = thief
        .request("/buy-now")
        .form(&[("slug", "wall-clock"), ("quantity", "1")]);
    let bought = buy.header("cookie", &copy).send().await.expect("an answer");
    let renewed = session_cookie(&bought).expect("a new guest");
    assert_ne!(renewed, copy);
    let page = location(&bought);
    assert_eq!(thief.get_with(&page, &renewed).await.status(), StatusCode::OK);
    assert_eq!(owner.get(&page).await.status(), StatusCode::NOT_FOUND);
}

async fn a_page_from_before_the_login_orders_once(shop: Shop) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    visitor.enter("/register", ADA).await;
    let receipt = location(&visitor.submit(&page, &form).await);
    assert!(receipt.starts_with("/orders/"), "{receipt}");
    let replayed = visitor.call(&form).await;
    assert_eq!(replayed.status(), StatusCode::OK);
    let replayed: serde_json::Value = replayed.json().await.expect("JSON");
    assert_eq!(replayed["url"], receipt.as_str());
    assert!(visitor.text(&page).await.contains("already ordered"));
    assert!(visitor.text("/orders").await.contains(&receipt));
    // Somebody else's account is no way to it.
    let stranger = shop.visitor();
    stranger.enter("/register", "eve@example.org").await;
    let refused = stranger.call(&form).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(shop.count_orders().await, 1);
}

async fn a_basket_page_from_before_the_login_shows_the_merged_basket(shop: Shop) {
    let visitor = shop.visitor();
    visitor
        .post("/cart/lines", &[("slug", "enamel-mug"), ("quantity", "2")])
        .await;
    let cart = visitor.text("/cart").await;
    let (_, rest) = cart.split_once("href=\"/checkout/").expect("the way to the checkout");
    let page = format!("/checkout/{}", rest.split('"').next().expect("an id"));
    let form = visitor.form(&page).await;
    visitor.enter("/register", ADA).await;
    let refused = visitor.submit(&page, &form).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let html = refused.text().await.expect("a page");
    assert!(
        html.contains("Nothing was ordered") && html.contains("name=\"token\""),
        "{html}"
    );
    assert_eq!(shop.count_orders().await, 0);
    // The page that is shown instead orders what is in the account's basket.
    let form = visitor.form(&page).await;
    let placed = visitor
        .submit(&format!("/checkout/{}", crate::support::value(&form, "cart")), &form)
        .await;
    assert_eq!(placed.status(), StatusCode::SEE_OTHER);
    assert_eq!(shop.count_orders().await, 1);
}

/// Both at once, many times, in whichever order they are served: the intent becomes one order, which the account sees.
async fn an_order_and_a_login_at_once_make_one_order_of_the_account(shop: Shop) {
    shop.visitor().enter("/register", ADA).await;
    for round in 1..=6 {
        let visitor = shop.visitor();
        let page = visitor.buy_now("enamel-mug").await;
        let form = visitor.form(&page).await;
        let submit = visitor.submit(&page, &form);
        let (first, _) = tokio::join!(submit, visitor.enter("/login", ADA));
        let again = visitor.submit(&page, &form).await;
        assert_eq!(again.status(), StatusCode::SEE_OTHER);
        let receipt = location(&again);
        if first.status() == StatusCode::SEE_OTHER {
            assert_eq!(location(&first), receipt, "one intent, one order");
        }
        assert!(visitor.text("/orders").await.contains(&receipt));
        assert_eq!(shop.count_orders().await, round);
    }
}

/// While nobody knows who asks, nobody is told that nothing was ordered; and nobody loses their session.
async fn a_session_that_can_not_be_looked_up_is_nobodys_refusal(shop: Shop) {
    let visitor = shop.visitor();
    visitor.enter("/register", ADA).await;
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let receipt = location(&visitor.submit(&page, &form).await);
    shop.execute("ALTER TABLE sessions RENAME TO sessions_away").await;
    let unknown = visitor.call(&form).await;
    assert_eq!(unknown.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(crate::orders::code(unknown).await, "unavailable");
    let unknown = visitor.submit(&page, &form).await;
    assert_eq!(unknown.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(unknown.headers().contains_key("retry-after") && session_cookie(&unknown).is_none());
    assert!(!unknown.text().await.expect("a page").contains("Nothing was ordered"));
    shop.execute("ALTER TABLE sessions_away RENAME TO sessions").await;
    assert_eq!(location(&visitor.submit(&page, &form).await), receipt);
    assert_eq!(shop.count_orders().await, 1);
}

async fn a_wrong_address_and_a_wrong_password_look_alike(shop: Shop) {
    shop.visitor().enter("/register", ADA).await;
    let visitor = shop.visitor();
    let answer = async |email: &str, password: &str| {
        let answer = visitor
            .post("/login", &[("email", email), ("password", password)])
            .await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let html = answer.text().await.expect("a page");
        assert!(
            html.contains("We know no account with this e-mail address and this password"),
            "{html}"
        );
        without_nonce(&html.replace(email, "…"))
    };
    assert_eq!(
        answer(ADA, "wrong password").await,
        answer("eve@example.org", PASSWORD).await
    );
    let taken = visitor
        .post(
            "/register",
            &[("email", "Ada@example.org"), ("password", "another password")],
        )
        .await;
    assert_eq!(taken.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        taken
            .text()
            .await
            .expect("a page")
            .contains("There is an account with this e-mail address already")
    );
}

/// The page without what is random in every page.
fn without_nonce(html: &str) -> String {
    let mut parts = html.split("nonce=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |page, part| {
        page + part.split_once('"').map_or("", |(_, rest)| rest)
    })
}

async fn se_26_a_password_is_guessed_only_so_often(shop: Shop) {
    shop.visitor().enter("/register", ADA).await;
    let thief = shop.visitor();
    for guess in 0..10 {
        let password = format!("guess number {guess}");
        let wrong = thief.post("/login", &[("email", ADA), ("password", &password)]).await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    // Not even the right one, in another spelling, from another browser.
    let right = [("email", "ADA@example.org"), ("password", PASSWORD)];
    let refused = shop.visitor().post("/login", &right).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = refused.headers()["retry-after"]
        .to_str()
        .expect("text")
        .parse()
        .expect("seconds");
    assert!((1..=31).contains(&wait), "{wait}");
    let html = refused.text().await.expect("a page");
    assert!(
        html.contains("Please try again in") && html.contains("value=\"ADA@example.org\""),
        "{html}"
    );
    // An address without an account is treated alike.
    for _ in 0..10 {
        thief
            .post("/login", &[("email", "nobody@example.org"), ("password", PASSWORD)])
            .await;
    }
    let refused = thief
        .post("/login", &[("email", "nobody@example.org"), ("password", PASSWORD)])
        .await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
}

async fn what_is_wrong_is_named_and_the_password_is_not_kept(shop: Shop) {
    let visitor = shop.visitor();
    for (path, email, password, says) in [
        ("/login", "", PASSWORD, "E-mail: please fill this in."),
        ("/login", "ada", PASSWORD, "E-mail: please write it as"),
        ("/login", ADA, "", "Password: please fill this in."),
        ("/register", "ada@example", PASSWORD, "E-mail: please write it as"),
        ("/register", ADA, "canary1", "at least 8 characters"),
        ("/register", ADA, &"canary-".repeat(20), "at most 128 characters"),
        ("/register", ADA, "ADA@example.org", "harder to guess"),
    ] {
        let answer = visitor.post(path, &[("email", email), ("password", password)]).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path} {says}");
        let html = answer.text().await.expect("a page");
        assert!(
            html.contains(says) && html.contains("<title>Error: "),
            "{path} {says}: {html}"
        );
        assert!(
            html.contains("href=\"#email\"") || html.contains("href=\"#password\""),
            "{path} {says}"
        );
        assert!(
            html.contains(&format!("value=\"{email}\"")) || email.is_empty(),
            "{path} {email} is kept"
        );
        assert!(
            !html.contains("canary") && !html.contains(PASSWORD),
            "{path}: the password is not"
        );
    }
    let german = visitor
        .request("/login")
        .header("accept-language", "de")
        .form(&[("email", ADA)]);
    let html = german.send().await.expect("an answer").text().await.expect("a page");
    assert!(
        html.contains("Passwort: Bitte füllen Sie das aus.") && html.contains("<title>Fehler: Anmelden"),
        "{html}"
    );
}

async fn whatever_is_typed_is_answered(shop: Shop) {
    let visitor = shop.visitor();
    let long = "x".repeat(3_000);
    let odd = [
        "",
        " ",
        "\u{0}",
        "مرحبا@مثال.إختبار",
        "\u{202E}gro.elpmaxe@ada",
        "a\u{200B}da@example.org",
        "👩‍👩‍👧‍👦@example.org",
        "</script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>@example.org",
        "' OR 1=1 --@example.org",
        "\u{FFFF}\u{1F}@example.org",
        long.as_str(),
    ];
    for text in odd {
        for (path, fields) in [
            ("/login", [("email", text), ("password", "some password")]),
            ("/login", [("email", ADA), ("password", text)]),
            ("/register", [("email", text), ("password", "")]),
            ("/register", [("email", "ada"), ("password", text)]),
        ] {
            let answer = visitor.post(path, &fields).await;
            let status = answer.status();
            assert!(status.is_client_error(), "{path} {text:?}: {status}");
            let html = answer.text().await.expect("a page");
            assert!(
                !html.contains("<script>alert") && !html.contains("<img src=x"),
                "{path} {text:?}"
            );
        }
    }
    for path in ["/login", "/register", "/logout", "/orders"] {
        let too_much = shop.announce(path, 100_000).await;
        assert!(too_much.contains("413"), "{path}: {too_much}");
        let status = async |kind: &str, body: &'static str| {
            let request = visitor.request(path).header("content-type", kind).body(body);
            request.send().await.expect("an answer").status()
        };
        for (kind, body) in [
            ("application/json", "{}"),
            ("text/plain", "email=a"),
            ("multipart/form-data", "--x"),
            ("application/x-www-form-urlencoded", "email=%FF&email=a&password=%"),
        ] {
            let status = status(kind, body).await;
            assert!(!status.is_server_error(), "{path} {kind}: {status}");
        }
    }
    assert_eq!(visitor.get("/logout").await.status(), StatusCode::OK);
}
