//! Accounts: who is who, and what comes along.

use reqwest::StatusCode;

use crate::support::{Shop, Visitor, location, session_cookie};

crate::on_all_stores!(
    an_account_sees_its_orders_from_another_browser,
    the_guests_cart_comes_along,
    se_13_a_session_changes_at_login_and_ends_at_logout,
    se_14_a_copy_of_a_guests_cookie_is_not_the_account,
    a_page_from_before_the_login_orders_once,
    a_purchase_from_before_the_login_is_changed_and_cancelled_after_it,
    a_basket_page_from_before_the_login_shows_the_merged_basket,
    an_order_and_a_login_at_once_make_one_order_of_the_account,
    a_session_that_can_not_be_looked_up_is_nobodys_refusal,
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
        Some("__Host-once_session="),
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

async fn a_purchase_from_before_the_login_is_changed_and_cancelled_after_it(shop: Shop) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    visitor.enter("/register", ADA).await;
    let stranger = shop.visitor();
    stranger.enter("/register", "eve@example.org").await;
    let line = format!("{page}/lines/enamel-mug");
    let refused = stranger.post(&line, &[("quantity", "4")]).await;
    assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    let changed = visitor.post(&line, &[("quantity", "3")]).await;
    assert_eq!((changed.status(), &location(&changed)), (StatusCode::SEE_OTHER, &page));
    assert!(visitor.text(&page).await.contains("value=\"3\""));
    let cancel = format!("{page}/cancel");
    assert_eq!(stranger.post(&cancel, &[]).await.status(), StatusCode::NOT_FOUND);
    let form = visitor.form(&page).await;
    assert_eq!(location(&visitor.post(&cancel, &[]).await), page);
    assert_eq!(visitor.submit(&page, &form).await.status(), StatusCode::CONFLICT);
    assert_eq!(shop.count_orders().await, 0);
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
