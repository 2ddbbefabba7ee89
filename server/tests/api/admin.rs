//! The administration.

mod orders;

use reqwest::{Response, StatusCode};

use crate::support::{Fields, Shop, Stores, Visitor, location};

/// 12 characters at least.
pub const PASSWORD: &str = "a long enough password";

/// A shop whose administration has this password.
pub async fn shop_with_admin() -> Shop {
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
pub struct Placed {
    pub shopper: Visitor,
    page: String,
    form: Fields,
    receipt: String,
}

impl Placed {
    pub async fn in_shop(shop: &Shop) -> Self {
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

    pub fn id(&self) -> &str {
        self.receipt.rsplit('/').next().expect("an id")
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
async fn se_05_a_form_of_another_site_changes_nothing() {
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
async fn se_26_a_wrong_password_lets_nobody_in_and_guessing_is_slowed_down() {
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
async fn se_11_the_session_has_a_cookie_of_its_own_and_ends_with_the_logout() {
    let shop = shop_with_admin().await;
    let admin = shop.visitor();
    let answer = log_in(&admin, PASSWORD).await;
    let cookie = answer
        .headers()
        .get("set-cookie")
        .expect("a cookie")
        .to_str()
        .expect("text");
    assert!(cookie.starts_with("__Host-once_admin="), "{cookie}");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Secure", "Max-Age=28800"] {
        assert!(
            cookie.split("; ").any(|there| there == part),
            "{part} is not in {cookie}"
        );
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_11_over_plain_http_its_cookie_is_what_a_browser_keeps() {
    let shop = shop_with_admin().await.with_admin_and(&["--plain-http"]).await;
    let admin = admin(&shop).await;
    let answer = log_in(&admin, PASSWORD).await;
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    assert!(
        cookie.starts_with("once_admin=") && !cookie.contains("Secure"),
        "{cookie}"
    );
    assert_eq!(admin.get("/admin").await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_26_whoever_claims_another_address_guesses_no_more_often() {
    let shop = shop_with_admin().await;
    let mut refused = 0;
    for guess in 0..10 {
        let from = format!("203.0.113.{guess}");
        let request = shop.visitor().request("/admin/login").header("x-forwarded-for", from);
        let answer = request
            .form(&[("password", "a guess")])
            .send()
            .await
            .expect("an answer");
        refused += u32::from(answer.status() == StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(refused, 5, "five at once, whatever the header says");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_18_and_se_19_its_answers_carry_every_header_and_are_never_kept() {
    let shop = shop_with_admin().await;
    let (placed, admin) = (Placed::in_shop(&shop).await, admin(&shop).await);
    let stranger = shop.visitor();
    let much = "x".repeat(100_000);
    let mut answers = vec![
        admin.get("/admin").await,
        admin.get("/admin/orders?q=ada").await,
        admin.get(&placed.in_admin()).await,
        admin.get("/admin/orders/nonsense").await,
        admin.post(&format!("{}/cancel", placed.in_admin()), &[]).await,
        admin.post(&format!("{}/cancel", placed.in_admin()), &CONFIRMED).await,
        stranger.get("/admin").await,
        stranger.get("/admin/login").await,
        log_in(&stranger, "a guess").await,
        log_in(&stranger, &much).await,
        admin.by("PUT", "/admin").send().await.expect("an answer"),
    ];
    answers.push(admin.post("/admin/logout", &[]).await);
    for answer in answers {
        let (what, headers) = (
            format!("{} {}", answer.status(), answer.url()),
            answer.headers().clone(),
        );
        let header = |name: &str| headers.get(name).map_or("", |value| value.to_str().expect("text"));
        assert_eq!(header("cache-control"), "no-store", "{what}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(header("x-frame-options"), "DENY", "{what}");
        assert_eq!(header("strict-transport-security"), "max-age=63072000", "{what}");
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{what}: {policy}"
        );
        assert!(
            !policy.contains("script-src") && !policy.contains("unsafe"),
            "{what}: {policy}"
        );
        let html = answer.text().await.expect("text");
        assert!(!html.contains("<script") && !html.contains(" style="), "{what}: {html}");
    }
}
