//! What every answer tells browsers to refuse, and which files they get.

use std::collections::BTreeSet;

use reqwest::header::HeaderMap;
use reqwest::{Method, Response, StatusCode};

use crate::support::{Shop, Stores};

async fn shop() -> Shop {
    Shop::open(Stores::SqliteAndMemory).await
}

pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().expect("text"))
}

fn policy(answer: &Response) -> Vec<String> {
    let policy = header(answer.headers(), "content-security-policy");
    policy.split("; ").map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_17_a_page_runs_only_what_carries_the_nonce_of_its_own_answer() {
    let shop = shop().await;
    let visitor = shop.visitor();
    let confirmation = visitor.buy_now("enamel-mug").await;
    let mut nonces = BTreeSet::new();
    for path in [
        "/",
        "/products/enamel-mug",
        "/cart",
        "/orders",
        "/login",
        "/nowhere",
        &*confirmation,
        &*confirmation,
    ] {
        let answer = visitor.get(path).await;
        let policy = policy(&answer);
        let scripts = policy
            .iter()
            .find(|rule| rule.starts_with("script-src "))
            .expect("of scripts");
        let nonce = scripts
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next())
            .expect("a nonce");
        assert_eq!(
            *scripts,
            format!("script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'")
        );
        for rule in [
            "default-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "connect-src 'self'",
        ] {
            assert!(
                policy.iter().any(|written| written == rule),
                "{rule} is missing: {policy:?}"
            );
        }
        assert!(
            !policy
                .iter()
                .any(|rule| rule.contains("unsafe-inline") || rule.contains("'unsafe-eval'"))
        );
        assert!(nonce.len() >= 22, "128 bits: {nonce}");
        assert!(
            nonces.insert(nonce.to_owned()),
            "{path} has the nonce of another answer"
        );
        let html = answer.text().await.expect("a page");
        assert!(html.contains("<script"), "{path}");
        for script in html.split("<script").skip(1) {
            let tag = script.split('>').next().expect("a tag");
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: <script{tag}>");
        }
        for module in html
            .split("<link")
            .skip(1)
            .filter(|link| link.contains("modulepreload"))
        {
            let tag = module.split('>').next().expect("a tag");
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: <link{tag}>");
        }
        assert!(
            !html.contains("<style") && !html.contains(" style=\""),
            "{path} has a style of its own"
        );
        assert!(!html.contains(" onclick=") && !html.contains(" onload=") && !html.contains("javascript:"));
    }
}

/// One answer of every kind that there is.
async fn every_kind_of_answer(shop: &Shop) -> Vec<(&'static str, StatusCode, Response)> {
    let visitor = shop.visitor();
    let urlencoded = "application/x-www-form-urlencoded";
    let form = |body: &'static str| {
        visitor
            .request("/cart/lines")
            .body(body)
            .header("content-type", urlencoded)
    };
    let put = reqwest::Client::new().request(Method::PUT, format!("http://{}/cart", shop.address));
    let options = reqwest::Client::new().request(Method::OPTIONS, format!("http://{}/api/submit_order", shop.address));
    let head = reqwest::Client::new().head(format!("http://{}/", shop.address));
    let much = "x".repeat(100_000);
    let mut answers = Vec::new();
    for (what, status, request) in [
        ("a page", 200, visitor.asking("/")),
        ("a file", 200, visitor.asking("/pkg/once.js")),
        (
            "part of a file",
            206,
            visitor.asking("/pkg/once.js").header("range", "bytes=0-1"),
        ),
        ("a picture", 200, visitor.asking("/pictures/a.svg")),
        ("no file", 404, visitor.asking("/pkg/nothing.js")),
        ("no page", 404, visitor.asking("/nowhere")),
        ("no function", 404, visitor.asking("/api/%3Cscript%3E")),
        ("a redirect", 303, form("slug=enamel-mug&quantity=1")),
        ("a refused form", 422, form("slug=enamel-mug&quantity=x")),
        ("no form", 415, visitor.request("/cart/lines").body("slug=a")),
        ("too much", 413, visitor.request("/cart/lines").form(&[("slug", &much)])),
        (
            "another site's",
            403,
            form("slug=a").header("sec-fetch-site", "cross-site"),
        ),
        ("a wrong method", 405, visitor.asking("/buy-now")),
        ("another wrong method", 405, put),
        ("a preflight", 405, options),
        ("a head", 200, head),
        (
            "no token",
            400,
            visitor.request("/api/submit_order").form(&[("order[token]", "x")]),
        ),
        ("no status", 404, visitor.asking("/api/status/x")),
        ("liveness", 200, visitor.asking("/healthz")),
        ("readiness", 200, visitor.asking("/readyz")),
    ] {
        let status = StatusCode::from_u16(status).expect("a status");
        answers.push((what, status, request.send().await.expect("an answer")));
    }
    let modified = answers[1].2.headers()["last-modified"].clone();
    let unchanged = visitor.asking("/pkg/once.js").header("if-modified-since", modified);
    answers.push((
        "an unchanged file",
        StatusCode::NOT_MODIFIED,
        unchanged.send().await.expect("an answer"),
    ));
    answers
}

/// A shop with files, beside which stands one that nobody may read.
pub async fn with_files() -> (Shop, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let site = folder.path().join("site");
    for (path, text) in [
        ("site/pkg/once.js", "export {}"),
        ("site/pictures/a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ("site/.git/config", "canary"),
        ("Cargo.toml", "canary"),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    let site = site.display().to_string();
    (
        Shop::open_with(Stores::SqliteAndMemory, &["--site-root", &site]).await,
        folder,
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_18_every_answer_carries_every_header() {
    let (shop, _folder) = with_files().await;
    for (what, status, answer) in every_kind_of_answer(&shop).await {
        assert_eq!(answer.status(), status, "{what}");
        let headers = answer.headers();
        for (name, value) in [
            ("strict-transport-security", "max-age=63072000"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(header(headers, name), value, "{what}: {name}");
        }
        assert!(header(headers, "permissions-policy").contains("payment=()"), "{what}");
        let policy = header(headers, "content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"),
            "{what}: {policy}"
        );
        let kind = header(headers, "content-type");
        let is_text = kind.starts_with("text/") || kind.starts_with("image/svg+xml");
        assert!(!is_text || kind.ends_with("; charset=utf-8"), "{what}: {kind}");
        assert!(!header(headers, "cache-control").is_empty(), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_21_no_other_site_reads_an_answer() {
    let (shop, _folder) = with_files().await;
    let visitor = shop.visitor();
    for path in [
        "/",
        "/cart",
        "/orders",
        "/api/status/x",
        "/api/submit_order",
        "/pkg/once.js",
        "/healthz",
    ] {
        for method in [Method::GET, Method::OPTIONS, Method::POST] {
            let request = reqwest::Client::new().request(method, format!("http://{}{path}", shop.address));
            let request = request.header("origin", "https://evil.example");
            let answer = request.header("access-control-request-method", "POST").send().await;
            let headers = answer.expect("an answer").headers().clone();
            let cors = headers.keys().find(|name| name.as_str().starts_with("access-control-"));
            assert_eq!(cors, None, "{path}");
        }
    }
    drop(visitor);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_31_only_the_sites_own_files_are_served() {
    let (shop, _folder) = with_files().await;
    for path in [
        "/pkg/../../Cargo.toml",
        "/pkg/..%2f..%2fCargo.toml",
        "/pkg/%2e%2e/%2e%2e/Cargo.toml",
        "/pkg/%2e%2e%2f%2e%2e%2fCargo.toml",
        "/pkg/..%5c..%5cCargo.toml",
        "/pkg//../../Cargo.toml",
        "/pkg/%252e%252e/Cargo.toml",
        "/pkg/once.js%00.svg",
        "/pkg/../.git/config",
        "/pictures/../.git/config",
        "/.git/config",
        "/.env",
        "/Cargo.toml",
        "/pkg/once.js.map",
        "/pkg/once.wasm.map",
        "/pkg/",
        "/pictures",
        "/server/src/main.rs",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let answer = shop.raw(request).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
        assert!(!answer.contains("canary"), "{path}");
    }
}
