//! The administration.

mod orders;

use reqwest::{Response, StatusCode};

use crate::support::{Fields, Shop, Stores, Visitor, location};

/// 12 characters at least.
pub const PASSWORD: &str = "a long enough password";

/// A shop whose administration has this password.
async fn shop_with_admin() -> Shop {
    Shop::open(Stores::SqliteAndMemory).await.with_admin(PASSWORD).await
}

/// Somebody who is logged in to it.
pub async fn admin(shop: &Shop) -> Visitor {
    let admin = shop.visitor();
    let answer = log_in(&admin, PASSWORD).await;
    assert_eq!(
        (answer.status(), location(&answer).as_str()),
        (StatusCode::SEE_OTHER, "/admin")
    );
    admin
}

async fn log_in(visitor: &Visitor, password: &str) -> Response {
    visitor.post("/admin/login", &[("password", password)]).await
}

/// A placed order's id, its shopper, and how it was submitted.
struct Placed {
    shopper: Visitor,
    page: String,
    form: Fields,
    receipt: String,
}

impl Placed {
    async fn in_shop(shop: &Shop) -> Self {
        let shopper = shop.visitor();
        let page = shopper.buy_now("enamel-mug").await;
        let form = shopper.form(&page).await;
        let placed = shopper.submit(&page, &form).await;
        assert_eq!(placed.status(), StatusCode::SEE_OTHER);
        let receipt = location(&placed);
        Self {
            shopper,
            page,
            form,
            receipt,
        }
    }

    fn in_admin(&self) -> String {
        format!("/admin{}", self.receipt)
    }
}

const CONFIRMED: [(&str, &str); 1] = [("confirm", "yes")];

async fn answer_of(visitor: &Visitor, path: &str, fields: &[(&str, &str)]) -> StatusCode {
    visitor.post(path, fields).await.status()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_password_there_is_no_administration() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    for path in ["/admin", "/admin/orders", "/admin/login", "/admin/style.css"] {
        assert_eq!(visitor.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/admin/login", "/admin/logout"] {
        let refused = answer_of(&visitor, path, &[("password", PASSWORD)]).await;
        assert!(refused.is_client_error(), "{path}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_37_a_shopper_gets_no_further_than_the_way_in_by_whatever_method() {
    let shop = shop_with_admin().await;
    let placed = Placed::in_shop(&shop).await;
    let order = placed.in_admin();
    let cancel = format!("{order}/cancel");
    for path in ["/admin", "/admin/orders", &order] {
        let answer = placed.shopper.get(path).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
        let html = answer.text().await.expect("a page");
        assert!(
            !html.contains("Ada Lovelace") && html.contains("/admin/login"),
            "{html}"
        );
    }
    for path in [&cancel, &format!("{order}/refund"), "/admin/logout"] {
        assert_eq!(
            answer_of(&placed.shopper, path, &CONFIRMED).await,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let admin = admin(&shop).await;
    // Whoever is not let in is not told what would be allowed.
    let refused = [
        (&placed.shopper, StatusCode::FORBIDDEN),
        (&admin, StatusCode::METHOD_NOT_ALLOWED),
    ];
    for (visitor, status) in refused {
        for (method, path) in [
            ("GET", &cancel),
            ("PUT", &cancel),
            ("DELETE", &order),
            ("PATCH", &order),
            ("POST", &order),
        ] {
            let answer = visitor.by(method, path).send().await.expect("an answer");
            assert_eq!(answer.status(), status, "{method} {path}");
        }
        // Nobody listens to what would make a GET a POST.
        let overridden = visitor
            .asking(&cancel)
            .header("x-http-method-override", "POST")
            .send()
            .await;
        assert_eq!(overridden.expect("an answer").status(), status);
    }
    assert!(
        admin.text(&order).await.contains("Cancel this order"),
        "nothing was changed"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_another_site_changes_nothing() {
    let shop = shop_with_admin().await;
    let (placed, admin) = (Placed::in_shop(&shop).await, admin(&shop).await);
    let cancel = format!("{}/cancel", placed.in_admin());
    let forged = admin
        .request(&cancel)
        .header("sec-fetch-site", "cross-site")
        .form(&CONFIRMED);
    assert_eq!(forged.send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
    assert!(admin.text(&placed.in_admin()).await.contains("Cancel this order"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_lets_nobody_in_and_guessing_is_slowed_down() {
    let shop = shop_with_admin().await;
    let visitor = shop.visitor();
    for guess in ["", "password", "A long enough password", "a long enough password "] {
        let answer = log_in(&visitor, guess).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{guess:?}");
        assert!(answer.headers().get("set-cookie").is_none(), "{guess:?}");
    }
    assert_eq!(log_in(&visitor, "one more").await.status(), StatusCode::FORBIDDEN);
    let throttled = log_in(&visitor, PASSWORD).await;
    assert_eq!(throttled.status(), StatusCode::TOO_MANY_REQUESTS, "the right one too");
    assert!(throttled.headers().contains_key("retry-after"));
    assert_eq!(visitor.get("/admin").await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_session_has_a_cookie_of_its_own_and_ends_with_the_logout() {
    let shop = shop_with_admin().await;
    let admin = shop.visitor();
    let answer = log_in(&admin, PASSWORD).await;
    let cookie = answer
        .headers()
        .get("set-cookie")
        .expect("a cookie")
        .to_str()
        .expect("text");
    for part in ["once_admin=", "HttpOnly", "SameSite=Strict", "Path=/admin"] {
        assert!(cookie.contains(part), "{part} is not in {cookie}");
    }
    let page = admin.get("/admin").await;
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers().get("content-security-policy").expect("a policy");
    assert!(
        policy
            .to_str()
            .expect("text")
            .starts_with("default-src 'none'; style-src 'self'")
    );
    assert_eq!(page.headers().get("cache-control").expect("told"), "no-store");
    let html = page.text().await.expect("a page");
    assert!(!html.contains("<script") && !html.contains("style=\""), "{html}");
    assert_eq!(answer_of(&admin, "/admin/logout", &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(admin.get("/admin").await.status(), StatusCode::FORBIDDEN);
}
