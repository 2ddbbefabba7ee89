//! What is nobody's business stands in no log, no metric and no error.

mod program;

use reqwest::header::HeaderMap;
use reqwest::{Client, Response, StatusCode, redirect};

use crate::admin::PASSWORD;
use crate::support::{Program, form_of, location};

/// In everything that is secret or somebody's own.
pub const CANARY: &str = "canary";

/// A browser that remembers what it was told in errors.
pub struct Browser<'a> {
    client: Client,
    base: &'a str,
    errors: Vec<String>,
    pub secrets: Vec<String>,
}

impl Browser<'_> {
    pub fn new(base: &str) -> Browser<'_> {
        Browser::sending(base, HeaderMap::new())
    }

    /// One that sends these headers with everything.
    pub fn sending(base: &str, headers: HeaderMap) -> Browser<'_> {
        let client = Client::builder().cookie_store(true).redirect(redirect::Policy::none());
        let client = client.default_headers(headers);
        Browser {
            client: client.build().expect("a client"),
            base,
            errors: Vec::new(),
            secrets: Vec::new(),
        }
    }

    pub async fn get(&mut self, path: &str) -> String {
        let request = self.client.get(format!("{}{path}", self.base));
        let answer = request.header("x-canary", CANARY).send().await.expect("an answer");
        self.read(answer).await.1
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let request = self.client.post(format!("{}{path}", self.base)).form(fields);
        let answer = request.send().await.expect("an answer");
        self.read(answer).await
    }

    /// Where a redirect leads, or the page.
    async fn read(&mut self, answer: Response) -> (StatusCode, String) {
        let cookies = answer.headers().get_all("set-cookie").into_iter();
        let cookies = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(['=', ';']).nth(1).map(str::to_owned));
        self.secrets.extend(cookies.filter(|value| value.len() > 20));
        let (status, url) = (answer.status(), answer.url().clone());
        if status == StatusCode::SEE_OTHER {
            return (status, location(&answer));
        }
        let text = answer.text().await.expect("text");
        // A page shows its shopper what they typed themselves; a program is told what is wrong and no more.
        if !status.is_success() && url.path().starts_with("/api/") {
            self.errors.push(text.clone());
        }
        (status, text)
    }
}

/// Every way in, with secrets in everything that is sent.
pub async fn shop_around(browser: &mut Browser<'_>) {
    for path in [
        "/",
        "/canary?q=canary",
        "/orders/canary",
        "/checkout/canary",
        "/api/status/canary",
        "/canary\u{7f}%00",
    ] {
        browser.get(path).await;
    }
    let (_, page) = browser
        .post("/buy-now", &[("slug", "enamel-mug"), ("quantity", "1")])
        .await;
    let html = browser.get(&page).await;
    let mut form = form_of(&html);
    for (name, value) in &mut form {
        match name.as_str() {
            "token" => browser.secrets.push(value.clone()),
            "name" | "street" | "city" | "postcode" | "country" => *value = format!("{CANARY} {name}"),
            "email" => *value = format!("{CANARY}@example.org"),
            _ => {}
        }
    }
    let fields: Vec<_> = form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let (status, _) = browser.post(&page, &fields).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "an order");
    let (status, _) = browser.post(&page, &fields).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "the same order");
    let nested: Vec<_> = form
        .iter()
        .map(|(name, value)| (format!("order[{name}]"), value.as_str()))
        .collect();
    let nested: Vec<_> = nested.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(browser.post("/api/submit_order", &nested).await.0, StatusCode::OK);
    let forged: Vec<_> = nested
        .iter()
        .map(|(name, value)| {
            if *name == "order[token]" {
                (*name, "canary.canary")
            } else {
                (*name, *value)
            }
        })
        .collect();
    assert!(browser.post("/api/submit_order", &forged).await.0.is_client_error());
    assert!(
        browser
            .post("/api/submit_order", &[("canary", CANARY)])
            .await
            .0
            .is_client_error()
    );
    let credentials = [("email", "canary@example.org"), ("password", "canary password canary")];
    assert_eq!(browser.post("/register", &credentials).await.0, StatusCode::SEE_OTHER);
    browser.post("/login", &credentials).await;
    browser
        .post(
            "/login",
            &[("email", "canary@example.org"), ("password", "canary wrong")],
        )
        .await;
    browser
        .post("/orders", &[("number", "A7K-4F2Q"), ("email", "canary@example.org")])
        .await;
    browser
        .post("/orders", &[("number", "canary"), ("email", "canary")])
        .await;
    browser.post("/admin/login", &[("password", "canary wrong")]).await;
    assert_eq!(
        browser.post("/admin/login", &[("password", PASSWORD)]).await.0,
        StatusCode::SEE_OTHER
    );
    assert!(browser.get("/admin/orders?q=canary").await.contains("canary name"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_24_secrets_stand_in_no_log_no_metric_and_no_error() {
    let program = Program::start(&[]);
    let (shop, metrics) = (program.shop.clone(), program.metrics.clone());
    let mut browser = Browser::new(&shop);
    shop_around(&mut browser).await;
    program::shop_around(&mut browser).await;
    let metrics = reqwest::get(format!("{metrics}/metrics")).await.expect("an answer");
    let metrics = metrics.text().await.expect("text");
    let log = program.stop();
    let (errors, mut secrets) = (browser.errors.join("\n"), browser.secrets);
    assert!(
        secrets.len() >= 6,
        "cookies of a guest, an account and the administration, tokens of the page and the API: {secrets:?}"
    );
    secrets.extend([CANARY.to_owned(), PASSWORD.to_owned()]);
    for (place, text) in [("log", &log), ("metrics", &metrics), ("errors", &errors)] {
        assert!(text.len() > 50, "the {place} says something: {text:?}");
        let told: Vec<_> = text
            .lines()
            .filter(|line| secrets.iter().any(|secret| line.contains(secret.as_str())))
            .collect();
        assert!(told.is_empty(), "in the {place}: {told:#?}");
    }
    // What is looked through is what is written in production: each line an object, of which some tell of requests.
    let answered = log.lines().filter(|line| {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        line["message"] == "answered" && line["span"]["request_id"].is_string()
    });
    assert!(answered.count() > 15, "{log}");
}
