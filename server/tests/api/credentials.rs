//! What is typed to log in and to register.

use reqwest::StatusCode;

use crate::support::{PASSWORD, Shop};

crate::on_all_stores!(
    a_wrong_address_and_a_wrong_password_look_alike,
    se_26_a_password_is_guessed_only_so_often,
    what_is_wrong_is_named_and_the_password_is_not_kept,
    whatever_is_typed_is_answered,
);

const ADA: &str = "ada@example.org";

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
