//! Who may pass where: the inventory against the real router, and every door asked by each of those who may come.

mod administration;
mod things;

use std::collections::BTreeSet;
use std::fmt::Debug;

use clap::Parser as _;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;
use server::config::Config;
use server::security::inventory::{Access, DOORS, Door};
use server::{AppState, router, startup};

use self::things::{Things, owner};
use crate::support::{Shop, Stores};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The address of the router that the inventory names otherwise: what stands behind a folder is a file.
fn named(path: &str) -> Option<String> {
    // Where there is nothing, whoever asks.
    if path.contains("axum_fallback") || path == "/api/{*nothing}" {
        return None;
    }
    match path.split_once("/{*") {
        Some((folder, _)) => Some(format!("{folder}/{{file}}")),
        // The folder itself is not there.
        None if ["/pkg", "/pictures", "/pkg/", "/pictures/"].contains(&path) => None,
        None => Some(path.to_owned()),
    }
}

/// Every address of a real router, out of what it prints of itself.
fn addresses(router: &impl Debug) -> BTreeSet<String> {
    let printed = format!("{router:?}");
    let texts = printed.split('"').skip(1).step_by(2);
    texts.filter(|text| text.starts_with('/')).filter_map(named).collect()
}

/// A shop that was set so.
async fn opened(arguments: &[&str]) -> AppState {
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite://{}", folder.path().join("once.db").display());
    let secret = folder.path().join("secret").display().to_string();
    let line = ["once", "--database-url", &database, "--secret-file", &secret];
    let config = Config::try_parse_from(line.iter().chain(arguments)).expect("a configuration");
    startup::open(&config).await.expect("it opens").0
}

fn assert_declared(there: &BTreeSet<String>, doors: &[&[Door]]) {
    let declared: BTreeSet<_> = doors.concat().iter().map(|door| door.path.to_owned()).collect();
    let missing: Vec<_> = there.difference(&declared).collect();
    assert!(
        missing.is_empty(),
        "not in the inventory (server/src/security/inventory.rs): {missing:?}"
    );
    let gone: Vec<_> = declared.difference(there).collect();
    assert!(gone.is_empty(), "in the inventory, and nowhere else: {gone:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_01_every_address_of_the_router_is_declared_and_no_other() {
    let app = opened(&[]).await;
    let door = addresses(&router::service(app.clone()));
    assert_eq!(
        door,
        BTreeSet::from(["/".to_owned()]),
        "it has no address of its own: that is any"
    );
    let there = addresses(&router::rooms(app));
    assert!(there.len() > 20, "what the router prints is understood: {there:?}");
    assert_declared(&there, &[DOORS]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_07_and_se_37_only_declared_methods_are_taken_and_no_function_is_asked_by_get() {
    for function in leptos::server_fn::axum::server_fn_paths() {
        let (path, method) = function;
        assert_eq!(method, Method::POST, "{path}");
        assert!(
            DOORS.iter().any(|door| door.path == path && door.method == "POST"),
            "{path} is not declared"
        );
    }
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let client = reqwest::Client::new();
    let paths: BTreeSet<_> = DOORS.iter().map(|door| door.path).collect();
    for path in paths {
        let address = format!("http://{}{}", shop.address, path.replace(['{', '}'], ""));
        let declared = |method: &str| DOORS.iter().any(|door| door.path == path && door.method == method);
        for method in METHODS.into_iter().filter(|method| !declared(method)) {
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let answer = client
                .request(method.clone(), &address)
                .send()
                .await
                .expect("an answer");
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
        if !declared("POST") {
            // What a header or a field calls the method is nothing to go by.
            let overridden = client
                .get(format!("{address}?_method=POST"))
                .header("x-http-method-override", "POST");
            let status = overridden.send().await.expect("an answer").status();
            assert!(
                status.as_u16() < 500 && status != StatusCode::SEE_OTHER,
                "{path}: {status}"
            );
        }
    }
    assert_eq!(shop.count_orders().await, 0);
}

/// An answer without what differs between two answers to the same question.
async fn told(answer: Response, things: &Things) -> (u16, String) {
    let status = answer.status().as_u16();
    let html = answer.text().await.expect("text");
    let mut parts = html.split("nonce=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    let text = parts.fold(first, |kept, part| {
        kept + part.split_once('"').map_or("", |(_, rest)| rest)
    });
    (
        status,
        text.replace(&things.cart, "-")
            .replace(&things.order, "-")
            .replace(&things.digest, "-"),
    )
}

/// Prints the whole matrix: `make routes` shows it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_01_every_door_opens_to_those_it_is_declared_for() {
    let folder = tempfile::tempdir().expect("a folder");
    for path in [
        "pkg/once.js",
        "pictures/a.svg",
        "favicon.svg",
        "offline.js",
        "robots.txt",
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, "x").expect("written");
    }
    let site = folder.path().display().to_string();
    let shop = Shop::open_with(Stores::SqliteAndMemory, &["--site-root", &site]).await;
    let (a, mut things) = owner(&shop).await;
    let mut missing = things.missing();
    let b = owner(&shop).await.0;
    eprintln!("{:6} {:42} {:7} owner  other  missing", "method", "address", "who");
    for door in DOORS {
        if (door.method, door.path) == ("POST", "/checkout/{cart}") {
            // A line was changed: what is from before is another quote.
            let asked = a.request("/api/v1/checkouts").json(&json!({"cart": things.cart}));
            things.checkout = asked.send().await.expect("an answer").json().await.expect("a checkout");
            missing.checkout = things.checkout.clone();
            things.form = a.form(&format!("/checkout/{}", things.cart)).await;
        }
        let mut cells = Vec::new();
        // The owner comes last: what they are answered can change what the others would be.
        for stranger in [shop.visitor(), b.clone()] {
            if door.access == Access::Owner {
                let foreign = told(things.ask(&stranger, door).await, &things).await;
                let nothing = told(missing.ask(&stranger, door).await, &missing).await;
                assert_eq!(foreign, nothing, "{door:?} tells a stranger that there is something");
                cells.push(foreign.0);
            } else {
                // Nobody has a basket of their own to change but who filled one.
                stranger
                    .post("/cart/lines", &[("slug", "linen-notebook"), ("quantity", "1")])
                    .await;
                let (status, text) = told(things.ask(&stranger, door).await, &missing).await;
                assert!(
                    !text.contains(&things.order) && !text.contains(&things.cart),
                    "{door:?}: {text}"
                );
                assert_eq!(status, door.answer, "{door:?}");
            }
        }
        if door.access != Access::Owner {
            a.post("/cart/lines", &[("slug", "linen-notebook"), ("quantity", "1")])
                .await;
        }
        let none = told(missing.ask(&a, door).await, &missing).await.0;
        let own = told(things.ask(&a, door).await, &things).await.0;
        assert_eq!(own, door.answer, "{door:?}");
        assert!(
            cells.iter().all(|status| *status == door.otherwise),
            "{door:?}: {cells:?}"
        );
        if door.access == Access::Owner && door.method == "GET" {
            assert_eq!(none, door.otherwise, "{door:?}");
        }
        let who = format!("{:?}", door.access);
        eprintln!(
            "{:6} {:42} {who:7} {own:5}  {:5}  {none:7}",
            door.method, door.path, door.otherwise
        );
    }
    assert_eq!(shop.count_orders().await, 3, "of A two, and one of B");
}

/// The time is compared by `crash oracle`: it needs more samples than a test has time for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_03_what_is_someone_elses_and_what_never_was_look_alike() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let (_, things) = owner(&shop).await;
    let stranger = shop.visitor();
    stranger.buy_now("linen-notebook").await;
    let missing = things.missing();
    for path in [
        "/orders/{id}",
        "/checkout/{cart}",
        "/checkout/status/{digest}",
        "/api/status/{digest}",
    ] {
        let door = DOORS.iter().find(|door| door.path == path).expect("declared");
        let mut answers = Vec::new();
        for things in [&things, &missing] {
            let answer = things.ask(&stranger, door).await;
            let mut names: Vec<_> = answer.headers().keys().map(ToString::to_string).collect();
            names.sort();
            let status = answer.status();
            answers.push((status, names, answer.bytes().await.expect("a body").len()));
        }
        assert_eq!(answers[0], answers[1], "{path}");
    }
}
