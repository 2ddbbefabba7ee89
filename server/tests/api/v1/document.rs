//! The `OpenAPI` document, and the page that shows it.

use reqwest::StatusCode;
use serde_json::Value;

use crate::support::{Shop, Stores};

fn kept() -> String {
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json"));
    kept.expect("the copy is there")
}

#[test]
fn the_document_that_is_kept_is_the_codes_own() {
    let own = format!("{:#}\n", server::openapi());
    assert!(
        kept() == own,
        "docs/openapi.json is not what the code says: run `make openapi`"
    );
}

/// Every outcome of the protocol stands in the document with an example, under its status.
#[test]
fn every_outcome_of_an_order_has_an_example() {
    use app::wire::FailureCode;

    let document = server::openapi();
    let responses = &document["paths"]["/api/v1/orders"]["post"]["responses"];
    for status in ["200", "201"] {
        assert!(
            responses[status]["content"]["application/json"]["example"].is_object(),
            "{status}"
        );
    }
    // These are answers about a cart, not to an order, or are made in the browser.
    let other = [
        FailureCode::NotFound,
        FailureCode::CartEmpty,
        FailureCode::AlreadyOrdered,
        FailureCode::Cancelled,
        FailureCode::NoAnswer,
    ];
    for code in FailureCode::ALL.into_iter().filter(|code| !other.contains(code)) {
        let status = code.http_status().to_string();
        let example = &responses[&status]["content"]["application/problem+json"]["examples"][code.as_str()]["value"];
        assert_eq!(example["code"], code.as_str(), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_and_its_page_are_served_without_a_word_from_elsewhere() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    let served: Value = visitor.get("/openapi.json").await.json().await.expect("JSON");
    assert_eq!(served, server::openapi());
    let html = visitor.text("/docs/").await;
    assert!(html.contains("swagger-ui"), "{html}");
    let outside = |text: &str| text.contains("src=\"http") || text.contains("href=\"http") || text.contains("src=\"//");
    assert!(!outside(&html), "{html}");
    // A script element with a body would need a hole in the Content-Security-Policy.
    let inline = html
        .split("<script")
        .skip(1)
        .filter(|script| !script.split('>').next().is_some_and(|tag| tag.contains("src=")));
    assert_eq!(inline.count(), 0, "{html}");
    for file in ["swagger-ui-bundle.js", "swagger-ui.css", "swagger-initializer.js"] {
        let answer = visitor.get(&format!("/docs/{file}")).await;
        assert_eq!(answer.status(), StatusCode::OK, "{file}");
    }
    let starts = visitor.text("/docs/swagger-initializer.js").await;
    assert!(
        starts.contains("/openapi.json") && !starts.contains("https://"),
        "{starts}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_type_of_every_problem_leads_to_what_there_is_to_read_about_it() {
    use app::wire::FailureCode;

    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    let of_http = [
        "unauthorized",
        "forbidden",
        "method_not_allowed",
        "payload_too_large",
        "unsupported_media_type",
    ];
    let codes = FailureCode::ALL.map(FailureCode::as_str).into_iter().chain(of_http);
    for code in codes.chain(["internal_server_error"]) {
        let answer = visitor.get(&format!("/docs/problems/{code}")).await;
        assert_eq!(answer.status(), StatusCode::OK, "{code}");
        assert!(answer.text().await.expect("text").contains(code));
    }
    let answer = visitor.get("/docs/problems/%3Cscript%3E").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(!answer.text().await.expect("text").contains("script"));
}
